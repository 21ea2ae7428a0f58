"""Why a match stands lower for the reader's own organisation, in the words of the list, the match page and the API."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from matcher.learning.personal import Lowering
from matcher.models import Match
from web import format as words
from web.cards import Chip


@dataclass(frozen=True)
class Told:
    """What was said, and what that changes and leaves as it is."""

    said: str
    effect: str

    def sentence(self) -> str:
        """Both, for programs."""
        return str(_("%(said)s。%(effect)s", said=self.said, effect=self.effect))


def lower_said(lowering: Lowering) -> str:
    """The reasons that the organisation itself gave."""
    reasons = _("、").join(words.label(reason, "Refusal") for reason in lowering.reasons)
    return str(_("靠后：您说过“%(reasons)s”", reasons=reasons))


def lower_chips(lowering: Lowering | None, hint: str) -> list[Chip]:
    """Says why a match stands lower in a list; `hint` where that is undone."""
    return [] if lowering is None else [Chip(lower_said(lowering), "none", hint)]


def lower_told(match: Match, lowering: Lowering | None) -> Told | None:
    """The same for one match: its own confidence stays, another one puts it in order."""
    if lowering is None:
        return None
    stands = f"{min(lowering.probability(match.probability), 0.99):.2f}"
    level = words.label(lowering.level(match.probability), "Level")
    effect = _("可信度不变，只在您单位自己的列表和周报里按 %(stands)s（%(level)s）排，随时间减弱。", stands=stands, level=level)
    return Told(lower_said(lowering), str(effect))
