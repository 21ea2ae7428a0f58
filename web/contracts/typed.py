"""Between a contract and its form: values as text, rows that are added and removed, messages at their rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from wtforms import FieldList, FormField

from matcher.contracts.lists import ContractType
from matcher.errors import Invalid
from matcher.inputs.contracts import CLAUSES, OWNERS, ContractInput
from matcher.models import Contract
from web.contracts.forms import ContractForm
from web.forms import find_field
from web.locale import translated

ROWS = {"clauses": CLAUSES, "owners": OWNERS}


def open_form(contract: Contract) -> ContractForm:
    """The form with what is stored; what was sent wins."""
    form = ContractForm(data={name: _text(getattr(contract, name)) for name in ContractInput.model_fields})
    if form.version.data is None:
        form.version.data = contract.version
    return form


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return value
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def change_rows(form: ContractForm, order: str) -> None:
    """Carry out `owners:add` or `clauses:remove:2`; anything else changes nothing."""
    name, _colon, what = order.partition(":")
    if name not in ROWS:
        return
    entries = form[name].entries
    place = what.removeprefix("remove:")
    if what == "add" and len(entries) < ROWS[name]:
        form[name].append_entry()
    elif place.isdigit() and int(place) < len(entries):
        del entries[int(place)]


def given(form: ContractForm) -> dict[str, Any]:
    """What the fields hold, as the domain's input takes it; rows in which nothing was typed are left out."""
    values = {name: form[name].data or "" for name in ContractInput.model_fields if name not in ROWS}
    rows = {
        name: [{part: row[part].data or "" for part in row.data} for row in filled(form[name])] for name in ROWS
    }
    return values | rows


def filled(rows: FieldList) -> list[FormField]:
    """The rows in which something was typed."""
    return [row for row in rows if any((row[part].data or "").strip() for part in row.data if part != "code")]


def refuse(form: ContractForm, error: Invalid) -> None:
    """Put messages at their fields. The domain counts filled rows only, and clauses that are missing by their code."""
    for path, message in error.errors.items():
        name, *rest = path.split(".")
        field = _row_part(form, name, rest) if name in ROWS else find_field(form, path)
        if field is None:
            form.form_errors.append(translated(message))
        else:
            field.errors = [*field.errors, translated(message)]


def _row_part(form: ContractForm, name: str, rest: list[str]) -> Any:
    rows = filled(form[name])
    place, part = (rest[0] if rest else ""), (rest[1] if len(rest) > 1 else "")
    if place.isdigit():
        row = rows[int(place)] if int(place) < len(rows) else None
    else:
        row = next((each for each in rows if name == "clauses" and each["code"].data == place), None)
    if row is None:
        return None
    return row[part] if part in row.data else row["text" if name == "clauses" else "name"]


def label_of(form: ContractForm, path: str) -> str:
    """What a missing field is called by itself."""
    if path.startswith("clauses."):
        return ""
    side = {"seller": _("卖方"), "buyer": _("买方")}.get(path.partition("_")[0])
    words = str(form[path].label.text)
    return f"{side} · {words}" if side else words


def kind_of(code: str) -> ContractType | None:
    """The type of a code that was sent; None for no or an unknown one."""
    return ContractType(code) if code in set(ContractType) else None
