"""What an Elasticsearch index of ours looks like, and how documents go into it.

Strict: a field that is not named here is an error of the document, never a guess of the server.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import orjson

from indexes.engine import DELETED, Document, Fingerprint, Operation, Terms, Upsert, Vector, id_key
from indexes.facets import FACETS, SORT_FIELDS
from indexes.terms import terms

SETTINGS: dict[str, Any] = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
UNSEARCHED = {"type": "keyword", "index": False, "doc_values": True}
WORDS = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}


def mapping(fingerprint: Fingerprint) -> dict[str, Any]:
    """Mapping of an index made that way; the fingerprint travels in its `_meta`."""
    return {
        "dynamic": "strict",
        "_meta": asdict(fingerprint),
        "_source": {"excludes": ["packed", "terms"]},
        "properties": {
            "key": {"type": "long"},
            "version": {"type": "long", "index": False},
            "visibility": {"type": "keyword"},
            "title": WORDS,
            "body": WORDS,
            "digest": UNSEARCHED,
            "text_hash": UNSEARCHED,
            "has_vector": {"type": "boolean"},
            "silent": {"type": "boolean", "index": False},
            **{name: {"type": "keyword"} for name in FACETS},
            **{name: {"type": "long", "index": False} for name in SORT_FIELDS},
            "vector": {
                "type": "dense_vector",
                "dims": fingerprint.dimensions,
                "index": True,
                "similarity": "cosine",
                "index_options": {"type": "int8_hnsw", "m": 16, "ef_construction": 100},
            },
            # the same vector as bytes: what exact scores are computed from, without reading numbers as text
            "packed": {"type": "binary", "doc_values": True},
            "terms": {"type": "binary", "doc_values": True},
        },
    }


def bulk_lines(operation: Operation) -> tuple[bytes, bytes]:
    """The operation as two lines of a bulk request: an older version than the one held is refused."""
    action = {"_id": operation.id, "version": operation.version, "version_type": "external_gte"}
    return orjson.dumps({"index": action}), as_json(source(operation))


def as_json(found: Mapping[str, Any]) -> bytes:
    """A document as JSON; numbers of vectors are written with the digits that four bytes can tell apart."""
    return orjson.dumps(found, option=orjson.OPT_SERIALIZE_NUMPY)


def source(operation: Operation) -> dict[str, Any]:
    """The operation's document; a delete leaves a marker that no filter lets through."""
    found: dict[str, Any] = {"key": id_key(operation.id), "version": operation.version, "visibility": DELETED}
    if isinstance(operation, Upsert):
        found |= _content(operation.document)
    return found


def _content(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = {
        "visibility": document.visibility,
        "title": " ".join(document.title),
        "body": " ".join(document.body),
        "digest": document.digest,
        "text_hash": document.text_hash,
        "has_vector": document.vector is not None,
        "silent": document.silent,
        "terms": pack(terms(document)),
        **{name: list(values) for name, values in document.facets.items()},
        **document.sorts,
    }
    if document.vector is not None:
        found["vector"] = document.vector
        found["packed"] = pack(document.vector)
    return found


def pack(numbers: Vector | Terms) -> str:
    """Numbers of four bytes as base64, little-endian."""
    return base64.b64encode(np.ascontiguousarray(numbers, numbers.dtype.newbyteorder("<")).tobytes()).decode()


def unpack(packed: str) -> Vector:
    """The vector that `pack` packed."""
    return np.frombuffer(base64.b64decode(packed), "<f4")


def unpack_terms(packed: str) -> Terms:
    """The terms that `pack` packed."""
    return np.frombuffer(base64.b64decode(packed), "<u4")
