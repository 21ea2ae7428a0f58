"""Memory of a whole embedded platform with the sample data, after it was used: PSS of every process."""

from __future__ import annotations

import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from bench.measure import Figure, Sizes
from bench.platform import Platform, started

LIMIT_MIB = 1024.0
QUERIES = ("人参 干燥", "锂电池 低温", "corn straw", "콩 단백질", "视觉检测", "农业 无人机")
ROUNDS = 6
SETTLE_SECONDS = 5.0
ROLES = ("supervisor", "portal", "worker", "relay", "scheduler", "broker")


def children(pid: int) -> list[int]:
    """A process and everything it has started, itself first."""
    found = [pid]
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in thread.read_text().split():
            found += children(int(child))
    return found


def pss(pid: int) -> float:
    """Proportional share of memory in MiB: pages that processes share count once in all."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[1]) / 1024  # type: ignore[index]


def role(pid: int) -> str:
    """Which part of the platform a process belongs to."""
    line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    marks = {" up ": "supervisor", "gunicorn": "portal", "valkey": "broker", "workers.relay": "relay", " beat": "scheduler"}
    return next((name for mark, name in marks.items() if mark in line), "worker")


def measured(pid: int) -> dict[str, list[float]]:
    """MiB of every process by its role."""
    found: dict[str, list[float]] = {name: [] for name in ROLES}
    for each in children(pid):
        found[role(each)].append(pss(each))
    return found


def use(platform: Platform) -> None:
    """Search by words and meaning at once in every portal process, so that each has loaded what it ever loads."""
    urls = [f"{platform.url}/search?q={quote(text)}" for text in QUERIES] + [f"{platform.url}/", f"{platform.url}/needs"]

    def ask(url: str) -> int:
        with urlopen(url, timeout=60) as answer:  # noqa: S310 - our own address
            return len(answer.read())

    with ThreadPoolExecutor(len(urls)) as pool:
        for _ in range(ROUNDS):
            list(pool.map(ask, urls))
    time.sleep(SETTLE_SECONDS)


def figures(_elasticsearch_url: str | None, _sizes: Sizes) -> list[Figure]:
    """The sum over all processes; every process in the detail."""
    if sys.platform != "linux":
        return []
    with started("--demo") as platform:
        before = sum(map(sum, measured(platform.pid).values()))
        use(platform)
        found = measured(platform.pid)
    detail = ", ".join(f"{name} {'+'.join(f'{each:.0f}' for each in sizes)}" for name, sizes in found.items())
    detail = f"{detail} MiB; {before:.0f} MiB when ready, before use; start {platform.seconds:.0f} s"
    return [Figure("memory of the platform, PSS of all processes", sum(map(sum, found.values())), LIMIT_MIB, True, detail, "MiB")]
