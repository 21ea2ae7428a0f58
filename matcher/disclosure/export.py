"""The file that proves a chain of receipts: JSON lines, a heading and then every entry, and how to check one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy.orm import Session

from matcher import clock
from matcher.chain import Flaw, Head, follow, moment
from matcher.disclosure.receipts import chain_of, entry_of, head_of
from matcher.models import Organisation

FORMAT = "daqiao-receipts/1"
LONGEST_LINE = 64 * 1024  # an entry has less than two thousand characters


class BadExportError(ValueError):
    """The file is no export of receipts; the message says what is wrong where."""


def export_lines(session: Session, owner: Organisation) -> Iterator[str]:
    """The owner's whole chain as lines of JSON. The heading names its end, so that a file cut short is noticed."""
    head = head_of(session, owner.id)
    heading = {
        "format": FORMAT,
        "owner_id": owner.id,
        "owner": owner.name,
        "credit_code": owner.credit_code,
        "exported_at": moment(clock.now()),
        "entries": head.number,
        "head": head.hash,
    }
    yield _line(heading)
    for receipt in chain_of(session, owner.id, head.number):
        yield _line(entry_of(receipt))


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n"


def verify_lines(lines: Iterable[bytes]) -> tuple[Head, Flaw | None]:
    """The end of the chain in an export and its first flaw; `BadExportError` for what is no export at all."""
    objects = _objects(lines)
    heading = next(objects, {})
    if heading.get("format") != FORMAT:
        raise BadExportError(f"not an export of receipts ({FORMAT})")
    head, flaw = follow(objects)
    if flaw is None and (heading.get("entries"), heading.get("head")) != (head.number, head.hash):
        flaw = Flaw(head.number + 1, f"missing: the heading tells of {heading.get('entries')} entries and another end")
    return head, flaw


def _objects(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            raise BadExportError(f"line {number} is too long")
        try:
            value = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            raise BadExportError(f"line {number} is not JSON") from None
        if not isinstance(value, dict):
            raise BadExportError(f"line {number} is no entry")
        yield value
