"""The nightly clocks on a large platform: how long one night takes, and a second run of the same night."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.crowd import write
from bench.measure import Figure, Sizes, seconds
from config.settings import Settings, load_settings
from matcher import clock, db, migrations
from matcher.models import (
    Achievement,
    Case,
    ConversionPlan,
    IpDisclosure,
    Match,
    Membership,
    Need,
    Organisation,
    User,
)
from matcher.vocabulary import CaseParty, CaseState, Level, MembershipState, OrgKind, OrgState, RecordState
from workers.clocks import NIGHTLY

LIMIT_SECONDS = 60.0
OWNERS = 2_000
FUNDED, REPORTED, SILENT = 0.4, 0.8, 0.1  # shares of the achievements, of those who report, of those who do not answer
MATCHES = 2  # of each achievement
CASES_OF, LATE = 10, 0.05  # one open case for so many records; the share that is late
COMPLETED_DAYS = 3 * 365


@dataclass
class Platform:
    """A platform in its steady state: each day's share of the records is due for the next step of its clock."""

    settings: Settings
    count: int
    moment: datetime

    def fill(self) -> None:
        """Write the rows; half of the records are needs."""
        self.chance = random.Random(self.count)
        moments = {"created_at": self.moment, "updated_at": self.moment}
        write(Organisation, ({"kind": (OrgKind.ENTERPRISE, OrgKind.INSTITUTE)[place % 2], "name": f"单位{place}", "region": "220100",
                              "state": OrgState.CHECKED, **moments} for place in range(OWNERS)))  # fmt: skip
        write(User, ({"email": f"user{place}@example.org", "name": f"用户{place}", "password_hash": "-", "role": "member",
                      "verified_at": self.moment, "created_at": self.moment} for place in range(OWNERS)))  # fmt: skip
        write(Membership, ({"user_id": place, "organisation_id": place, "state": MembershipState.ACTIVE,
                            "created_at": self.moment} for place in range(1, OWNERS + 1)))  # fmt: skip
        write(Need, (self._need(number) for number in range(self.count // 2)))
        write(Achievement, (self._achievement(number) for number in range(self.count // 2)))
        write(IpDisclosure, ({"achievement_id": number, "project_ref": "P", "disclosed_on": self.moment.date(), "user_id": 1,
                              **moments} for number in self._reporting()))  # fmt: skip
        write(ConversionPlan, ({"achievement_id": number, "started_on": self.moment.date(), "mode": "licence", "user_id": 1,
                                **moments} for number in self._reporting()))  # fmt: skip
        write(Match, (self._match(number) for number in range(MATCHES * (self.count // 2))))
        write(Case, (self._case(number) for number in range(self.count // CASES_OF)))
        db.refresh_statistics()

    def _reporting(self) -> Iterator[int]:
        return (number for number in range(1, self.count // 2 + 1) if self.chance.random() < REPORTED)

    def _shared(self, number: int, side: int) -> dict[str, Any]:
        owner = 2 * (number % (OWNERS // 2)) + 1 + side
        return {"title": f"记录{number}", "state": RecordState.PUBLISHED, "organisation_id": owner, "author_id": owner,
                "created_at": self.moment, "updated_at": self.moment, **self._freshness()}  # fmt: skip

    def _freshness(self) -> dict[str, Any]:
        """Where the question 仍有效? stands; all days of the round are equally likely, the last one is due tonight."""
        ask, remind, archive = (
            self.settings.freshness_days, self.settings.freshness_reminder_days, self.settings.freshness_archive_days,
        )  # fmt: skip
        day = self.chance.randint(0, ask)
        asked = self.chance.randint(0, remind) if self.chance.random() < SILENT else None
        silent = self.chance.randint(0, archive) if asked is not None and self.chance.random() < SILENT else None
        since = ask + (asked or 0) + (silent or 0) if asked is not None else day
        return {
            "last_confirmed": self._ago(since),
            "published_at": self._ago(since),
            "asked_at": None if asked is None else self._ago((asked or 0) + (silent or 0)),
            "silent_since": None if silent is None else self._ago(silent),
        }

    def _ago(self, days: int) -> datetime:
        return self.moment - timedelta(days=days, minutes=1)

    def _need(self, number: int) -> dict[str, Any]:
        return {**self._shared(number, 0), "problem": "-"}

    def _achievement(self, number: int) -> dict[str, Any]:
        days = self.chance.randint(1, COMPLETED_DAYS)
        return {**self._shared(number, 1), "abstract": "-", "publicly_funded": self.chance.random() < FUNDED,
                "completed_on": self.moment.date() - timedelta(days=days)}  # fmt: skip

    def _case(self, number: int) -> dict[str, Any]:
        """An open case; as many steps are due each day of a month, and one in twenty has been late for up to four."""
        need, late = number % (self.count // 2) + 1, self.chance.random() < LATE
        due = self._ago(self.chance.randint(1, 4)) if late else self._ago(-self.chance.randint(1, 30))
        return {"number": f"DQ-2027-{number:06d}", "need_id": need, "achievement_id": need, "need_org_id": 2 * ((need - 1) % (OWNERS // 2)) + 1,
                "offer_org_id": 2 * ((need - 1) % (OWNERS // 2)) + 2, "state": CaseState.TRIAL, "next_step": "-",
                "next_party": self.chance.choice([CaseParty.NEED, CaseParty.OFFER]), "due_at": due,
                "created_at": self.moment, "updated_at": self.moment}  # fmt: skip

    def _match(self, number: int) -> dict[str, Any]:
        half = self.count // 2
        level = self.chance.choice(list(Level))
        return {"need_id": (number * 7 + number // half) % half + 1, "achievement_id": number % half + 1, "level": level, "score": 0.5,
                "probability": self.chance.random(), "ranking_version": "-", "model": "-", "need_hash": "-", "achievement_hash": "-",
                "need_version": 1, "achievement_version": 1, "created_at": self.moment, "updated_at": self.moment}  # fmt: skip


def figures(_elasticsearch_url: str | None, sizes: Sizes) -> list[Figure]:
    """The first night, with years of overdue achievements to offer, and the same night run again."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(environment="test", data_dir=Path(folder), database_url=None)
        migrations.upgrade(db.configure(settings))
        platform = Platform(settings, sizes.clocked, clock.now())
        platform.fill()
        first, done = _night(settings)
        again, more = _night(settings)
        db.engine().dispose()
    longest = ", ".join(f"{name} {value:.1f} s" for name, value in sorted(done.items(), key=lambda item: -item[1])[:3])
    detail = f"{longest}; run again {again:.1f} s; SQLite"
    assert more.keys() == done.keys()
    return [Figure(f"nightly clocks over {sizes.clocked:,} records", first, LIMIT_SECONDS, True, detail, "s")]


def _night(settings: Settings) -> tuple[float, dict[str, float]]:
    """Seconds of all nightly sweeps, and of each by name."""
    each = {f"{sweep.__module__}.{sweep.__name__}".removeprefix("workers."): seconds(lambda sweep=sweep: sweep(settings)) for sweep in NIGHTLY}  # type: ignore[misc]
    return sum(each.values()), each
