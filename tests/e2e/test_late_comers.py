"""Whoever comes after the late-comers' minute waits, reads who can let them in, and is let in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.classroom import apart, tab
from tests.e2e.community import shown
from tests.e2e.conftest import Visitor
from tests.e2e.signed import Signed
from tests.support.channel import settled
from tests.support.node import running_node

pytestmark = pytest.mark.e2e


class Evening(Signed):
    """A class that began, with doors that take nobody who comes later."""


@pytest.fixture
def late(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    folder = tmp_path_factory.mktemp("late")
    group = apart(settled(folder, "Ada", "Bo", "Cy"))
    with running_node(folder, "--no-voice") as node:
        made = Evening(node, group, browser)
        with made.closing():
            yield made


def goes_in(host: Visitor, late: Evening) -> None:
    """Enter the room in which a class has its doors open."""
    host.page.goto(f"{late.node.url}/r/{late.group.room_id}")
    shown(host.page, "as-me").wait_for()
    shown(host.page, "enter").click()
    host.wait("__hearth.gathering?.state.now != null")


def test_a_late_comer_reads_who_can_let_them_in_and_is_let_in(late: Evening) -> None:
    ada = late.visitor("Ada", 1000, 900)
    room = late.group.room_id
    wish = {"title": "Slow stretching", "room": room, "doors": {"mode": "automatic", "late_min": 0}}
    begun = late.ask(ada, "POST", f"/groups/{late.group.id}/class-now", wish)
    goes_in(ada, late)
    ada.page.evaluate("__hearth.gathering.lead('start')")
    ada.wait("__hearth.gathering.state.now.state === 'live'")

    bo, cy = late.visitor("Bo", 390, 844), late.visitor("Cy", 390, 844)
    day = f"/e/{begun['event']}/{begun['original']}/wait"
    for guest in (bo, cy):
        guest.page.goto(f"{late.node.url}{day}")
        word = shown(guest.page, "wait-late")
        word.wait_for()
        assert word.inner_text().startswith("The class has begun. Ada can still let you in")
        # A moment inside is nothing to ask for here: to wait is to ask.
        assert shown(guest.page, "wait-ask").count() == 0
    bo.screenshot("waiting-late-phone")

    tab(ada, "door")
    rows = shown(ada.page, "waiting").locator("li")
    rows.nth(1).wait_for()
    assert rows.count() == 2
    for row in rows.all_inner_texts():
        assert "came after the late-comers" in row
    ada.screenshot("console-door-late")
    waiting = shown(ada.page, "waiting")
    shown(waiting.locator("li", has_text="Bo"), "admit").click()
    bo.wait("__hearth.phase === 'live'")
    waiting.get_by_role("button", name="Not now: Cy may come back in ten minutes").click()
    shown(cy.page, "wait-admit").wait_for()
    assert "does not let you in now" in shown(cy.page, "wait-admit").inner_text()
    cy.screenshot("waiting-late-turned-away")
    ada.wait("[...__hearth.gathering.state.attendees.values()].some((each) => each.late)")


def test_after_a_moment_inside_one_waits_at_the_door_again(late: Evening) -> None:
    ada = late.visitor("Ada")
    room = late.group.room_id
    wish = {"title": "Slow stretching", "room": room, "doors": {"mode": "admit_each"}}
    begun = late.ask(ada, "POST", f"/groups/{late.group.id}/class-now", wish)
    goes_in(ada, late)
    bo = late.visitor("Bo", 390, 844)
    wait = f"/e/{begun['event']}/{begun['original']}/wait"
    bo.page.goto(f"{late.node.url}{wait}")
    shown(bo.page, "wait-ask").click()
    ada.wait("__hearth.gathering.state.waiting.people.some(({asks}) => asks)")
    # The console's moment is 90 s; this is the shortest there is.
    ada.page.evaluate(
        "__hearth.gathering.admit(__hearth.gathering.state.waiting.people[0].account, true, 30)"
    )
    bo.wait("__hearth.phase === 'live'")
    bo.page.wait_for_url(f"**{wait}", timeout=60_000)
    bo.page.get_by_text("Your moment inside is over.").wait_for()
    shown(bo.page, "wait-admit").wait_for()
    bo.screenshot("waiting-again")
    # Let in is let in: the same button as for everybody else.
    tab(ada, "door")
    shown(shown(ada.page, "waiting").locator("li", has_text="Bo"), "admit").click()
    bo.wait("__hearth.phase === 'live'")
