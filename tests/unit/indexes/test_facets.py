"""Filters and limits from whatever a request holds."""

from indexes.facets import MAX_CHOICES, MAX_RANKED, NEWEST, RELEVANCE, SORT_FIELDS, SORTS, chosen, clamp_page


def test_unknown_names_and_values_are_left_out() -> None:
    pairs = [
        ("chain", "food"),
        ("chain", "nonsense"),
        ("colour", "red"),
        ("year", "2026"),
        ("year", "20x6"),
        ("trl", "9"),
    ]
    assert chosen(pairs) == {"chain": frozenset({"food"}), "year": frozenset({"2026"})}


def test_choices_have_a_ceiling() -> None:
    assert len(chosen([("year", str(year)) for year in range(1900, 2100)])["year"]) == MAX_CHOICES


def test_pages_are_brought_within_their_limits() -> None:
    assert clamp_page(-3, 0, NEWEST) == (1, 1)
    assert clamp_page(10**9, 20, RELEVANCE) == (MAX_RANKED // 20, 20)
    assert clamp_page(2, 10**9, NEWEST) == (2, 100)


def test_every_sort_has_its_stored_field() -> None:
    assert {sort.field for sort in SORTS.values() if sort.field} == set(SORT_FIELDS)
