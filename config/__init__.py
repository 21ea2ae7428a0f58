"""Settings and logging: a leaf that imports nothing else of the project."""
