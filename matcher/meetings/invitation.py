"""A meeting as an iCalendar object (RFC 5545, 5546), as Outlook and telephones take it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from matcher.meetings.terms import Reply
from matcher.models import Meeting, User

PRODUCT = "-//Daqiao//Meetings//ZH"
STATUS = {Reply.OPEN: "NEEDS-ACTION", Reply.ACCEPTED: "ACCEPTED", Reply.DECLINED: "DECLINED"}


def invitation(
    meeting: Meeting, *, organiser: str, link: str, zone: ZoneInfo, stamp: datetime, gone: bool = False
) -> tuple[str, bytes]:
    """The object's method and its bytes: REQUEST for a new or changed meeting, CANCEL when it is `gone` for the reader.

    `organiser` is the address that invites; `link` leads to the meeting's page.
    """
    method = "CANCEL" if gone else "REQUEST"
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = _event(meeting, organiser, link, zone, stamp)
    event.add("status", "CANCELLED" if gone else "CONFIRMED")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return method, bytes(calendar.to_ical())


def _event(meeting: Meeting, organiser: str, link: str, zone: ZoneInfo, stamp: datetime) -> Event:
    event = Event()
    values: dict[str, Any] = {
        "uid": meeting.uid,
        "sequence": meeting.sequence,
        "dtstamp": stamp,
        "dtstart": meeting.starts_at.astimezone(zone),
        "dtend": meeting.ends_at.astimezone(zone),
        "summary": meeting.title,
        "location": meeting.place,
        "description": f"{meeting.agenda}\n\n{link}".strip(),
        "url": link,
        "class": "PRIVATE",
    }
    for name, value in values.items():
        event.add(name, value)
    event.add("organizer", _address(organiser, meeting.organiser.name))
    for guest in meeting.guests:
        event.add("attendee", _guest(guest.user, Reply(guest.reply)), encode=False)
    return event


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name)
    return address


def _guest(user: User, reply: Reply) -> vCalAddress:
    address = _address(user.email, user.name)
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText(STATUS[reply])
    address.params["RSVP"] = vText("FALSE")  # answers come by the links of the mail: nobody reads the sender's box
    return address
