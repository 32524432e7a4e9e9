"""Whoever comes after the late-comers' minute waits, reads who can let them in, and is let in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.classroom import apart, tab
from tests.e2e.community import shown
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


def test_a_late_comer_reads_who_can_let_them_in_and_is_let_in(late: Evening) -> None:
    ada = late.visitor("Ada", 1000, 900)
    room = late.group.room_id
    wish = {"title": "Slow stretching", "room": room, "doors": {"mode": "automatic", "late_min": 0}}
    begun = late.ask(ada, "POST", f"/groups/{late.group.id}/class-now", wish)
    ada.page.goto(f"{late.node.url}/r/{room}")
    shown(ada.page, "as-me").wait_for()
    shown(ada.page, "enter").click()
    ada.wait("__hearth.gathering?.state.now != null")
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
    waiting.get_by_role("button", name="Not now, Cy is to wait").click()
    shown(cy.page, "wait-admit").wait_for()
    assert "does not let you in now" in shown(cy.page, "wait-admit").inner_text()
    cy.screenshot("waiting-late-turned-away")
    ada.wait("[...__hearth.gathering.state.attendees.values()].some((each) => each.late)")
