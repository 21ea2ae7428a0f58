"""The production engine: Elasticsearch 9 over our own tokens, with approximate nearest neighbours scored exactly."""

from indexes.elastic.engine import ElasticEngine

__all__ = ["ElasticEngine"]
