"""What a link to an empty form says of the record to be entered: its field and its chain."""

from __future__ import annotations

from flask import request

from matcher.vocabulary import Chain, TechField


def preset() -> dict[str, str]:
    """Field and chain that the address, or the form that it opened, names; what is unknown is left out."""
    lists = {"chain": Chain, "tech_field": TechField}
    named = {name: request.values.get(name, "") for name in lists}
    return {name: code for name, code in named.items() if code in list(lists[name])}
