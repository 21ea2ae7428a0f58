"""Read needs and achievements from JSON lines: our own field names, the plans' names, and exchange files' wordings.

Nothing here touches the database. Every problem of a file is found in one pass and told with its row and column.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from matcher.clock import add_months
from matcher.columns import COLUMNS, LABELS, OWNER_COLUMNS
from matcher.conversion.terms import Funding
from matcher.errors import Invalid, InvalidRows
from matcher.inputs.base import parse
from matcher.inputs.records import INPUTS, AchievementInput, NeedInput
from matcher.messages import Message, msg
from matcher.vocabulary import IpType, Lang, NeedType, TechField, chain_by_name, coop_by_name, region_by_name

MAX_BYTES = 256 * 1024 * 1024
MAX_ROW_BYTES = 256 * 1024
MAX_PROBLEMS = 1000
MAX_MONTHS = 600
LISTS = re.compile(r"[,，、;；|]")
RELATIONS = {"≥": ">=", "≤": "<=", "＞＝": ">=", "＜＝": "<=", "范围": "range", "约": "~", "==": "="}
VALUES: dict[str, Callable[[str], str]] = {
    "chain": chain_by_name,
    "tech_field": TechField.by_label,
    "region": region_by_name,
    "need_type": NeedType.by_label,
    "funding": Funding.by_label,
    "lang": Lang.by_label,
}
Progress = Callable[[int], None]
Problem = tuple[int, str, Message]


@dataclass(frozen=True)
class Row:
    """One line that is acceptable: its number from 1, its values, the owner it names ("" if none).

    `relative` are fields counted from the day of the import, such as a deadline given in months.
    """

    number: int
    given: NeedInput | AchievementInput
    owner: str = ""
    relative: frozenset[str] = frozenset()


def read_rows(
    kind: str, content: bytes, *, today: date, source: str, progress: Progress | None = None
) -> list[Row]:
    """All rows of a file, or `InvalidRows` with every problem (at most 1,000); `progress` gets bytes read so far.

    Rows without a source of their own get `source`; rows without an id one made from their title, so that reading
    the same file twice meets the same records.
    """
    if len(content) > MAX_BYTES:
        raise InvalidRows([(0, "", msg("文件不能超过 %(size)s MB。", size=MAX_BYTES // 2**20))])
    rows: list[Row] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for number, line, position in _lines(content):
        row, found = _row(kind, number, line, today, source)
        problems += found
        if row is not None:
            problems += _repeated(row, seen)
            rows.append(row)
        if progress and number % 200 == 0:
            progress(position)
        if len(problems) >= MAX_PROBLEMS:
            break
    if not rows and not problems:
        problems.append((0, "", msg("文件是空的。")))
    if problems:
        raise InvalidRows(problems[:MAX_PROBLEMS])
    return rows


def _lines(content: bytes) -> Iterator[tuple[int, bytes, int]]:
    position = 0
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        position += len(line) + 1
        if line.strip():
            yield number, line, position


def _repeated(row: Row, seen: dict[tuple[str, str], int]) -> list[Problem]:
    key = (row.given.source, row.given.source_id)
    first = seen.setdefault(key, row.number)
    if first == row.number:
        return []
    return [(row.number, "source_id", msg("与第 %(row)s 行的编号相同。", row=first))]


def _row(kind: str, number: int, line: bytes, today: date, source: str) -> tuple[Row | None, list[Problem]]:
    try:
        data = _object(line)
        values, columns = _renamed(kind, data)
    except _RowError as error:
        return None, [(number, error.column, error.problem)]
    owner = next((str(data[name]).strip() for name in OWNER_COLUMNS[::-1] if data.get(name)), "")
    relative = _deadline(values, today)
    values["source"] = values.get("source") or source
    values["source_id"] = values.get("source_id") or _made_id(data)
    try:
        given = parse(INPUTS[kind], _values(values))
    except Invalid as error:
        return None, [(number, _column(name, columns), text) for name, text in sorted(error.errors.items())]
    assert isinstance(given, NeedInput | AchievementInput)
    return Row(number, given, owner, relative), []


class _RowError(Exception):
    def __init__(self, problem: Message, column: str = "") -> None:
        self.problem, self.column = problem, column


def _object(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_ROW_BYTES:
        raise _RowError(msg("这一行太长。"))
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _RowError(msg("不是 UTF-8 编码（第 %(byte)s 个字节）。", byte=error.start + 1)) from None
    try:
        data = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise _RowError(msg("不是完整的 JSON（第 %(column)s 个字符）。", column=error.colno)) from None
    except (ValueError, ArithmeticError, RecursionError):
        raise _RowError(msg("含有不能读取的数字或层次过深。")) from None
    if not isinstance(data, dict):
        raise _RowError(msg("每一行须是一个 JSON 对象。"))
    return data


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _renamed(kind: str, data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Values under our names, and which column each came from. `need_id` beside a label only names the test."""
    values: dict[str, Any] = {}
    columns: dict[str, str] = {}
    labelled = any(label in data for label in LABELS)
    for column, value in data.items():
        if column in OWNER_COLUMNS or (labelled and column in (*LABELS, "need_id")):
            continue
        name = COLUMNS[kind].get(column, column)
        if name in values:
            raise _RowError(msg("与“%(column)s”是同一个字段。", column=columns[name]), column)
        if value is not None:
            values[name], columns[name] = value, column
    if isinstance(values.get("source_id"), int):
        values["source_id"] = str(values["source_id"])
    return values, columns


def _made_id(data: dict[str, Any]) -> str:
    """An id for a row that has none: its labels if it has any, else the hash of its title or of all it says."""
    if any(label in data for label in LABELS):
        parts = ("need_id", "variant", "grade", "lang")
        return "-".join(str(data[part]) for part in parts if data.get(part) is not None)[:100]
    title = next((str(data[name]) for name in ("title", "需求名称", "成果名称") if data.get(name)), None)
    text = title or json.dumps(data, sort_keys=True, default=str)
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:24]


def _deadline(values: dict[str, Any], today: date) -> frozenset[str]:
    """Turn `deadline_months` into a date; wrong values stay for the check that follows."""
    if "deadline_months" not in values:
        return frozenset()
    months = values.pop("deadline_months")
    if isinstance(months, int) and 0 < months <= MAX_MONTHS and "deadline" not in values:
        values["deadline"] = add_months(today, months)
        return frozenset({"deadline"})
    values["deadline"] = f"{months}"
    return frozenset()


def _values(values: dict[str, Any]) -> dict[str, Any]:
    """Known wordings as codes; what is not known stays as it is, so that the check names it."""
    for name, translate in VALUES.items():
        if name in values:
            values[name] = _coded(values[name], translate)
    for name in ("coop_modes", "keywords", "people"):
        if isinstance(values.get(name), str):
            values[name] = [part.strip() for part in LISTS.split(values[name]) if part.strip()]
    if isinstance(values.get("coop_modes"), list):
        values["coop_modes"] = _without_repeats([_coded(mode, coop_by_name) for mode in values["coop_modes"]])
    if "indicators" in values:
        values["indicators"] = _each(values["indicators"], _indicator)
    if "ip" in values:
        ip = values["ip"]
        values["ip"] = _each([ip] if isinstance(ip, str | dict) else ip, _right)
    return values


def _coded(value: Any, translate: Callable[[str], str]) -> Any:
    try:
        return translate(value.strip()) if isinstance(value, str) and value.strip() else value
    except ValueError:
        return value


def _without_repeats(values: list[Any]) -> list[Any]:
    return [value for place, value in enumerate(values) if value not in values[:place]]


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    return [change(item) for item in value] if isinstance(value, list) else value


def _indicator(row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    changed = dict(row)
    if "op" in changed:
        changed.setdefault("relation", changed.pop("op"))
    relation = changed.get("relation")
    if isinstance(relation, str):
        changed["relation"] = RELATIONS.get(relation, relation)
    value = changed.get("value")
    if changed.get("relation") == "range" and isinstance(value, list) and len(value) == 2:
        changed["value"], changed["value_high"] = value
    return changed


def _right(row: Any) -> Any:
    if isinstance(row, str):
        return {"type": _coded(row, IpType.by_label)}
    if isinstance(row, dict) and "type" in row:
        return {**row, "type": _coded(row["type"], IpType.by_label)}
    return row


def _column(name: str, columns: dict[str, str]) -> str:
    """The file's own name of a field, so that whoever mends the file finds it."""
    first, dot, rest = name.partition(".")
    return columns.get(first, first) + dot + rest
