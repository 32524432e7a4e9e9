"""A room that is put away is found again by whoever may bring it back, and by nobody else."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.community import DESKTOP, found_group, register, set_up, shown, sign_and_join
from tests.e2e.conftest import Visitor
from tests.support.node import Node

pytestmark = pytest.mark.e2e


def test_an_archived_room_is_brought_back_from_the_groups_page(
    house: Node, visitor: Callable[..., Visitor]
) -> None:
    ada, bo = visitor("Ada", **DESKTOP), visitor("Bo", **DESKTOP)
    set_up(ada, house, "adalind")
    group = found_group(ada, house, "Evening Yoga", "studio")
    register(bo, group.invite, "bobolink")
    sign_and_join(bo)
    page = ada.page
    page.goto(f"{house.url}{group.page}/rooms/{group.room}")
    page.get_by_role("button", name="Archive this room").click()
    page.locator("dialog").get_by_role("button", name="Archive it").click()
    page.get_by_role("button", name="Bring it back").first.wait_for()

    page.goto(house.url + group.page)
    away = shown(page, "archived-rooms")
    away.get_by_text("1 archived room").click()
    ada.screenshot("archived-rooms")
    for guest in (ada, bo):
        guest.page.goto(house.url + group.page)
        expect(guest.page.get_by_text("No rooms yet")).to_be_visible()
    assert bo.page.get_by_text("archived room").count() == 0
    away.get_by_text("1 archived room").click()
    away.get_by_role("button", name=re.compile("^Bring .* back$")).click()
    expect(page.locator(f".rooms-part a[href='/r/{group.room}']")).to_be_visible()
    assert page.get_by_text("archived room").count() == 0
