"""What the forms of all sections share: attributes for assistive tools, and the domain's messages at their fields."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FormField

from matcher.errors import Invalid
from web.locale import translated


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF publishes no types
    """Base of the portal's forms. The domain validates; a form only reads what was typed."""

    def refuse(self, error: Invalid) -> None:
        """Put each message of the domain at its field; one without a field becomes a message of the whole form."""
        for path, message in error.errors.items():
            field = find_field(self, path)
            words = translated(message)
            if field is None:
                self.form_errors.append(words)
            else:
                field.errors = [*field.errors, words]


def find_field(form: Any, path: str) -> Field | None:
    """The field that `indicators.2.value` names: the third row's field `value`; the nearest one that exists."""
    found: Field | None = None
    place = form
    for step in path.split("."):
        if isinstance(place, FieldList):
            entry = place.entries[int(step)] if step.isdigit() and int(step) < len(place.entries) else None
        else:
            inner = place.form if isinstance(place, FormField) else place
            entry = inner[step] if not isinstance(inner, Field) and step in inner else None
        if entry is None:
            break
        found = place = entry
    return found if not isinstance(found, FormField) else None


def init_app(app: Flask) -> None:
    """Give templates what the form macros need."""
    app.jinja_env.globals["field_attributes"] = field_attributes
    app.jinja_env.filters["messages"] = messages


def field_attributes(field: Field, extra: dict[str, Any]) -> dict[str, Any]:
    """Attributes that tie a field to its help or error, which stand in the same place."""
    attributes = dict(extra)
    if field.errors:
        attributes["aria-invalid"] = "true"
        attributes["aria-describedby"] = f"{field.id}-error"
    elif field.description:
        attributes["aria-describedby"] = f"{field.id}-help"
    return attributes


def messages(errors: Any) -> str:
    """A field's messages as one text; those of its rows are shown at the rows."""
    flat = [str(error) for error in errors if not isinstance(error, dict | list | tuple)]
    return " ".join(flat)
