"""A host who is alone with a headset: the door, hands, a mute and the lead, all from the wrist."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.classroom import (
    NO_WEBGL,
    NOW,
    PAGE,
    Classroom,
    Studio,
    asked,
    own_panel,
    running_studio,
)
from tests.e2e.community import shown
from tests.e2e.conftest import ARTIFACTS, Visitor
from tests.e2e.in_headset import hold_button, press_by_ray

pytestmark = pytest.mark.e2e

#: Whether words can be read on one of the panels that hang in the room.
READS = """
(words) => {
  let found = false;
  __hearth.stage.scene.traverse((mesh) => {
    const texts = mesh.visible && mesh.userData.spec?.texts;
    if (texts && texts.some(({text}) => text.includes(words))) found = true;
  });
  return found;
}
"""
WAITING = "__hearth.gathering.state.waiting.people"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with running_studio(tmp_path_factory.mktemp("headset")) as running:
        yield running


class Evening:
    """Ada leads with nothing but a headset; Bo comes to a door that opens for each."""

    def __init__(self, studio: Studio, browser: Browser) -> None:
        self.room = Classroom(studio, browser)
        self._browser = browser
        self.room.come("Ada")
        wish: dict[str, Any] = {"title": "Slow stretching", "room": studio.group.room_id}
        wish["doors"] = {"mode": "admit_each"}
        ada = self.room.guests["Ada"]
        begun = self.room.ask(ada, "POST", f"/groups/{studio.group.id}/class-now", wish)
        self.page = f"{studio.node.url}/e/{begun['event']}/{begun['original']}/wait"
        self.ada = self.room.put_on_a_headset("Ada")
        self.ada.wait(f"{NOW} != null")

    def knocks(self, name: str) -> Visitor:
        """Somebody comes to the event's waiting page."""
        context = self._browser.new_context(viewport=PAGE)
        context.add_init_script(NO_WEBGL)
        guest = self.room.signed_in(context, name)
        guest.page.goto(self.page)
        return guest

    def reads(self, words: str) -> None:
        """Ada can read this where she is."""
        self.ada.page.wait_for_function(READS, arg=words)

    def account(self, name: str) -> str:
        """The account of somebody who waits."""
        self.ada.wait(f"{WAITING}.some(({{name}}) => name === '{name}')")
        found: str = self.ada.page.evaluate(
            f"{WAITING}.find(({{name}}) => name === '{name}').account"
        )
        return found

    def press(self, *buttons: str) -> None:
        """Point at these on the board, one after the other, and pull the trigger."""
        for each in buttons:
            press_by_ray(self.ada, each)


def test_a_host_alone_with_a_headset_runs_a_class(studio: Studio, browser: Browser) -> None:
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    evening = Evening(studio, browser)
    bo = evening.knocks("Bo")
    evening.reads("waits at the door")
    evening.ada.screenshot("headset-somebody-waits")

    hold_button(evening.ada, "b-button")
    evening.press("tab:lead", "led:door")
    evening.reads("Bo")
    evening.ada.screenshot("headset-door")
    evening.press(f"admit:{evening.account('Bo')}")
    bo.wait("__hearth.phase === 'live'")
    evening.press("led:plan", "lead:start")
    bo.wait(f"{NOW}.state === 'live'")
    evening.reads("You lead")
    shown(own_panel(bo), "raise-hand").click()
    evening.reads("1 hand up")
    evening.press("led:people")
    evening.reads("hand up, first")
    evening.ada.screenshot("headset-people")
    evening.press("floor")
    bo.page.get_by_text("You have the floor").first.wait_for()
    evening.press(f"led:{bo.me()}")
    evening.ada.screenshot("headset-somebody")
    evening.press(f"soft:{bo.me()}")
    bo.wait(f"{NOW}.me.hush === 'soft'")
    evening.press(f"sure:host:{bo.me()}")
    evening.ada.screenshot("headset-hand-over")
    evening.press(f"host:{bo.me()}")
    shown(asked(bo, "host"), "ask-yes").click()
    evening.ada.wait(f"__hearth.gathering.state.host === {bo.me()}")
    evening.room.close()
