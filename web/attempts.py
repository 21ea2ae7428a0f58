"""Carry out an action for a form: what the page answers when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matcher.errors import AlreadyDone, Conflict, Invalid
from web.forms import Form
from web.locale import translated
from web.session import refresh


@dataclass(frozen=True)
class Attempt:
    """How it went. `done` also when the very same thing had been done before; else the page's status and sentence."""

    done: bool
    status: int = 303
    notice: str = ""


def attempt(act: Callable[[], object], form: Form | None = None) -> Attempt:
    """Run `act`. What is not acceptable stands at the form's fields, or in the sentence when there is no form."""
    try:
        act()
    except AlreadyDone:
        return Attempt(done=True)
    except Invalid as error:
        refresh()
        if form is None:
            return Attempt(done=False, status=422, notice=translated(next(iter(error.errors.values()))))
        form.refuse(error)
        return Attempt(done=False, status=422, notice=" ".join(map(str, form.form_errors)))
    except Conflict as error:
        refresh()
        lacking = "、".join(translated(item) for item in error.missing)
        return Attempt(done=False, status=409, notice=translated(error.message) + lacking)
    return Attempt(done=True)
