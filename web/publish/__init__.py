"""Publish: fill in a need, an achievement or an expert, check, submit, and see what becomes of it."""
