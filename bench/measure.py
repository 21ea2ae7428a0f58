"""Timing, percentiles and the table of figures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Sizes:
    """How much is measured with; the promises speak of these. A quick run takes a share of them."""

    embedded: int = 100_000  # documents searched
    elastic: int = 50_000
    stored: int = 5_000  # records brought in with stored vectors
    encoded: int = 160  # records brought in with encoding
    records: int = 10_000  # needs, and as many achievements, behind the pages
    cases: int = 5_000  # on the board
    clocked: int = 100_000  # published records under the nightly clocks
    publications: int = 20
    ranked: int = 100_000  # achievements that a need is matched with
    rematched: int = 1_000  # needs matched again

    def scaled(self, share: float) -> Sizes:
        """That share of everything, but enough to speak of a 95th percentile."""
        return Sizes(**{name: max(20, int(size * share)) for name, size in asdict(self).items()})


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured, the ratio, its limit, and the absolute figures behind it."""

    name: str
    value: float
    limit: float
    at_most: bool
    detail: str
    unit: str = "×"

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        return self.value <= self.limit if self.at_most else self.value >= self.limit


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def p95(times: Iterable[float]) -> float:
    """The 95th percentile."""
    return quantiles(times, n=20)[-1]


def described(times: list[float]) -> str:
    """Median and 95th percentile in milliseconds."""
    return f"{median(times) * 1000:.1f}/{p95(times) * 1000:.1f} ms"


def record(figure: Figure) -> dict[str, object]:
    """The figure as one object of JSON."""
    return {**asdict(figure), "kept": figure.kept}


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| measured | value | promise | kept | detail |", "|---|---|---|---|---|"]
    for figure in figures:
        sign = "≤" if figure.at_most else "≥"
        kept = "yes" if figure.kept else "**no**"
        lines.append(
            f"| {figure.name} | {figure.value:.2f} {figure.unit} | {sign} {figure.limit:g} {figure.unit} | {kept} | {figure.detail} |"
        )
    return "\n".join(lines)
