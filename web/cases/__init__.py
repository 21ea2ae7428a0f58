"""Bridge cases: where they stand, whose move it is, messages and files."""
