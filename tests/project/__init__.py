"""Tests about the project itself: documents, settings, roles, catalogues."""
