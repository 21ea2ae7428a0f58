"""`python -m bench`: every measurement in one run, printed as a table. Parts can be named: `python -m bench search`."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench.measure import Figure, table

# each has `figures(elasticsearch_url) -> list[Figure]`; memory and latency start the whole platform
PARTS = ("search", "ingest", "pages", "latency", "memory")


@contextmanager
def elasticsearch() -> Iterator[str | None]:
    """Address of an Elasticsearch: ELASTICSEARCH_URL, else one started as the tests do, else None."""
    from tests.servers import ServerUnavailableError
    from tests.servers.elasticsearch import elasticsearch_node

    with ExitStack() as stack:
        url = os.environ.get("ELASTICSEARCH_URL")
        if not url:
            try:
                url = stack.enter_context(elasticsearch_node("1g"))[0]
            except ServerUnavailableError as error:
                print(f"skipped: {error}")
        yield url


def main(names: list[str]) -> int:
    """Run the named parts (default: all that are there), print the table; 1 when a promise is broken."""
    found: list[Figure] = []
    with elasticsearch() as url:
        for name in names or PARTS:
            if importlib.util.find_spec(f"bench.{name}") is None:
                continue
            part = importlib.import_module(f"bench.{name}")
            print(f"{name} …", file=sys.stderr, flush=True)
            found += part.figures(url)
    print(table(found))
    return 0 if all(figure.kept for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
