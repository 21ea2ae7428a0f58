"""Which correction is in use, which there were, and what was told since: the questions about learning from answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matcher import ranking
from matcher.learning.correction import NOTHING, Correction
from matcher.learning.evidence import ANSWERED, Row
from matcher.models import LearningChoice, LearningRow, LearningVersion, NamedValue

LAST_NIGHT = "learning: last night"  # named value: what the newest refit came to
MOST_ROWS = 20_000  # newest answers that are learnt from


@dataclass(frozen=True)
class Told:
    """One version for the console: how often and when it was in use, newest choice first."""

    version: LearningVersion
    choices: tuple[LearningChoice, ...]


def correction_of(version: LearningVersion | None) -> Correction:
    """A stored version as what it does."""
    if version is None:
        return NOTHING
    return Correction(version.id, version.base, version.features, version.weights, version.means)


def newest_choice(session: Session) -> LearningChoice | None:
    """What was chosen last; None while nothing was ever chosen."""
    query = select(LearningChoice).order_by(LearningChoice.id.desc()).limit(1)
    return session.scalar(query.options(joinedload(LearningChoice.version), joinedload(LearningChoice.user)))


def in_use(session: Session) -> Correction:
    """The correction that matches are computed with now; one query."""
    chosen = newest_choice(session)
    return correction_of(chosen.version if chosen else None)


def named(session: Session, ranking_version: str) -> Correction | None:
    """The correction that a row's ranking version names; None when this program cannot compute under it any more."""
    _base, _, number = ranking_version.partition("+a")
    found = correction_of(session.get(LearningVersion, int(number))) if number.isdigit() else NOTHING
    return found if found.ranking_version == ranking_version else None


def told_rows(session: Session) -> list[Row]:
    """The newest answers to what the present ranking showed, by the time of the answer.

    Rows of another ranking's version are not mixed in: their probabilities and parts mean something else.
    """
    base = ranking.CURRENT.version
    shown = (LearningRow.ranking_version == base) | LearningRow.ranking_version.startswith(f"{base}+a", autoescape=True)
    found = session.scalars(select(LearningRow).where(shown).order_by(LearningRow.id.desc()).limit(MOST_ROWS))
    return [
        Row(row.need_id, row.organisation_id, row.user_id, row.outcome, row.probability, row.reason, row.features)
        for row in found
    ]


def versions(session: Session, limit: int = 50) -> list[Told]:
    """The newest versions with the times they were chosen; two queries."""
    newest = select(LearningVersion).order_by(LearningVersion.id.desc()).limit(limit)
    found = list(session.scalars(newest))
    choices: dict[int, list[LearningChoice]] = {version.id: [] for version in found}
    query = (
        select(LearningChoice)
        .where(LearningChoice.version_id.in_(choices))
        .order_by(LearningChoice.id.desc())
        .options(joinedload(LearningChoice.user))
    )
    for choice in session.scalars(query):
        assert choice.version_id is not None  # asked for by number
        choices[choice.version_id].append(choice)
    return [Told(version, tuple(choices[version.id])) for version in found]


def before(session: Session, version_id: int | None) -> int | None:
    """The version that was in use before this one was first chosen; None: no correction."""
    first = select(func.min(LearningChoice.id)).where(LearningChoice.version_id == version_id)
    query = select(LearningChoice).where(LearningChoice.id < first.scalar_subquery())
    earlier = session.scalar(query.order_by(LearningChoice.id.desc()).limit(1))
    return earlier.version_id if earlier else None


def outcome_counts(session: Session) -> dict[str, int]:
    """How many rows there are of each outcome, of any version."""
    query = select(LearningRow.outcome, func.count()).group_by(LearningRow.outcome)
    return {row[0]: int(row[1]) for row in session.execute(query)}


def answers_since(session: Session, moment: datetime) -> int:
    """How many answers were given or changed since."""
    told = LearningRow.outcome.in_([str(each) for each in ANSWERED])
    return session.scalar(select(func.count()).where(told, LearningRow.at > moment)) or 0


def last_night(session: Session) -> NamedValue | None:
    """What the newest refit came to: reason, counts, metrics."""
    return session.get(NamedValue, LAST_NIGHT)
