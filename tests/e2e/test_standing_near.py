"""Two people agree that either may stand near the other, and one of them takes it back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.community import (
    DESKTOP,
    enter,
    found_group,
    open_person,
    register,
    set_up,
    shown,
    sign_and_join,
)
from tests.e2e.conftest import Visitor
from tests.support.node import Node, running_node

pytestmark = pytest.mark.e2e

Open = Callable[..., Visitor]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Node]:
    with running_node(tmp_path / "data") as running:
        yield running


def test_it_takes_both_and_either_ends_it(house: Node, visitor: Open) -> None:
    ada, bo = visitor("Ada", **DESKTOP), visitor("Bo", **DESKTOP)
    set_up(ada, house, "adalind")
    group = found_group(ada, house, "Evening Yoga", "studio")
    register(bo, group.invite, "bobolink")
    sign_and_join(bo)
    for guest in (ada, bo):
        guest.page.goto(f"{house.url}/r/{group.room}")
        shown(guest.page, "house-rules").wait_for()
        rules = shown(guest.page, "house-rules").inner_text()
        assert "Nobody records here." in rules
        guest.screenshot(f"{guest.name.lower()}-door-rules")
        enter(guest)
    ada.sees(bo)
    bo.sees(ada)

    row = open_person(ada, bo.me())
    assert "Nobody records here." in shown(ada.page, "house-rules").inner_text()
    shown(row, "near-on").click()
    shown(row, "near-off").wait_for()
    ada.screenshot("near-asked")
    toast = bo.page.locator("#toasts .toast", has_text="Ada would like to be near you")
    toast.wait_for()
    bo.screenshot("near-is-asked")
    toast.get_by_role("button").click()
    theirs = bo.page.locator(f"[data-participant='{ada.me()}']")
    theirs.locator(".person-open").click()
    bo.screenshot("near-answer")
    shown(theirs, "near-on").click()
    for guest, other in ((ada, bo), (bo, ada)):
        guest.wait(f"__hearth.commons.nearTo({other.me()}) === 'yes'")
    ada.screenshot("near-agreed")

    shown(theirs, "near-off").click()
    for guest, other in ((ada, bo), (bo, ada)):
        guest.wait(f"__hearth.commons.nearTo({other.me()}) === 'no'")
    shown(row, "near-on").wait_for()
