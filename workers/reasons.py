"""The one reason that a mail shows for a match."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workers.wording import Wording


def best_reason(reasons: Mapping[str, Any], wording: Wording) -> str:
    """The strongest reason in one sentence; empty when none is stored."""
    terms = [str(term) for term in reasons.get("terms", ())][:5]
    if not terms:
        return ""
    joint = ", " if wording.locale == "en" else "、"
    return wording.say("两边都提到") + " " + joint.join(terms)
