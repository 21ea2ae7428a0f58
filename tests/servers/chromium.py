"""The machine's Chromium, driven by Playwright (whose own browsers are not needed)."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

from tests.servers import ServerUnavailableError

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    # nothing but this machine is ever asked
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)  # fmt: skip


def executable() -> Path:
    """Chromium's path: CHROMIUM, else the usual names; raises when there is none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise ServerUnavailableError("Chromium: none installed (CHROMIUM=/path, or the package chromium)")
    return Path(found)


@contextmanager
def chromium(locale: str = "zh-CN", width: int = 1280, height: int = 900) -> Iterator[BrowserContext]:
    """A browser with an empty profile; close its pages' context to end it."""
    path = executable()
    with (
        tempfile.TemporaryDirectory(prefix="daqiao-chromium-", ignore_cleanup_errors=True) as profile,
        sync_playwright() as playwright,
    ):
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=str(path),
            args=list(FLAGS),
            ignore_default_args=["--headless=old"],
            locale=locale,
            viewport={"width": width, "height": height},
        )
        try:
            yield context
        finally:
            context.close()
