"""A member brings a guest: said on the page with a number, let in by a link, counted all along."""

from collections.abc import Callable

import pytest

from tests.e2e.community import (
    DESKTOP,
    PHONE,
    Founded,
    found_group,
    press_and_hold,
    register,
    set_up,
    shown,
    sign_and_join,
)
from tests.e2e.conftest import ARTIFACTS, Visitor
from tests.support.node import Node

pytestmark = pytest.mark.e2e

Open = Callable[..., Visitor]
WIDE = {**DESKTOP, "width": 1280, "height": 900}
SIZES = {"phone": (390, 844), "wide": (1280, 900)}
TITLE = "Stars over the river"


def picture(guest: Visitor, name: str) -> None:
    """Keep a picture of the whole page as it is on a phone and on a desk, without notices."""
    page = guest.page
    guest.wait("document.querySelector('.toast') === null")
    before = page.viewport_size
    assert before is not None
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=str(ARTIFACTS / f"{name}-{size}.png"), full_page=True)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{name} is wider than a {size} by {over} px"
    page.set_viewport_size(before)


def plan_a_talk(host: Visitor, group: str) -> None:
    """Plan a talk for three, to which one guest may be brought; see what a talk begins with."""
    page = host.page
    page.goto(f"{group}/events")
    shown(page, "class-now").first.click()
    shown(page, "now-doors").wait_for()
    page.locator("label:has(input[value=talk])").click()
    assert shown(page, "event-audience").input_value() == "nobody"
    picture(host, "class-now")
    page.goto(f"{group}/events/new")
    shown(page, "event-title").fill(TITLE)
    formation, audience = shown(page, "event-formation"), shown(page, "event-audience")
    assert (formation.input_value(), audience.input_value()) == ("rows", "near")
    page.locator("label:has(input[value=talk])").click()
    assert (formation.input_value(), audience.input_value()) == ("none", "nobody")
    page.locator("summary", has_text="Doors, hosts and plan").click()
    shown(page, "event-guests").select_option("1")
    shown(page, "event-capacity").fill("3")
    picture(host, "event-form-talk")
    shown(page, "publish-event").click()
    page.locator("[data-event]").first.wait_for()


def bring(guest: Visitor) -> str:
    """Say with the keyboard that one brings somebody, come, and copy the link for them."""
    page = guest.page
    shown(page, "guests-more").focus()
    page.keyboard.press("Enter")
    assert shown(page, "guests").inner_text() == "I bring 1 guest"
    page.keyboard.press("ArrowUp")
    assert shown(page, "guests").inner_text() == "I bring 1 guest", "no more than the event allows"
    guest.screenshot("answer-with-guest-asked")
    shown(page, "rsvp-yes").click()
    shown(page, "rsvp-going").wait_for()
    shown(page, "guest-link").click()
    link = page.locator(".guests-link")
    link.wait_for()
    picture(guest, "answer-with-guest")
    return link.inner_text()


def test_a_guest_is_brought_and_waits_at_the_door(house: Node, visitor: Open) -> None:
    ada = visitor("Ada", **WIDE)
    bo, gil = visitor("Bo", **PHONE), visitor("Gil", **PHONE)
    set_up(ada, house, "adalind")
    group: Founded = found_group(ada, house, "Night Sky", "studio")
    register(bo, group.invite, "bobolink")
    sign_and_join(bo)
    plan_a_talk(ada, house.url + group.page)

    bo.page.goto(f"{house.url}{group.page}/events")
    bo.page.locator("[data-event]", has_text=TITLE).first.click()
    link = bring(bo)
    day = bo.page.url

    ada.page.goto(day)
    row = ada.page.locator(".hosts-part .person-card", has_text="Bo")
    row.wait_for()
    assert "+1" in shown(row, "guests-plus").inner_text()
    picture(ada, "event-for-hosts-with-guests")

    # Gil has no account: a name, the norms, and then the event's door, which is not open yet.
    page = gil.page
    page.goto(link)
    shown(page, "name").fill("Gil")
    gil.screenshot("party-guest-invited")
    press_and_hold(gil, "guest")
    shown(page, "enter").click()
    shown(page, "wait-early").wait_for()
    gil.screenshot("party-guest-waits")
    assert day in page.url.removesuffix("/wait"), "the guest waits for another event"
