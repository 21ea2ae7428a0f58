"""A history told in order: what happens at which moment before the start, carried out with the clock set there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from matcher import clock

Deed = Callable[[], object]
SATURDAY = 5
GAP = timedelta(minutes=30)


@dataclass
class Story:
    """Deeds by moment. `start` is now; the last deed lies before it."""

    start: datetime
    zone: ZoneInfo
    deeds: list[tuple[datetime, int, Deed]] = field(default_factory=list)

    def day(self, before: int) -> date:
        """The working day that lies so many days before the start, or the Friday before it."""
        day = self.start.astimezone(self.zone).date() - timedelta(days=before)
        return day - timedelta(days=max(day.weekday() - SATURDAY + 1, 0))

    def moment(self, before: int, hour: int, minute: int = 0) -> datetime:
        """That working day at that time of the configured zone."""
        return datetime.combine(self.day(before), time(hour, minute), self.zone)

    def at(self, moment: datetime, deed: Deed) -> None:
        """Let `deed` happen at `moment`; what lies ahead of the start happens at the start."""
        self.deeds.append((min(moment, self.start), len(self.deeds), deed))

    def in_order(self, *chain: tuple[datetime, Deed]) -> None:
        """Deeds that build on each other: each at its moment, but at least half an hour after the one before.

        Days of a weekend fall together on their Friday, whatever day the story is told.
        """
        before = datetime.min.replace(tzinfo=self.zone)
        for moment, deed in chain:
            before = max(moment, before + GAP)
            self.at(before, deed)

    def tell(self, report: Callable[[int, int], object]) -> None:
        """Carry out everything in order of time; `report` gets how many of how many are done."""
        ordered = sorted(self.deeds, key=lambda deed: deed[:2])
        for done, (moment, _, deed) in enumerate(ordered, start=1):
            with clock.at(moment):
                deed()
            report(done, len(ordered))
