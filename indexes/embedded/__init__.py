"""The embedded engine: tantivy over our own tokens and exact cosine over a memory-mapped matrix, in one folder."""

from indexes.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
