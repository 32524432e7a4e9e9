"""Who comes to a class, on which devices, and what is compared between their pages."""

import itertools
from collections.abc import Callable
from typing import Any

from playwright.sync_api import ViewportSize

from tests.e2e.community import DESKTOP, PHONE, Founded, keep_picture, live, shown
from tests.e2e.conftest import Visitor
from tests.e2e.houses import House
from tests.e2e.signed import NO_WEBGL, ask
from tests.support.node import Node

ZONE = "Europe/Berlin"
#: The clock of one page is this far from the others'.
SKEW_MS = 500
#: Cues of different pages begin within this of each other, and breath goes with breath.
TOGETHER_MS = 100

#: True time for comparing pages, before a page's own clock is set wrong.
TRUE_TIME = """
const now = performance.now.bind(performance), origin = performance.timeOrigin;
window.__trueMs = () => origin + now();
"""
WRONG_CLOCK = f"""
const late = performance.now.bind(performance), day = Date.now.bind(Date);
performance.now = () => late() + {SKEW_MS};
Date.now = () => day() + {SKEW_MS};
"""
#: Three pages are drawn in software at once, and the clocks of slow pages are vague.
SMALL: ViewportSize = {"width": 320, "height": 240}
#: Note when each cue begins, by true time.
NOTE_CUES = """
() => {
  window.__cues = {};
  __hearth.gathering.clock.onCue((cue, live) => { if (live) __cues[cue.id] = __trueMs(); });
}
"""
#: Where the plan and the breath are by this page, as of one true moment: what they began at.
BEGAN = """
() => {
  const at = __hearth.gathering.clock.now(), trueMs = __trueMs();
  return {plan: trueMs - at.planMs, breath: trueMs - at.breathMs, run: at.run};
}
"""
#: When the music would have begun to be where it is, by true time; it goes round in a loop.
MUSIC_BEGAN_S = "__trueMs() / 1000 - __hearth.inGathering().sounding.placeS"
LOOP_S = 32.0
#: What plays is left alone while it is off by less than 60 ms, on each page.
MUSIC_TOGETHER_MS = 2 * 60 + TOGETHER_MS
#: In the frame of one's mat: x to the right of who lies on it.
INSTRUCTORS_HANDS = """
() => {
  const drawn = __hearth.stage.instructor.drawn, mat = __hearth.gathering.ownMat;
  if (!drawn || !mat) return null;
  const x = (at) => {
    const dx = drawn.pose[at] - mat.x, dz = drawn.pose[at + 2] - mat.z;
    return Math.cos(mat.yaw) * dx - Math.sin(mat.yaw) * dz;
  };
  return {left: [x(7), drawn.pose[8]], right: [x(14), drawn.pose[15]]};
}
"""


def steps() -> list[dict[str, Any]]:
    """A short class of which every step is seen: sides, a pose, breath, music, light."""
    slow = {"in_s": 4, "hold_s": 0, "out_s": 6, "rest_s": 0}
    return [
        {"id": "arrive", "seconds": 20, "text": "Stand and arrive", "pose": "mountain",
         "breath": slow, "music": "waves", "light": "dawn"},
        {"id": "right", "seconds": 900, "text": "Warrior two, right knee bends", "side": "right",
         "pose": "warrior-2", "breath": slow},
        {"id": "left", "seconds": 75, "text": "Warrior two, left knee bends", "side": "left",
         "pose": "warrior-2", "breath": slow},
        {"id": "fold", "seconds": 60, "text": "Fold forward", "pose": "forward-fold",
         "breath": slow},
        {"id": "rest", "seconds": 240, "text": "Lie down and rest", "pose": "corpse",
         "breath": slow, "music": "drone"},
    ]  # fmt: skip


class Lesson:
    """Ada teaches from a headset, Bo comes, Cy comes late with a wrong clock, Dee may take over."""

    def __init__(self, house: House, open_visitor: Callable[..., Visitor]) -> None:
        self.house = house
        clock = {"timezone_id": ZONE, "locale": "en-GB"}
        self.ada = open_visitor("Ada", **DESKTOP, **clock)
        self.bo = open_visitor("Bo", **PHONE, timezone_id="America/New_York", locale="en-GB")
        self.cy = open_visitor("Cy", **DESKTOP, **clock)
        self.dee = open_visitor("Dee", **DESKTOP, **clock)
        self.dee.context.add_init_script(NO_WEBGL)
        self.headset = open_visitor("Ada", headset=True, width=320, height=260, **clock)
        for guest in (self.ada, self.bo, self.cy, self.dee, self.headset):
            guest.context.add_init_script(TRUE_TIME)
        self.cy.context.add_init_script(WRONG_CLOCK)
        self.group: Founded
        self.event = ""
        self.day = ""

    @property
    def pages(self) -> tuple[Visitor, ...]:
        """Whoever is in the class without a headset."""
        return self.bo, self.cy, self.dee

    @property
    def node(self) -> Node:
        return self.house.node

    def open(self, guest: Visitor, path: str) -> None:
        guest.page.goto(self.node.url + path)

    def ask(self, guest: Visitor, method: str, path: str, body: object = None) -> Any:
        """Ask the API as somebody who is signed in on a page."""
        return ask(guest, self.node, method, path, body)

    def walk_in(self, guest: Visitor) -> None:
        """From the event's page through the room's door."""
        page = guest.page
        self.open(guest, f"/e/{self.event}/{self.day}")
        shown(page, "enter-event").click()
        shown(page, "enter").click()
        if guest is self.dee:
            guest.wait("__hearth.phase === 'live'")
        else:
            if guest is not self.headset:
                page.set_viewport_size(SMALL)
            live(guest)
        guest.wait("__hearth.gathering?.state.now != null")
        page.evaluate(NOTE_CUES)

    def take_the_mat(self, guest: Visitor) -> None:
        ask = guest.page.locator("[data-test=ask][data-kind=mat]")
        ask.wait_for()
        shown(ask, "ask-yes").click()
        guest.wait("__hearth.gathering.ownMat !== null && !__hearth.gathering.awayFromMat")

    def press(self, guest: Visitor, button: str) -> None:
        page = guest.page
        page.evaluate(f"__xr.controllers.right.updateButtonValue('{button}', 1)")
        page.wait_for_timeout(300)
        page.evaluate(f"__xr.controllers.right.updateButtonValue('{button}', 0)")

    def sees_the_raised_hand(self, guest: Visitor) -> None:
        """The teacher's right hand at the student's right, and the guide beside the teacher."""
        guest.wait(
            f"({INSTRUCTORS_HANDS})()?.right[1] > 1.7 || ({INSTRUCTORS_HANDS})()?.left[1] > 1.7"
        )
        hands = guest.page.evaluate(INSTRUCTORS_HANDS)
        high = max(hands.values(), key=lambda hand: hand[1])
        assert high[0] > 0.1, f"the raised right hand is not at the student's right: {hands}"
        guest.wait("__hearth.stage.guide.root.visible")

    def picture(self, guest: Visitor, name: str, size: dict[str, Any]) -> None:
        """Draw everything for a moment, as large as the device is."""
        guest.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        guest.dress_the_set()
        keep_picture(guest, name)
        guest.empty_the_set()
        guest.page.set_viewport_size(SMALL)
        self.settled(guest)

    def the_same_music(self, track: str, *guests: Visitor) -> None:
        """What sounds is at the same place of its loop on every page."""
        for guest in guests:
            guest.wait(f"__hearth.inGathering().sounding.track === '{track}'")
        began = [guest.page.evaluate(MUSIC_BEGAN_S) for guest in guests]
        for one, other in itertools.combinations(began, 2):
            apart_s = (one - other) % LOOP_S
            assert min(apart_s, LOOP_S - apart_s) < MUSIC_TOGETHER_MS / 1000, began

    def together(self, *guests: Visitor) -> None:
        """Plan and breath are in the same place on every page."""
        began = [(guest, guest.page.evaluate(BEGAN)) for guest in guests]
        for what in ("plan", "breath"):
            self.alike({guest: each[what] for guest, each in began})

    def alike(self, times: dict[Visitor, float]) -> None:
        """Hold what pages say against each other, the headset's among them."""
        said = {f"{guest.name}, {n}": ms for n, (guest, ms) in enumerate(times.items())}
        assert max(said.values()) - min(said.values()) < TOGETHER_MS, said

    def settled(self, *guests: Visitor) -> None:
        """These pages draw quickly again, and have heard the server's time meanwhile."""
        for guest in guests:
            guest.page.evaluate("window.__from = __hearth.info().frames")
        for guest in guests:
            guest.wait("__hearth.info().frames > __from + 20", 60_000)
