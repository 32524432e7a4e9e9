"""A class is planned on the pages: dates, answers, a queue, an offer, a day that is cancelled."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.community import (
    DESKTOP,
    PHONE,
    found_group,
    register,
    set_up,
    shown,
    sign_and_join,
)
from tests.e2e.conftest import Visitor
from tests.support.node import Node

pytestmark = pytest.mark.e2e

Open = Callable[..., Visitor]
TITLE = "Slow yoga for the evening"


def plan_class(host: Visitor, group: str) -> None:
    """Plan a class of every week for a single person, on one page, and publish it."""
    page = host.page
    page.goto(f"{group}/events")
    page.locator(".empty-state").wait_for()
    host.screenshot("calendar-empty")
    page.get_by_role("link", name="Plan an event").first.click()
    shown(page, "event-title").fill(TITLE)
    shown(page, "event-capacity").fill("1")
    shown(page, "repeat").select_option("weekly")
    dates = shown(page, "rule-dates").locator("li")
    dates.nth(4).wait_for()
    assert dates.count() == 5
    host.screenshot("event-form")
    shown(page, "publish-event").click()
    page.locator("[data-event]").first.wait_for()


def say(page: Page, what: str, until: str) -> None:
    """Press something about one's answer, and wait until the page shows what came of it."""
    shown(page, what).click()
    shown(page, until).wait_for()


def test_a_class_is_planned_answered_and_a_place_passed_on(house: Node, visitor: Open) -> None:
    ada = visitor("Ada", **DESKTOP)
    bo, cy = visitor("Bo", **PHONE), visitor("Cy", **PHONE)
    set_up(ada, house, "adalind")
    group = found_group(ada, house, "Evening Yoga", "studio")
    for guest, handle in ((bo, "bobolink"), (cy, "cyril")):
        register(guest, group.invite, handle)
        sign_and_join(guest)
    base = house.url + group.page
    plan_class(ada, base)

    for guest in (bo, cy):
        guest.page.goto(f"{base}/events")
        guest.page.locator("[data-event]", has_text=TITLE).first.click()
    say(bo.page, "rsvp-yes", "rsvp-going")
    bo.screenshot("event-going")
    cy.page.get_by_text("All places are taken.").wait_for(timeout=60_000)
    say(cy.page, "rsvp-yes", "rsvp-waiting")
    assert "next in the queue" in shown(cy.page, "rsvp-waiting").inner_text()

    # Somewhere else in the house one is told, too, without looking again.
    day = cy.page.url
    cy.page.goto(f"{base}/norms")
    say(bo.page, "rsvp-no", "rsvp-yes")
    reminder = shown(cy.page, "reminder")
    reminder.get_by_text("A place is free for you").wait_for()
    cy.screenshot("event-offered-elsewhere")
    reminder.get_by_role("link").click()
    assert cy.page.url == day
    say(cy.page, "rsvp-accept", "rsvp-going")

    page = ada.page
    page.goto(day)
    page.locator(".hosts-part .person-card", has_text="Cy").wait_for()
    assert page.locator(".hosts-part .person-card").count() == 1
    ada.screenshot("event-for-hosts")
    shown(page, "cancel").click()
    shown(page, "which-one").click()
    shown(page, "cancel-note").fill("The studio is being painted.")
    shown(page, "confirm").click()
    shown(page, "cancelled").wait_for()
    # Whoever wanted to come sees it without loading the page again.
    shown(cy.page, "cancelled").wait_for()
    cy.page.get_by_text("The studio is being painted.").wait_for()
    cy.screenshot("event-cancelled")

    event = day.split("/")[-2]
    text = page.evaluate(
        "async (u) => (await fetch(u)).text()", f"/api/v1/events/{event}/event.ics"
    )
    assert f"SUMMARY:{TITLE}" in text
    assert "RRULE:FREQ=WEEKLY" in text
    assert "STATUS:CANCELLED" in text or "EXDATE" in text


def test_a_draft_is_seen_as_those_who_come_will_see_it(house: Node, visitor: Open) -> None:
    """Answer and way in stand there to be seen, before anybody else sees anything at all."""
    ada = visitor("Ada", **DESKTOP)
    set_up(ada, house, "adalind")
    group = found_group(ada, house, "Evening Yoga", "studio")
    page = ada.page
    page.goto(f"{house.url}{group.page}/events/new")
    shown(page, "event-title").fill(TITLE)
    shown(page, "save-draft").click()
    page.locator("[data-event]").first.click()
    page.get_by_role("link", name="Preview as a student").click()
    shown(page, "rsvp-yes").wait_for()
    ada.screenshot("draft-as-student")
    for part in ("[data-test=answer]", ".way-in"):
        assert page.locator(part).evaluate("(element) => element.inert"), part
    assert page.locator(".hosts-part").count() == 0
