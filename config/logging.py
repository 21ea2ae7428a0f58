"""Structured log lines, the same in every role; secrets and mail bodies are never passed to them."""

from __future__ import annotations

import logging
import sys

import structlog

from config.settings import Settings


def configure_logging(settings: Settings, role: str) -> None:
    """Send every log line of this process to stderr, bound to its role (portal, relay, worker …)."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # never with local variables: they hold passwords and tokens
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
        # looked up for each logger: who runs us may have put another stream in its place
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(role=role)
    logging.getLogger("elastic_transport").setLevel(logging.WARNING)  # else a line for every request
    logging.basicConfig(
        level=settings.log_level, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )
