"""专家推荐: which experts could help with a need, and why; pure but for the two queries at the end.

An expert is measured by the same score as an achievement (`matcher.ranking`), but a profile says less about one problem
than an achievement's text does, so it counts from a lower score on. What is known beside the text adds to it: that they
took part in an achievement that fits, that their organisation did, that the field or the chain is the same. Tried on the
demonstration's needs: experts of another subject lie between 0 and 0.42, of the same subject from 0.35 on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matcher.actor import Actor
from matcher.corpus import Statistics
from matcher.explanation import agreeing
from matcher.models import Expert, Match, Need
from matcher.permissions import rows
from matcher.ranking import Scored
from matcher.vocabulary import CoopMode, ExpertService, Level, MatchState, NeedType

MOST = 3
TERMS = 6
ENOUGH = 0.42  # score with what is added to it
LEAST = 0.33  # score of the text alone; below, the same field or organisation is no reason to ask somebody
ADDS = {"own": 0.10, "organisation": 0.03, "field": 0.03, "chain": 0.03}
FITTING = (Level.STRONG, Level.FAIR)
# what an expert can be asked for, by what the need wants
BY_MODE: Mapping[str, ExpertService] = {
    CoopMode.COMMISSIONED: ExpertService.JOINT,
    CoopMode.JOINT: ExpertService.JOINT,
    CoopMode.CONSULTING: ExpertService.CONSULTING,
    CoopMode.SERVICE: ExpertService.CONSULTING,
    CoopMode.TRAINING: ExpertService.CONSULTING,
}
BY_TYPE: Mapping[str, tuple[ExpertService, ...]] = {
    NeedType.PEOPLE: (ExpertService.SECONDMENT, ExpertService.ENVOY, ExpertService.CONSULTING),
    NeedType.TESTING: (ExpertService.CONSULTING,),
}


@dataclass(frozen=True)
class Fit:
    """An expert and the reasons for asking them.

    `score` is the text's with what is added. `terms` are in both texts; `services` are those offered that the need asks
    for; `speaks` and `comes` are None where the expert says nothing; `own` and `theirs` are matches of the need with
    achievements that the expert took part in, and with others of their organisation.
    """

    expert: Expert
    score: float
    terms: tuple[str, ...]
    by_meaning: bool
    same_field: bool
    same_chain: bool
    services: tuple[str, ...]
    speaks: bool | None
    comes: bool | None
    own: tuple[Match, ...]
    theirs: tuple[Match, ...]


def best(
    need: Need,
    experts: Iterable[Expert],
    scores: Mapping[int, Scored],
    matches: Sequence[Match],
    statistics: Statistics,
) -> list[Fit]:
    """At most `MOST` experts of other organisations who come near enough, the nearest first, ties by id."""
    fits = [
        fit(need, expert, scores[expert.id], matches, statistics)
        for expert in experts
        if expert.id in scores and expert.organisation_id != need.organisation_id
    ]
    near = [each for each in fits if each.score >= ENOUGH and scores[each.expert.id].score >= LEAST]
    return sorted(near, key=lambda each: (-each.score, each.expert.id))[:MOST]


def fit(need: Need, expert: Expert, scored: Scored, matches: Sequence[Match], statistics: Statistics) -> Fit:
    """One expert with their reasons."""
    at_home = [match for match in matches if match.achievement.organisation_id == expert.organisation_id]
    own = tuple(match for match in at_home if expert.name in match.achievement.people)
    theirs = tuple(match for match in at_home if match not in own)
    same_field = bool(need.tech_field) and need.tech_field == expert.tech_field
    same_chain = bool(need.chain) and need.chain == expert.chain
    holds = {"own": own, "organisation": theirs, "field": same_field, "chain": same_chain}
    return Fit(
        expert=expert,
        score=round(scored.score + sum(ADDS[name] for name, held in holds.items() if held), 6),
        terms=telling(need, expert, statistics),
        by_meaning="semantic" in scored.parts,
        same_field=same_field,
        same_chain=same_chain,
        services=tuple(code for code in expert.services if code in wanted(need)),
        speaks=need.lang in expert.languages if expert.languages else None,
        comes=comes(expert.service_regions, need.region),
        own=own,
        theirs=theirs,
    )


def telling(need: Need, expert: Expert, statistics: Statistics) -> tuple[str, ...]:
    """Rare words of both texts, the weightiest first; 数据 or 系统 in common is no reason to ask somebody."""
    rare = statistics.weight("") / 2
    found = agreeing(_asks(need), _offers(expert), statistics)
    return tuple(term for term in found if statistics.weight(term) > rare)[:TERMS]


def wanted(need: Need) -> frozenset[str]:
    """Which of the experts' services the need's cooperation modes and its type ask for."""
    by_mode = {BY_MODE[mode].value for mode in need.coop_modes if mode in BY_MODE}
    return frozenset(by_mode | {service.value for service in BY_TYPE.get(need.need_type or "", ())})


def comes(regions: Iterable[str], place: str | None) -> bool | None:
    """Whether somebody who serves `regions` comes to `place` (a province holds its cities); None: not said."""
    served = list(regions)
    if not served or not place:
        return None
    return any(code == place or (code.endswith("0000") and code[:2] == place[:2]) for code in served)


def _asks(need: Need) -> str:
    return "。".join([need.title, need.problem, need.foundation, " ".join(need.keywords)])


def _offers(expert: Expert) -> str:
    return "。".join([expert.profile, expert.department, " ".join(expert.keywords)])


def fitting_matches(session: Session, actor: Actor, need: Need) -> list[Match]:
    """The need's matches from 较强相关 up that `actor` may read, best first, with their achievements; one query."""
    query = (
        select(Match)
        .where(Match.need_id == need.id, Match.level.in_(FITTING), Match.state != MatchState.CLOSED)
        .where(rows(actor, "match.read", Match))
        .options(joinedload(Match.achievement))
        .order_by(Match.probability.desc(), Match.id)
    )
    return list(session.scalars(query))


def authors(session: Session, actor: Actor, matches: Sequence[Match]) -> list[int]:
    """Experts, among those whom `actor` may find, who took part in the achievements of `matches`; one query."""
    wrote = {
        (match.achievement.organisation_id, name) for match in matches for name in match.achievement.people
    }
    if not wrote:
        return []
    query = select(Expert.id, Expert.organisation_id, Expert.name).where(
        Expert.organisation_id.in_({organisation for organisation, _name in wrote}),
        Expert.name.in_({name for _organisation, name in wrote}),
        rows(actor, "record.search", Expert),
    )
    return [number for number, *who in session.execute(query) if tuple(who) in wrote]


def readable(session: Session, actor: Actor, ids: Iterable[int]) -> Sequence[Expert]:
    """Those of `ids` whom `actor` may find, with their organisations; one query. The database decides, not the index."""
    query = select(Expert).where(Expert.id.in_(list(ids)), rows(actor, "record.search", Expert))
    return session.scalars(query.options(joinedload(Expert.organisation))).all()
