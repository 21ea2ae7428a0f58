"""Tests that need the extra `models`."""
