"""Meetings of a case: invited by mail with a calendar object, answered by a link, minuted into tasks."""

import email
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.actions import cases
from matcher.actions import meetings as actions
from matcher.actor import actor_of
from matcher.db import reading
from matcher.errors import Conflict, Invalid, NotFound
from matcher.inputs.base import parse
from matcher.inputs.meetings import MeetingInput, MinutesInput
from matcher.models import CaseEvent, CaseTask, Delivery, Meeting, User
from tests import factories as make
from tests.factories import Person
from tests.unit.web.browsing import submit
from tests.unit.web.conftest import token_in
from tests.unit.web.work import Pair, make_case, make_pair
from workers import mailer

Browsers = Callable[[Person], FlaskClient]
ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)


class Table:
    """A case with its broker, and one meeting tomorrow at half past two that the broker calls."""

    def __init__(self) -> None:
        self.pair: Pair = make_pair()
        self.broker = make.broker()
        self.case = make_case(self.pair)
        cases.assign_broker(make.operator().actor, self.case, self.broker.id)
        self.day = (clock.now().astimezone(ZONE) + DAY).date()
        self.id = actions.call_meeting(self.broker.actor, self.case, self.given())

    def given(self, **changed: object) -> MeetingInput:
        values = {
            "title": "首次对接会", "day": self.day.isoformat(), "begins": "14:30", "ends": "15:30", "place": "线上会议 881 204",
            "agenda": "样机与工况", "guests": [self.pair.firm.id, self.pair.lab.id, self.broker.id], **changed,
        }  # fmt: skip
        return parse(MeetingInput, values)

    @property
    def meeting(self) -> Meeting:
        with reading() as session:
            return session.get_one(Meeting, self.id, options=[])

    def replies(self) -> dict[int, str]:
        with reading() as session:
            return {guest.user_id: guest.reply for guest in session.get_one(Meeting, self.id).guests}

    def mails(self, settings: Settings, person: Person) -> list[email.message.EmailMessage]:
        """Every invitation that this person was sent, the oldest first."""
        mailer.send_due(settings)
        found = []
        for path in sorted((settings.data_dir / "mail").glob("*-meeting.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if person.email in str(message["To"]):
                found.append(message)
        return found


@pytest.fixture
def table(settings: Settings) -> Table:
    """Everybody is asked."""
    return Table()


def calendar_of(message: email.message.EmailMessage) -> tuple[str, Calendar]:
    """The method of the part that mail programs offer to accept, and the attached file."""
    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    inline, attached = parts
    assert attached.get_filename() == "invite.ics"
    content = attached.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert inline.get_content().replace("\r\n", "\n") == content.decode().replace("\r\n", "\n")
    return str(inline.get_param("method")), Calendar.from_ical(content)


def event_of(calendar: Calendar) -> dict[str, object]:
    """The one event in it."""
    (event,) = calendar.walk("VEVENT")
    return {**event, "begins": event.decoded("dtstart"), "uid": str(event["uid"]), "sequence": int(event["sequence"])}


def test_the_invitation_is_a_calendar_object(settings: Settings, table: Table) -> None:
    """RFC 5545: time zone included, the hour as people said it, everybody named, from the platform's address."""
    (message,) = table.mails(settings, table.pair.firm)
    method, calendar = calendar_of(message)
    event = event_of(calendar)
    assert (method, str(calendar["method"]), event["sequence"]) == ("REQUEST", "REQUEST", 0)
    assert event["begins"] == datetime(table.day.year, table.day.month, table.day.day, 14, 30, tzinfo=ZONE)
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    guests = event["ATTENDEE"]
    assert isinstance(guests, list)
    assert {str(guest) for guest in guests} == {f"mailto:{p.email}" for p in (table.pair.firm, table.pair.lab, table.broker)}
    assert "no-reply@" in str(event["ORGANIZER"])


def test_a_change_and_a_cancellation_reach_the_same_calendar_entry(settings: Settings, table: Table) -> None:
    """Same UID, higher sequence; who is no longer asked, or asked to what is off, gets a CANCEL."""
    table.mails(settings, table.pair.firm)
    later = table.given(day=(table.day + DAY).isoformat(), guests=[table.pair.firm.id, table.broker.id])
    actions.change_meeting(table.broker.actor, table.case, table.id, later)
    dropped = calendar_of(table.mails(settings, table.pair.lab)[-1])
    actions.cancel_meeting(table.pair.firm.actor, table.case, table.id)
    objects = [calendar_of(message) for message in table.mails(settings, table.pair.firm)]
    events = [event_of(calendar) for _method, calendar in objects]
    assert [method for method, _calendar in objects] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [event["sequence"] for event in events] == [0, 1, 2]
    assert len({event["uid"] for event in events}) == 1
    assert (dropped[0], event_of(dropped[1])["uid"]) == ("CANCEL", events[0]["uid"])


def test_an_overtaken_invitation_is_not_sent(settings: Settings, table: Table) -> None:
    """Changed before the mailer came: one mail, with the newest time."""
    actions.change_meeting(table.broker.actor, table.case, table.id, table.given(begins="15:00", ends="16:00"))
    (message,) = table.mails(settings, table.pair.firm)
    assert event_of(calendar_of(message)[1])["sequence"] == 1


def links_in(message: email.message.EmailMessage) -> list[str]:
    """Paths of the answer links: accept, decline."""
    body = message.get_body(("plain",))
    assert body is not None
    return ["/m/" + word.rpartition("/m/")[2] for word in body.get_content().split() if "/m/" in word]


def test_a_link_answers_without_logging_in(settings: Settings, table: Table, app_client: FlaskClient) -> None:
    """Opening it changes nothing; one click does, twice is once; forged ones and those of an older time do not work."""
    accept, decline = links_in(table.mails(settings, table.pair.firm)[0])
    page = app_client.get(accept)
    assert (page.status_code, table.replies()[table.pair.firm.id]) == (200, "open")
    for _ in range(2):
        assert submit(app_client, accept, {}, accept).status_code == 200
    assert table.replies() == {table.pair.firm.id: "accepted", table.pair.lab.id: "open", table.broker.id: "accepted"}
    for forged in (accept[:-3] + "xyz", "/m/nonsense"):
        assert app_client.get(forged).status_code == 404
    actions.change_meeting(table.broker.actor, table.case, table.id, table.given(begins="15:00", ends="16:00"))
    assert "已改期" in app_client.get(decline).text
    token = token_in(app_client.get("/login").text)
    assert app_client.post(decline, data={"csrf_token": token}).status_code == 409
    assert table.replies()[table.pair.firm.id] == "open"


@pytest.fixture
def app_client(browser_of: Browsers) -> FlaskClient:
    """A browser in which nobody is signed in."""
    client = browser_of(make.add_person())
    client.delete_cookie("daqiao")
    return client


def test_minutes_become_tasks_and_decisions(table: Table, browser_of: Browsers) -> None:
    """Each agreed task has its owner and date; each decision its line."""
    browser, base = browser_of(table.broker), f"/cases/{table.case}/meetings"
    assert submit(browser, f"{base}/{table.id}/minutes", {"minutes": "太早"}, base).status_code == 409
    fields = {
        "minutes": "双方确认试验条件。", "decisions": "先做 14 天对比试验\n\n费用各担一半",
        "tasks-0-title": "提交试验方案", "tasks-0-duty": "offer", "tasks-0-due_on": (table.day + 9 * DAY).isoformat(),
    }  # fmt: skip
    with clock.at(clock.now() + 2 * DAY):
        answer = submit(browser, f"{base}/{table.id}/minutes", fields, base)
        assert answer.status_code == 303
        page = browser.get(base).text
    assert "双方确认试验条件。" in page and "费用各担一半" in page
    with reading() as session:
        task = session.scalars(select(CaseTask)).one()
        decisions = session.scalars(select(CaseEvent.body).where(CaseEvent.kind == "decision")).all()
    assert (task.title, task.duty, task.origin, task.owner_id) == ("提交试验方案", "offer", "meeting", table.pair.lab.id)
    assert decisions == ["先做 14 天对比试验", "费用各担一半"]


def test_a_bad_task_row_keeps_nothing(table: Table, browser_of: Browsers) -> None:
    """The message stands at the row; neither minutes nor the good row's task are kept."""
    browser, base = browser_of(table.broker), f"/cases/{table.case}/meetings"
    fields = {
        "minutes": "已写", "tasks-0-title": "好的", "tasks-0-duty": "need", "tasks-0-due_on": (table.day + 9 * DAY).isoformat(),
        "tasks-1-title": "", "tasks-1-due_on": "", "tasks-2-title": "过期的", "tasks-2-duty": "need", "tasks-2-due_on": "2020-01-01",
    }  # fmt: skip
    with clock.at(clock.now() + 2 * DAY):
        answer = submit(browser, f"{base}/{table.id}/minutes", fields, base)
    assert answer.status_code == 422
    assert 'id="tasks-2-due_on-error"' in answer.text
    with reading() as session:
        assert session.scalars(select(CaseTask)).all() == []
    assert table.meeting.state == "planned"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"day": "2020-01-01"}, "day"),
        ({"day": "never"}, "day"),
        ({"begins": "25:00"}, "begins"),
        ({"ends": "14:30"}, "ends"),
        ({"place": ""}, "place"),
        ({"title": "x" * 101}, "title"),
        ({"agenda": "a\x00b"}, "agenda"),
        ({"guests": []}, "guests"),
    ],
)
def test_bad_input_is_refused_at_its_field(table: Table, changed: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.call_meeting(table.broker.actor, table.case, table.given(**changed))
    assert list(refused.value.errors) == [field]
    with reading() as session:
        assert len(session.scalars(select(Meeting)).all()) == 1


def test_only_people_of_the_case_are_asked(table: Table) -> None:
    """A stranger can neither be invited nor invite, answer or read; the case of others is as unknown."""
    stranger = make.enterprise()
    with pytest.raises(Invalid) as refused:
        actions.call_meeting(table.broker.actor, table.case, table.given(guests=[stranger.id]))
    assert list(refused.value.errors) == ["guests"]
    with pytest.raises(NotFound):
        actions.call_meeting(stranger.actor, table.case, table.given())
    other = Table()
    with pytest.raises(NotFound):  # a meeting of another case
        actions.cancel_meeting(table.broker.actor, table.case, other.id)


def test_before_both_agreed_nobody_meets(settings: Settings) -> None:
    """Names and addresses are told to the other side only after both said yes."""
    pair, broker = make_pair(), make.broker()
    case_id = cases.open_case(broker.actor, pair.need_id, pair.offer_id)
    table = Table()
    with pytest.raises(NotFound):
        actions.call_meeting(broker.actor, case_id, table.given(guests=[pair.firm.id]))


def test_who_left_is_told_nothing(settings: Settings, table: Table) -> None:
    """46: permissions are those of the moment of sending."""
    from matcher.actions.organisations import leave_organisation

    with reading() as session:
        firm = actor_of(session, session.get_one(User, table.pair.firm.id))
    leave_organisation(firm)
    assert table.mails(settings, table.pair.firm) == []
    with reading() as session:
        states = {d.user_id: d.state for d in session.scalars(select(Delivery).where(Delivery.kind == "meeting"))}
    assert states[table.pair.firm.id] == "skipped"


def test_minutes_are_written_once(table: Table) -> None:
    given = parse(MinutesInput, {"minutes": "已写", "decisions": [], "tasks": []})
    with clock.at(clock.now() + 2 * DAY):
        actions.minute_meeting(table.broker.actor, table.case, table.id, given)
        with pytest.raises(Conflict):
            actions.minute_meeting(table.broker.actor, table.case, table.id, given)
