"""Finding needs, achievements and experts."""
