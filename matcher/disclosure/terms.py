"""The closed lists of disclosure."""

from __future__ import annotations

from matcher.vocabulary import Term


class ReceiptKind(Term):
    """What a receipt testifies to."""

    ACCEPTED = "accepted", "接受保密承诺"
    OPENED = "opened", "查看受限详情"
    WITHDRAWN = "withdrawn", "撤回保密承诺"
