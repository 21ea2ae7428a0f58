"""`python -m bench`: every measurement in one run, printed as a table. Parts can be named: `python -m bench search`."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from bench.measure import Figure, Sizes, record, table

# each has `figures(elasticsearch_url, sizes) -> list[Figure]`; publish and memory start the whole platform
PARTS = ("search", "ranking", "ingest", "pages", "bridge", "clocks", "publish", "memory")
SEARCHING = {"search", "ingest"}


@contextmanager
def elasticsearch(wanted: bool) -> Iterator[str | None]:
    """Address of an Elasticsearch: ELASTICSEARCH_URL, else one started as the tests do, else None."""
    from tests.servers import ServerUnavailableError
    from tests.servers.elasticsearch import elasticsearch_node

    with ExitStack() as stack:
        url = os.environ.get("ELASTICSEARCH_URL") if wanted else None
        if wanted and not url:
            try:
                url = stack.enter_context(elasticsearch_node("1g"))[0]
            except ServerUnavailableError as error:
                print(f"skipped: {error}", file=sys.stderr)
        yield url


def measure(names: Sequence[str], sizes: Sizes, *, engines: bool) -> list[Figure]:
    """The figures of those parts."""
    found: list[Figure] = []
    with elasticsearch(engines and bool(SEARCHING & set(names))) as url:
        for name in names:
            print(f"{datetime.now(UTC):%H:%M:%S} {name} …", file=sys.stderr, flush=True)
            found += importlib.import_module(f"bench.{name}").figures(url, sizes)
    return found


def surroundings() -> str:
    """When and where this was measured: a loaded machine waits more than a figure shows."""
    load, cores = os.getloadavg()[0], os.cpu_count()
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {cores} cores, load {load:.1f}"


def main(arguments: Sequence[str]) -> int:
    """Run the named parts (default: all), print the table; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Speed and memory, as ratios in one run.")
    parser.add_argument("parts", nargs="*", metavar="|".join(PARTS), help="what to measure (default: all)")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the sizes, for a quick run (0.01)")
    parser.add_argument("--no-elasticsearch", action="store_true", help="the embedded engine only")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    began = surroundings()
    found = measure(given.parts or PARTS, Sizes().scaled(given.scale), engines=not given.no_elasticsearch)
    if given.json:
        print(json.dumps({"measured": began, "figures": [record(each) for each in found]}, ensure_ascii=False, indent=1))
    else:
        print(f"{began}\n\n{table(found)}")
    return 0 if all(figure.kept for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
