"""The items of a digest as they may be shown to its reader now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from matcher.actor import actor_of
from matcher.digest.candidates import POOL, open_matches
from matcher.models import Achievement, Answer, Match, Need, User
from matcher.permissions import side_of
from matcher.twins import Folded, fold, text_print
from matcher.vocabulary import Side


@dataclass(frozen=True)
class Entry:
    """One item of a digest as it may be shown now, from the recipient's side."""

    match: Match
    side: Side

    @property
    def shown(self) -> Need | Achievement:
        """The other side's record: what is new to the reader."""
        return self.match.achievement if self.side is Side.NEED else self.match.need

    @property
    def own(self) -> Need | Achievement:
        """The reader's own record."""
        return self.match.need if self.side is Side.NEED else self.match.achievement


def entries(session: Session, user: User, match_ids: Sequence[int]) -> list[Entry]:
    """Those of the matches that this person may see and still has to answer at this moment, in the given order."""
    actor = actor_of(session, user)
    if actor.org_id is None:
        return []
    wanted = match_ids[:POOL]
    query = (
        open_matches(actor, aliased(Answer), Match)
        .where(Match.id.in_(wanted))
        .options(
            joinedload(Match.need).joinedload(Need.organisation),
            joinedload(Match.achievement).joinedload(Achievement.organisation),
            selectinload(Match.answers),
        )
    )
    found = {match.id: match for match in session.scalars(query).unique()}
    return [
        Entry(found[match_id], Side(side))
        for match_id in wanted
        if match_id in found and (side := side_of(actor, found[match_id]))
    ]


def folded(found: Sequence[Entry]) -> list[Folded[Entry]]:
    """Entries as they are shown: twins under the first of them that may still be shown."""
    return fold(
        found,
        lambda entry: entry.match.need_id,
        lambda entry: text_print(entry.match.achievement.title, entry.match.achievement.abstract),
    )
