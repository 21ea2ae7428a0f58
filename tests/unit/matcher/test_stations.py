"""科技驿站: added, changed, closed, and who works there."""

from __future__ import annotations

import pytest

from config.settings import Settings
from matcher.actions import stations
from matcher.db import reading
from matcher.errors import AlreadyDone, Conflict, Invalid, NotAllowed, NotFound, Stale
from matcher.models import Station
from tests import factories as make


def test_its_staff_receive_while_it_is_open(database: Settings) -> None:
    """Named by e-mail, gone when removed or when it closes, back when it opens again; each an audited act."""
    boss, person = make.operator(), make.add_person()
    station_id = stations.add_station(boss.actor, make.station())
    stations.add_staff(boss.actor, station_id, f" {person.email.upper()} ")
    assert make.again(person).actor.stations == {station_id}
    stations.close_station(boss.actor, station_id)
    assert make.again(person).actor.stations == set()
    stations.reopen_station(boss.actor, station_id)
    assert make.again(person).actor.stations == {station_id}
    stations.remove_staff(boss.actor, station_id, person.id)
    assert make.again(person).actor.stations == set()
    stations.add_staff(boss.actor, station_id, person.email)
    assert make.again(person).actor.stations == {station_id}


def test_only_operators_keep_the_list(database: Settings) -> None:
    """Neither its staff nor a broker may change it; a foreign number is an unknown one."""
    clerk, station_id = make.clerk()
    for person in (clerk, make.broker(), make.enterprise()):
        with pytest.raises(NotAllowed):
            stations.add_station(person.actor, make.station())
        with pytest.raises(NotFound):
            stations.close_station(person.actor, station_id)
    with pytest.raises(NotFound):
        stations.close_station(make.operator().actor, 9999)


def test_a_change_over_somebody_elses_is_stale(database: Settings) -> None:
    """Two operators at once: the second is told; and a name is given once."""
    boss = make.operator()
    first, second = (stations.add_station(boss.actor, make.station(name=name)) for name in ("甲站", "乙站"))
    stations.edit_station(boss.actor, first, 1, make.station(name="丙站"))
    with pytest.raises(Stale):
        stations.edit_station(boss.actor, first, 1, make.station(name="丁站"))
    with pytest.raises(Invalid) as refused:
        stations.edit_station(boss.actor, second, 1, make.station(name="丙站"))
    assert set(refused.value.errors) == {"name"}
    with reading() as session:
        assert session.get_one(Station, first).name == "丙站"


@pytest.mark.parametrize("email", ["nobody@example.org", "", "a\x00b@example.org", "x" * 300])
def test_staff_need_a_verified_account(settings: Settings, email: str) -> None:
    """Bad input: unknown, empty, NUL, too long; an account that proved no address; somebody who is there already."""
    boss, (clerk, station_id) = make.operator(), make.clerk()
    for address in (email, make.add_person(verified=False).email):
        with pytest.raises(Invalid) as refused:
            stations.add_staff(boss.actor, station_id, address)
        assert set(refused.value.errors) == {"email"}
    with pytest.raises(AlreadyDone):
        stations.add_staff(boss.actor, station_id, clerk.email)
    stations.close_station(boss.actor, station_id)
    with pytest.raises(Conflict):
        stations.add_staff(boss.actor, station_id, boss.email)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "站"}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"place": "路\x00"}, "place"),
        ({"region": "999999"}, "region"),
        ({"phone": "call me"}, "phone"),
        ({"hours": ""}, "hours"),
    ],
)
def test_what_cannot_be_a_station_is_refused_at_its_field(fields: dict[str, str], name: str) -> None:
    """Bad input: length, NUL, region, phone."""
    with pytest.raises(Invalid) as refused:
        make.station(**fields)
    assert set(refused.value.errors) == {name}
