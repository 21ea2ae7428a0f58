"""The weekly digest as a page."""
