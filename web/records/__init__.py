"""Pages of needs, achievements and experts."""
