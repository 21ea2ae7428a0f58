"""The counter and the public list of stations."""
