"""Choices that are kept in the browser: the language."""
