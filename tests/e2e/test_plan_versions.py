"""The versions of a plan on its page: looked at by keyboard, brought back, and in conflict."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.classroom import apart
from tests.e2e.community import shown
from tests.e2e.conftest import Visitor
from tests.e2e.signed import Signed
from tests.support.channel import settled
from tests.support.node import running_node

pytestmark = pytest.mark.e2e

STEPS = ("Sit down and arrive", "Reach up with both arms", "Turn to the right", "Lie down and rest")


class Desk(Signed):
    """A plan of Ada's group, and people who change it on their pages."""

    def save(self, guest: Visitor, plan: Any, steps: tuple[str, ...], note: str) -> Any:
        """Save a plan with these steps."""
        cues = [{"id": f"cue-{STEPS.index(s)}", "seconds": 60, "text": s} for s in steps]
        body = {"version": plan["version"], "title": plan["title"], "cues": cues, "note": note}
        return self.ask(guest, "PUT", f"/plans/{plan['id']}", body)


@pytest.fixture
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("plans")
    group = apart(settled(folder, "Ada", "Bo"))
    with running_node(folder, "--no-voice") as node:
        made = Desk(node, group, browser)
        with made.closing():
            yield made


def tab_to(page: Page, test: str) -> None:
    """Move the focus with the key alone."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.dataset.test") == test:
            return
    raise AssertionError(f"{test} is out of reach of the keyboard")


def text_of(page: Page, test: str) -> str:
    return shown(page, test).inner_text()


def test_an_earlier_version_is_looked_at_and_brought_back_by_keyboard(desk: Desk) -> None:
    ada = desk.visitor("Ada")
    page = ada.page
    path = f"/groups/{desk.group.id}/plans"
    cues = [{"id": f"cue-{n}", "seconds": 60, "text": text} for n, text in enumerate(STEPS)]
    plan = desk.ask(ada, "POST", path, {"title": "An evening hour", "cues": cues})
    page.goto(f"{desk.node.url}/plans/{plan['id']}")
    page.get_by_text("So far there is one version").wait_for()
    shown(page, "versions").scroll_into_view_if_needed()
    ada.screenshot("plan-versions-none")
    plan = desk.save(ada, plan, (STEPS[0], STEPS[3]), "Shorter for tonight")
    page.reload()
    look = shown(page, "look-1")
    look.wait_for()
    assert "Saved by Ada" in text_of(page, "versions")
    assert "Shorter for tonight" in text_of(page, "versions")
    shown(page, "versions").scroll_into_view_if_needed()
    ada.screenshot("plan-versions")
    shown(page, "plan-title").focus()
    tab_to(page, "look-1")
    page.keyboard.press("Enter")
    dialog = shown(page, "old-version")
    dialog.get_by_text("Since then: 2 steps were taken out.").wait_for()
    for step in STEPS:
        assert dialog.get_by_text(step).is_visible()
    ada.screenshot("plan-version-old")
    # To look changes nothing, and leads back to where one was.
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert page.evaluate("document.activeElement?.dataset.test") == "look-1"
    page.keyboard.press("Enter")
    dialog.get_by_text("Since then").wait_for()
    tab_to(page, "bring-back")
    page.keyboard.press("Enter")
    dialog.wait_for(state="detached")
    page.locator(".toast", has_text="The plan is as version 1 again.").wait_for()
    shown(page, "look-2").wait_for()
    assert page.locator("[data-test=cues] > li").count() == len(STEPS)
    kept = desk.ask(ada, "GET", f"/plans/{plan['id']}")
    assert (kept["version"], [each["text"] for each in kept["cues"]]) == (3, list(STEPS))


def test_who_was_too_late_is_told_and_loses_nothing(desk: Desk) -> None:
    ada = desk.visitor("Ada", 390, 844)
    page = ada.page
    path = f"/groups/{desk.group.id}/plans"
    cues = [{"id": f"cue-{n}", "seconds": 60, "text": text} for n, text in enumerate(STEPS)]
    plan = desk.ask(ada, "POST", path, {"title": "An evening hour", "cues": cues})
    plan = desk.save(ada, plan, STEPS[:2], "")
    page.goto(f"{desk.node.url}/plans/{plan['id']}")
    shown(page, "look-1").wait_for()
    # On another device she goes on; here she wrote something that is not saved.
    plan = desk.save(ada, plan, STEPS[:3], "From the sofa")
    shown(page, "plan-title").fill("Nearly an hour")
    shown(page, "look-1").click()
    dialog = shown(page, "old-version")
    dialog.get_by_text("did not save would be lost").wait_for()
    shown(page, "bring-back").click()
    dialog.get_by_text("Somebody else saved the plan meanwhile").wait_for()
    ada.screenshot("plan-version-stale-phone")
    page.keyboard.press("Escape")
    shown(page, "stale").wait_for()
    assert shown(page, "plan-title").input_value() == "Nearly an hour"
    assert desk.ask(ada, "GET", f"/plans/{plan['id']}")["version"] == 3
    # Once she has what is kept now, it works.
    page.get_by_role("button", name="Take theirs").click()
    shown(page, "look-2").wait_for()
    shown(page, "look-1").click()
    dialog.get_by_text("Since then").wait_for()
    shown(page, "bring-back").click()
    dialog.wait_for(state="detached")
    kept = desk.ask(ada, "GET", f"/plans/{plan['id']}")
    assert (kept["version"], len(kept["cues"])) == (4, len(STEPS))
