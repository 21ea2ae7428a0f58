"""The operator's console: what waits, what runs, what happened."""
