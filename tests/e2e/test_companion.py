"""One person with two devices: nobody is in a room twice, and the second may help the first."""

from collections.abc import Callable

import pytest

from tests.e2e.community import DESKTOP, PASSWORD, enter, found_group, knock, live, set_up, shown
from tests.e2e.conftest import Visitor
from tests.support.node import Node

pytestmark = pytest.mark.e2e

Open = Callable[..., Visitor]


def sign_in(guest: Visitor, node: Node, handle: str) -> None:
    page = guest.page
    page.goto(f"{node.url}/sign-in")
    shown(page, "handle").fill(handle)
    shown(page, "password").fill(PASSWORD)
    shown(page, "sign-in").click()
    page.locator(".menu:has([data-test=sign-out])").wait_for()


def look_after_oneself(headset: Visitor, desk: Visitor) -> None:
    """From the companion: to the safe place and back; both devices know."""
    shown(desk.page, "safe").click()
    shown(desk.page, "safe-place").click()
    for device in (headset, desk):
        device.wait("__hearth.commons.safe")
    assert desk.page.locator(".toast.wrong").count() == 0
    desk.screenshot("companion-safe")
    shown(desk.page, "safe-place").click()
    for device in (headset, desk):
        device.wait("!__hearth.commons.safe")
    desk.page.keyboard.press("Escape")


def test_a_second_device_is_a_companion_or_takes_over(house: Node, visitor: Open) -> None:
    headset, desk = visitor("Ada", headset=True, width=480, height=360), visitor("Ada", **DESKTOP)
    set_up(headset, house, "adalind")
    group = found_group(headset, house, "Evening Yoga", "studio")
    headset.page.goto(f"{house.url}/r/{group.room}")
    enter(headset)
    shown(headset.page, "enter-vr").click()
    headset.wait("__hearth.stage.renderer.xr.isPresenting")

    sign_in(desk, house, "adalind")
    knock(desk, house, group.room)
    desk.screenshot("second-device")
    shown(desk.page, "how-companion").click()
    desk.wait("__hearth.phase === 'live'")
    desk.wait("__hearth.commons.you.companion === true")
    assert desk.page.locator("canvas#stage").count() == 0, "a companion draws no room"
    assert headset.page.evaluate("__hearth.phase") == "live"
    assert headset.page.evaluate("__hearth.people()") == [], "one person, two devices, two avatars"
    desk.screenshot("companion")
    look_after_oneself(headset, desk)
    # What others count: the group's page knows one person in the room.
    facts = desk.page.evaluate(f"fetch('/api/v1/rooms/{group.room}').then((a) => a.json())")
    assert facts["present"] == 1

    # Whoever is troubled stays in the safe place, whichever device they take up.
    shown(desk.page, "safe").click()
    shown(desk.page, "safe-place").click()
    headset.wait("__hearth.commons.safe")
    desk.page.goto(f"{house.url}/sign-in")  # away from the room
    knock(desk, house, group.room)
    shown(desk.page, "how-move").click()
    live(desk)
    assert not desk.page.evaluate("__hearth.commons.you.companion")
    headset.wait("__hearth.phase === 'left'")
    desk.wait("__hearth.commons.safe")
    assert desk.page.evaluate("__hearth.people()") == []
    desk.screenshot("moved-here")
