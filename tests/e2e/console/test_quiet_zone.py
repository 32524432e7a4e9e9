"""A quiet zone that is laid around people who speak: what they are told, and what comes back."""

import pytest

from tests.e2e.classroom import Classroom, own_panel, start, tab, told
from tests.e2e.community import shown
from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e

ALL = {"id": "hush", "name": "Hush", "kind": "quiet", "x0": -9, "z0": -9, "x1": 9, "z1": 9}


def arrange(room: Classroom, ada: Visitor, zones: list[object]) -> None:
    """Give the room these zones, as its form does."""
    path = f"/rooms/{room.studio.group.room_id}"
    before = room.ask(ada, "GET", path)
    design = {**before["design"], "zones": zones}
    body = {"version": before["version"], "design": design, "note": ""}
    room.ask(ada, "PUT", f"{path}/design", body)


def test_a_quiet_zone_says_what_it_is_and_gives_the_microphone_back(
    room: Classroom, ada: Visitor, bo: Visitor
) -> None:
    start(ada, bo)
    shown(bo.page, "mic").click()
    bo.wait("__hearth.voice.mic.server === 'on'")
    arrange(room, ada, [ALL])
    told(bo, "This is a quiet zone")
    mic = shown(bo.page, "mic")
    assert mic.get_attribute("data-state") == "barred"
    assert "Outside it your microphone is on again" in (mic.get_attribute("aria-label") or "")
    bo.wait("!__hearth.voice.mic.sending")
    bo.screenshot("quiet-zone")

    mine = own_panel(bo)
    shown(mine, "raise-hand").click()
    tab(ada, "people")
    ada.page.get_by_role("button", name="Give the floor to Bo").click()
    mine.get_by_text("in a quiet zone nobody is heard").wait_for()
    bo.screenshot("quiet-zone-floor")

    arrange(room, ada, [])
    told(bo, "You are out of the quiet zone")
    bo.wait("__hearth.voice.mic.server === 'on' && __hearth.voice.mic.sending")
    mine.get_by_text("the whole room hears you").wait_for()
