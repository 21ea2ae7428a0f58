"""A history told in order: what happens at which moment before the start, carried out with the clock set there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from matcher import clock

Deed = Callable[[], object]
FRIDAY, SATURDAY = 4, 5
OPENS, HOURS = 8, 4  # a Friday's working hours, and the share of them that each day up to Sunday gets


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
        """That time, so many days before the start, of the configured zone; a weekend's fall into its Friday.

        Friday, Saturday and Sunday share Friday's working hours in their order: what builds on each other stays in its
        order on whatever weekday the story is told.
        """
        midnight = datetime.combine(self.day(before), time(), self.zone)
        nominal = self.start.astimezone(self.zone).date() - timedelta(days=before)
        if nominal.weekday() < FRIDAY:
            return midnight + timedelta(hours=hour, minutes=minute)
        share = (nominal.weekday() - FRIDAY + (hour + minute / 60) / 24) * HOURS
        return midnight + timedelta(hours=OPENS + share)

    def at(self, moment: datetime, deed: Deed) -> None:
        """Let `deed` happen at `moment`; what lies ahead of the start happens at the start."""
        self.deeds.append((min(moment, self.start), len(self.deeds), deed))

    def tell(self, report: Callable[[int, int], object]) -> None:
        """Carry out everything in order of time; `report` gets how many of how many are done."""
        ordered = sorted(self.deeds, key=lambda deed: deed[:2])
        for done, (moment, _, deed) in enumerate(ordered, start=1):
            with clock.at(moment):
                deed()
            report(done, len(ordered))
