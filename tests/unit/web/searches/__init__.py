"""Tests of the portal's section of that name."""
