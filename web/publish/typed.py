"""Between a record and its form: what the fields show, what they give, where messages belong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, Field, FieldList, FormField, SelectMultipleField

from matcher.errors import Invalid
from matcher.inputs.records import INPUTS
from matcher.messages import Message
from web.forms import Form, find_field
from web.locale import translated
from web.publish.fields import WordsField
from web.publish.forms import FORMS, ROWS, RecordForm


@dataclass(frozen=True)
class Problem:
    """One message, for the summary on top: where, what it is called, what is wrong."""

    field_id: str
    label: str
    text: str


def stored(record: Any, kind: str) -> dict[str, Any]:
    """The record's values as the domain's input takes them; empty for a new record."""
    return {} if record is None else {name: getattr(record, name) for name in INPUTS[kind].model_fields}


def shown(record: Any, kind: str) -> dict[str, Any]:
    """The record's values as text for the fields."""
    return {name: _text(name, value) for name, value in stored(record, kind).items()}


def _text(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if name in ROWS:
        return [{key: _text(key, part) for key, part in row.items()} for row in value or []]
    if name in ("keywords", "people"):
        return "、".join(value or [])
    if isinstance(value, list):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def open_form(kind: str, fields: Iterable[str], record: Any) -> RecordForm:
    """The form with these fields only; what was sent wins over what is stored."""
    form = FORMS[kind](data=shown(record, kind))
    for name in set(form.data) - set(fields) - {"csrf_token"}:
        del form[name]
    for name in ROWS:
        if name in form and not form[name].entries:
            form[name].append_entry()
    return form


def change_rows(form: Form, order: str) -> None:
    """Carry out `indicators:add` or `indicators:remove:2`; anything else changes nothing."""
    name, _colon, what = order.partition(":")
    if name not in ROWS or name not in form:
        return
    entries = form[name].entries
    place = what.removeprefix("remove:")
    if what == "add" and len(entries) < ROWS[name]:
        form[name].append_entry()
    elif place.isdigit() and int(place) < len(entries):
        del entries[int(place)]
    if not entries:
        form[name].append_entry()


def given(form: Form) -> dict[str, Any]:
    """What the fields hold, as the domain's input takes it; empty rows are left out."""
    return {field.name: _value(field) for field in form if field.name != "csrf_token"}


def _value(field: Field) -> Any:
    if isinstance(field, WordsField):
        return field.words()
    if isinstance(field, FieldList):
        return [
            {part.name.rpartition("-")[2]: "" if part.data is None else part.data for part in row}
            for row in filled(field)
        ]
    if isinstance(field, BooleanField | SelectMultipleField):
        return field.data
    return field.data or ""


def filled(rows: FieldList) -> list[FormField]:
    """The rows in which something was typed."""
    return [row for row in rows if any(_counts(part) for part in row)]


def _counts(part: Field) -> bool:
    name = part.name.rpartition("-")[2]
    return name not in ("relation", "must") and bool((part.data or "").strip())


def refuse(form: Form, errors: Mapping[str, Message]) -> dict[str, Message]:
    """Put messages at their fields; returns those whose field is on another step."""
    elsewhere: dict[str, Message] = {}
    for path, message in errors.items():
        name, *rest = path.split(".")
        if name not in form:
            elsewhere[name] = message
            continue
        field = _row_field(form[name], rest) if isinstance(form[name], FieldList) else find_field(form, path)
        if field is not None:
            field.errors = [*field.errors, translated(message)]
    return elsewhere


def _row_field(rows: FieldList, path: list[str]) -> Field:
    """The field of a row; the domain counts filled rows only, and speaks of a whole row where its value is meant."""
    kept = filled(rows)
    if not path or not path[0].isdigit() or int(path[0]) >= len(kept):
        return rows.entries[0].form[_first(rows)]
    row = kept[int(path[0])].form
    return row[path[1]] if len(path) > 1 and path[1] in row else row[_first(rows)]


def _first(rows: FieldList) -> str:
    return "value" if rows.name == "indicators" else "type"


def problems(form: RecordForm) -> list[Problem]:
    """Every message on the form, in the order of the fields."""
    found: list[Problem] = []
    for field in form:
        if isinstance(field, FieldList):
            for place, row in enumerate(field, 1):
                words = _("指标 %(count)s") if field.name == "indicators" else _("权利 %(count)s")
                found += [
                    Problem(p.id, f"{words % {'count': place}} · {p.label.text}", _joined(p.errors))
                    for p in row
                    if p.errors
                ]
        elif field.errors:
            found.append(Problem(field.id, label_of(field), _joined(field.errors)))
    return found


def label_of(field: Field) -> str:
    """What a field is called by itself: one end of a range with the range's name."""
    name, _underscore, end = field.name.rpartition("_")
    group = {"budget": _("拟投入资金"), "price": _("价格")}.get(name) if end in ("min", "max") else None
    return f"{group} · {field.label.text}" if group else str(field.label.text)


def _joined(errors: Iterable[object]) -> str:
    return " ".join(str(error) for error in errors)


def without(values: dict[str, Any], error: Invalid) -> dict[str, Any]:
    """The values whose fields have no message: what saving on the way can keep."""
    bad = {path.split(".")[0] for path in error.errors}
    return {name: value for name, value in values.items() if name not in bad}
