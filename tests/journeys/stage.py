"""Who is in a story: firm, lab, broker and operator, each signed in in a browser of their own."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests import factories as make
from tests.factories import Person
from tests.journeys import people
from tests.journeys.platform import Platform
from tests.servers.smtp import MailServer

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
# a label that would tick a field of another form, because two have the same id
STRAY_LABELS = """[...document.querySelectorAll("form label[for]")]
  .filter(label => document.getElementById(label.htmlFor)?.closest("form") !== label.closest("form"))
  .map(label => `${label.htmlFor}: ${label.innerText}`)"""


@dataclass
class Actor:
    """A person with their browser."""

    person: Person
    page: Page

    @property
    def email(self) -> str:
        """Their address."""
        return self.person.email


class Scene:
    """The platform, its mails, and a browser for whoever enters."""

    def __init__(self, platform: Platform, mail: MailServer, new_page: Callable[..., Page]) -> None:
        self.platform, self.mail, self._new_page = platform, mail, new_page

    def enter(self, person: Person) -> Actor:
        """Somebody signs in."""
        page = self._new_page()
        people.sign_in(page, self.platform.address, person.email)
        return Actor(person, page)

    def stranger(self) -> Page:
        """A browser in which nobody is signed in."""
        return self._new_page()

    def open(self, actor: Actor, path: str) -> Page:
        """That page of the portal, in that person's browser."""
        actor.page.goto(f"{self.platform.address}{path}")
        return actor.page

    def mail_with(self, actor: Actor, contains: str) -> str:
        """The newest mail's address with these letters, once the mailer has run."""
        self.platform.work()
        return people.mail_to(self.mail, actor.email, contains, seconds=5)


class Stage(Scene):
    """A need and an achievement that the platform has matched, and the people of both sides."""

    def __init__(self, platform: Platform, mail: MailServer, new_page: Callable[..., Page]) -> None:
        super().__init__(platform, mail, new_page)
        self.case = ""
        with platform.clock():
            staff, firm, lab = make.operator(), make.enterprise(), make.institute()
            self.need = make.published(firm, "need")
            self.achievement = make.published(lab, "achievement")
        platform.work()
        self.desk, self.firm, self.lab = self.enter(staff), self.enter(firm), self.enter(lab)
        self.broker: Actor

    def hire_broker(self) -> None:
        """A broker joins the platform."""
        with self.platform.clock():
            person = make.broker()
        self.broker = self.enter(person)

    def go(self, actor: Actor, part: str = "") -> Page:
        """The case, or one of its parts, in that person's browser."""
        return self.open(actor, f"{self.case}{part}")


def main(page: Page) -> Locator:
    """What the page is about."""
    return page.locator("main")


def press(page: Page, words: str) -> None:
    """Press the button with exactly these words."""
    page.get_by_role("button", name=words, exact=True).click()


def accept_next(page: Page) -> None:
    """Say yes to the next question whether one means it."""
    page.once("dialog", lambda dialog: dialog.accept())


def confirm(page: Page, words: str) -> None:
    """Press that button and say yes to the question."""
    accept_next(page)
    press(page, words)


def follow(link: Locator) -> None:
    """Click a link and wait until its page is there: a click alone returns while the old page still stands."""
    address = str(link.evaluate("link => link.href"))
    link.click()
    link.page.wait_for_url(address)


def says(page: Page, *sentences: str) -> None:
    """The page shows these sentences."""
    for sentence in sentences:
        expect(main(page)).to_contain_text(sentence)


def unfold(page: Page, words: str) -> Locator:
    """Open the part of the page whose summary says so; the part."""
    part = page.locator("details", has=page.locator("summary", has_text=re.compile(f"^\\s*{re.escape(words)}\\s*$"))).last
    if part.get_attribute("open") is None:
        part.locator("summary").first.click()
    return part


def station(page: Page, name: str) -> None:
    """A stop on the way: the page fits a phone as well. JOURNEY_PICTURES names a folder for pictures of it."""
    page.wait_for_load_state()
    for label, size in (("390", PHONE), ("1280", DESKTOP)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        width = page.evaluate("document.documentElement.scrollWidth")
        if folder := os.environ.get("JOURNEY_PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{label}.png", full_page=True)
        assert width <= size["width"], f"{name} is {width} wide at {label}"
    assert page.evaluate(STRAY_LABELS) == [], name
