"""Closed lists of meetings; the replies are those of RFC 5545 (PARTSTAT)."""

from __future__ import annotations

from matcher.vocabulary import Term


class MeetingState(Term):
    """What became of a meeting."""

    PLANNED = "planned", "已约定"
    HELD = "held", "已召开"
    CANCELLED = "cancelled", "已取消"


class Reply(Term):
    """A guest's answer to the invitation."""

    OPEN = "open", "未答复"
    ACCEPTED = "accepted", "参加"
    DECLINED = "declined", "不参加"
