"""The word index of the embedded engine: its schema, made from the facets as data, and its queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy
from tantivy import Occur, Query

from indexes.engine import TITLE_BOOST, Document, Filters, SetQuery, WordQuery, id_key
from indexes.facets import FACETS, SORT_FIELDS
from matcher.vocabulary import Lang

NO_SLOT = -1
ANALYSER = "tokens"
SCRIPTS = tuple(lang.value for lang in Lang)


def schema() -> tantivy.Schema:
    """One column per facet and sort; words and digests are stored, everything else lies in columns."""
    build = tantivy.SchemaBuilder()
    for name in ("key", "slot"):
        build.add_integer_field(name, indexed=True, fast=True)
    for name in ("version", "start", "length", "script", "silent"):
        build.add_integer_field(name, fast=True)
    build.add_text_field("visibility", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("title", "body"):
        build.add_text_field(name, stored=True, tokenizer_name=ANALYSER, index_option="freq")
    for name in ("digest", "text_hash"):
        build.add_bytes_field(name, stored=True)
    for name in FACETS:
        build.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in SORT_FIELDS:
        build.add_integer_field(name, fast=True)
    return build.build()


def open_words(folder: Path) -> tantivy.Index:
    """Open the word index in `folder`, or make an empty one."""
    folder.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(schema(), path=str(folder))
    index.register_tokenizer(ANALYSER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    index.config_reader("manual")
    return index


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document's vector and terms lie in their files; `slot` is negative without a vector."""

    slot: int = NO_SLOT
    start: int = 0
    length: int = 0


def to_tantivy(document: Document, place: Place) -> tantivy.Document:
    """The document as the word index keeps it."""
    found = marker(document.id, document.version, document.visibility, place)
    found.add_integer("script", SCRIPTS.index(next(iter(document.facets.get("lang", ())), Lang.ZH)))
    found.add_integer("silent", int(document.silent))
    found.add_text("title", " ".join(document.title))
    found.add_text("body", " ".join(document.body))
    found.add_bytes("digest", document.digest.encode())
    found.add_bytes("text_hash", document.text_hash.encode())
    for name, values in document.facets.items():
        for value in values:
            found.add_text(name, value)
    for name in SORT_FIELDS:
        found.add_integer(name, document.sorts[name])
    return found


def marker(identifier: str, version: int, visibility: str, place: Place) -> tantivy.Document:
    """What every entry has; alone it marks a deleted document."""
    found = tantivy.Document()
    found.add_integer("key", id_key(identifier))
    found.add_integer("version", version)
    found.add_integer("slot", place.slot)
    found.add_integer("start", place.start)
    found.add_integer("length", place.length)
    found.add_text("visibility", visibility)
    return found


def by_keys(index: tantivy.Index, identifiers: Iterable[str]) -> Query:
    """Entries of those ids, markers included."""
    return Query.term_set_query(index.schema, "key", [id_key(each) for each in identifiers])


def by_slots(index: tantivy.Index, slots: Sequence[int]) -> Query:
    """Entries whose vectors lie in those rows."""
    each = [Query.term_query(index.schema, "slot", slot, "basic") for slot in slots]
    return Query.boolean_query([(Occur.Should, query) for query in each])


def filter_clauses(index: tantivy.Index, filters: Filters) -> list[tuple[Occur, Query]]:
    """Clauses that all must match and that score nothing; they never let a marker through."""
    terms = {**filters.terms, "visibility": filters.visibilities}
    return [
        (Occur.Must, Query.const_score_query(_any_of(index, name, sorted(values)), 0.0))
        for name, values in terms.items()
    ]


def _any_of(index: tantivy.Index, name: str, values: list[str]) -> Query:
    """One of a column's values. A set of terms is turned into a bitmap of the whole index, single terms are not."""
    each = [Query.term_query(index.schema, name, value, "basic") for value in values]
    return each[0] if len(each) == 1 else Query.boolean_query([(Occur.Should, query) for query in each])


def word_query(index: tantivy.Index, words: WordQuery) -> Query:
    """Any (or at least so many) of the tokens, a hit in the title weighing more."""
    pairs = [
        (
            (
                Occur.Should,
                Query.boost_query(Query.term_query(index.schema, "title", token, "freq"), TITLE_BOOST),
            ),
            (Occur.Should, Query.term_query(index.schema, "body", token, "freq")),
        )
        for token in words.tokens
    ]
    if words.at_least <= 1:
        return Query.boolean_query([clause for pair in pairs for clause in pair])
    return Query.boolean_query([(Occur.Should, Query.boolean_query(pair)) for pair in pairs], words.at_least)


def set_query(index: tantivy.Index, query: SetQuery) -> Query:
    """Filters ∧ (words ∨ ids)."""
    either = []
    if query.words and query.words.tokens:
        either.append((Occur.Should, word_query(index, query.words)))
    if query.ids:
        either.append((Occur.Should, by_keys(index, query.ids)))
    clauses = filter_clauses(index, query.filters)
    return Query.boolean_query([*clauses, (Occur.Must, Query.boolean_query(either))] if either else clauses)
