"""Ways in which an action can be refused. Each is shown to the person; none leaves anything half-done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcher.messages import Message, msg


class Refused(Exception):  # noqa: N818 - named as people are told of it
    """Base: the action was not carried out; `message` says why."""

    def __init__(self, message: Message | None = None) -> None:
        """Keep the sentence for the person."""
        self.message = message or msg("操作未能完成。")
        super().__init__(str(self.message))


class NotFound(Refused):
    """There is no such record, or this person may not know of it: the same answer for both."""

    def __init__(self) -> None:
        """One sentence for both cases."""
        super().__init__(msg("没有找到，或您无权查看。"))


class NotAllowed(Refused):
    """The person may know of the object but may not do this."""

    def __init__(self, message: Message | None = None) -> None:
        """Say what is needed, if known."""
        super().__init__(message or msg("您没有权限进行此操作。"))


class Stale(Refused):
    """Somebody else changed the object meanwhile."""

    def __init__(self) -> None:
        """Say what happened and what to do."""
        super().__init__(msg("在您编辑期间，别人已修改了这条记录。请查看最新内容后再保存。"))


class Conflict(Refused):
    """The object's state does not admit this step; `missing` names what would."""

    def __init__(self, message: Message, missing: Sequence[Message] = ()) -> None:
        """Keep the reason and what is missing."""
        self.missing = list(missing)
        super().__init__(message)


class AlreadyDone(Conflict):
    """The very same thing was done before, such as a form sent twice; `message` says so."""


class Invalid(Refused):
    """Input is not acceptable: messages by field name (`indicators.2.value` for the third row's value)."""

    def __init__(self, errors: Mapping[str, Message]) -> None:
        """Keep the messages by field."""
        self.errors = dict(errors)
        super().__init__(msg("请修改标出的内容。"))


class InvalidRows(Refused):
    """An imported file has bad rows: (row number from 1, field, message); nothing was imported."""

    def __init__(self, rows: Sequence[tuple[int, str, Message]]) -> None:
        """Keep the messages by row."""
        self.rows = list(rows)
        super().__init__(msg("文件中有 %(count)s 处问题，没有导入任何内容。", count=len(self.rows)))
