"""A class as its people live it: planned, answered, led from a headset, and on without its host."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from icalendar import Calendar
from playwright.sync_api import ViewportSize

from tests.e2e.community import (
    DESKTOP,
    PHONE,
    Founded,
    found_group,
    keep_picture,
    knock,
    live,
    register,
    set_up,
    shown,
    sign_and_join,
)
from tests.e2e.conftest import Visitor
from tests.e2e.houses import House
from tests.support.node import Node

pytestmark = pytest.mark.e2e

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
#: A machine that draws nothing: the page alone.
NO_WEBGL = """
const usual = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return /webgl/.test(kind) ? null : usual.call(this, kind, ...rest);
};
"""
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


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "data") as house:
        yield house


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
        answer = guest.page.request.fetch(
            f"{self.node.url}/api/v1{path}",
            method=method,
            headers={"content-type": "application/json", "origin": self.node.url},
            data=None if body is None else json.dumps(body),
        )
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return answer.json()

    # --- before ----------------------------------------------------------------------------------

    def a_group_of_four(self) -> None:
        set_up(self.ada, self.node, "ada")
        self.group = found_group(self.ada, self.node, "Slow Mornings", "studio")
        for guest, handle in ((self.bo, "bowen"), (self.cy, "cyril"), (self.dee, "deepa")):
            register(guest, self.group.invite, handle)
            sign_and_join(guest)
        slug = self.group.page.removeprefix("/g/")
        people = self.ask(self.ada, "GET", f"/groups/{slug}/members")["items"]
        dee = next(person["id"] for person in people if person["name"] == "Dee")
        self.ask(self.ada, "PATCH", f"/groups/{slug}/members/{dee}", {"role": "host"})
        self.ask(
            self.ada, "POST", f"/groups/{slug}/plans", {"title": "Both sides", "cues": steps()}
        )

    def ada_plans_a_weekly_class(self) -> None:
        page = self.ada.page
        self.open(self.ada, f"{self.group.page}/events")
        self.ada.screenshot("events-empty")
        self.open(self.ada, f"{self.group.page}/events/new")
        starts = dt.datetime.now(ZoneInfo(ZONE)) + dt.timedelta(minutes=5)
        shown(page, "event-title").fill("Slow morning yoga")
        shown(page, "event-day").fill(starts.strftime("%Y-%m-%d"))
        shown(page, "event-time").fill(starts.strftime("%H:%M"))
        shown(page, "event-minutes").fill("30")
        shown(page, "repeat").select_option("weekly")
        shown(page, "repeat-end").select_option("times")
        page.get_by_label("How many times?").fill("3")
        dates = shown(page, "rule-dates").locator("li")
        dates.nth(2).wait_for()
        page.locator("details.more-fields > summary").click()
        page.get_by_label("Session plan").select_option(label="Both sides")
        page.get_by_label("Add a co-host").select_option(label="Dee")
        self.ada.screenshot("event-form")
        shown(page, "publish-event").click()
        shown(page, "events").wait_for()
        days = shown(page, "events").get_by_text("Slow morning yoga")
        days.nth(2).wait_for()
        assert days.count() == 3
        keep_picture(self.ada, "calendar")
        found = self.ask(self.ada, "GET", f"/groups/{self.group.page.removeprefix('/g/')}/events")
        first = found["items"][0]
        self.event, self.day = first["event"], first["original"]

    def the_calendar_file_is_right(self) -> None:
        """The file says the same days as the page, by a program that knows nothing of us."""
        answer = self.ada.page.request.get(f"{self.node.url}/api/v1/events/{self.event}/event.ics")
        assert answer.headers["content-type"].startswith("text/calendar")
        calendar = Calendar.from_ical(answer.body())
        after = dt.datetime.now(dt.UTC) + dt.timedelta(days=60)
        entries = recurring_ical_events.of(calendar).between(dt.datetime.now(dt.UTC), after)
        slug = self.group.page.removeprefix("/g/")
        days = self.ask(self.ada, "GET", f"/groups/{slug}/events")["items"]
        told = sorted(int(each["DTSTART"].dt.timestamp() * 1000) for each in entries)
        assert told == [day["starts_ms"] for day in days]
        assert len(told) == 3

    def they_answer(self) -> None:
        for guest in (self.bo, self.cy):
            page = guest.page
            self.open(guest, f"{self.group.page}/events")
            shown(page, "events").get_by_text("Slow morning yoga").first.click()
            shown(page, "rsvp-yes").click()
            shown(page, "rsvp-going").wait_for()
        # On a telephone in New York: one's own time, and the host's beside it.
        assert shown(self.bo.page, "host-time").is_visible()
        keep_picture(self.bo, "event-phone")

    # --- the class -------------------------------------------------------------------------------

    def ada_goes_in_with_a_headset(self) -> None:
        page = self.headset.page
        self.open(self.headset, "/sign-in")
        shown(page, "handle").fill("ada")
        shown(page, "password").fill("a lantern at the river")
        shown(page, "sign-in").click()
        page.wait_for_url(f"{self.node.url}/")
        self.walk_in(self.headset)
        shown(page, "enter-vr").click()
        self.headset.wait("__hearth.stage.renderer.xr.isPresenting")
        self.headset.screenshot("class-headset")

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

    def ada_lays_the_mats_out_at_her_desk(self) -> None:
        """Beside the headset: the same account's browser, without an avatar."""
        page = self.ada.page
        knock(self.ada, self.node, self.group.room)
        shown(page, "how-companion").click()
        self.ada.wait("__hearth.gathering?.state.now != null")
        if not shown(page, "lead-next").is_visible():
            shown(page, "console").click()
        shown(page, "console-mats-tab").click()
        shown(page, "form-rows").click()
        keep_picture(self.ada, "console")

    def bo_takes_the_mat_that_is_offered(self) -> None:
        self.take_the_mat(self.bo)
        self.bo.screenshot("class-waits")

    def take_the_mat(self, guest: Visitor) -> None:
        ask = guest.page.locator("[data-test=ask][data-kind=mat]")
        ask.wait_for()
        shown(ask, "ask-yes").click()
        guest.wait("__hearth.gathering.ownMat !== null && !__hearth.gathering.awayFromMat")

    def ada_begins_with_one_button(self) -> None:
        """The controller's lower button, wherever it points."""
        self.press(self.headset, "a-button")
        for guest in (self.headset, self.bo):
            guest.wait("__hearth.gathering.clock.now()?.run === 'running'")
        self.bo.wait("__hearth.gathering.clock.at.cue === 0")
        for guest in (self.headset, self.bo):
            guest.empty_the_set()  # the light of the first cue built it anew
        shown(self.bo.page, "cue-text").get_by_text("Stand and arrive").wait_for()

    def press(self, guest: Visitor, button: str) -> None:
        page = guest.page
        page.evaluate(f"__xr.controllers.right.updateButtonValue('{button}', 1)")
        page.wait_for_timeout(300)
        page.evaluate(f"__xr.controllers.right.updateButtonValue('{button}', 0)")

    def bo_sees_the_teacher_in_a_mirror(self) -> None:
        page = self.bo.page
        self.headset.page.evaluate(
            """() => {
              const {left, right} = __xr.controllers;
              right.position.set(0.35, 2.0, -0.25);
              left.position.set(-0.2, 0.9, -0.2);
            }"""
        )
        self.bo.wait(
            f"({INSTRUCTORS_HANDS})()?.right[1] > 1.7 || ({INSTRUCTORS_HANDS})()?.left[1] > 1.7"
        )
        hands = page.evaluate(INSTRUCTORS_HANDS)
        high = max(hands.values(), key=lambda hand: hand[1])
        assert high[0] > 0.1, f"the raised right hand is not at the student's right: {hands}"
        self.bo.wait("__hearth.stage.guide.root.visible")
        self.picture(self.bo, "class-phone", PHONE)

    def picture(self, guest: Visitor, name: str, size: dict[str, Any]) -> None:
        """Draw everything for a moment, as large as the device is."""
        guest.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        guest.dress_the_set()
        keep_picture(guest, name)
        guest.empty_the_set()
        guest.page.set_viewport_size(SMALL)

    def cy_comes_late(self) -> None:
        """Without a word to anybody, and on the right breath."""
        self.walk_in(self.cy)
        self.cy.wait("__hearth.gathering.state.now.me.late")
        self.take_the_mat(self.cy)
        self.together(self.headset, *self.pages)
        self.picture(self.cy, "class", DESKTOP)

    def ada_goes_on(self) -> None:
        """From her desk: everybody has it two seconds ahead."""
        shown(self.ada.page, "lead-next").click()

    def together(self, *guests: Visitor) -> None:
        """Plan and breath are in the same place on every page."""
        began = [(guest, guest.page.evaluate(BEGAN)) for guest in guests]
        for what in ("plan", "breath"):
            self.alike({guest: each[what] for guest, each in began})

    def the_next_cue_begins_at_once_for_all(self, cue: str, *guests: Visitor) -> None:
        for guest in guests:
            guest.wait(f"__cues['{cue}'] !== undefined", 90_000)
        self.alike({guest: guest.page.evaluate(f"__cues['{cue}']") for guest in guests})

    def alike(self, times: dict[Visitor, float]) -> None:
        """Hold what pages say against each other.

        The emulated headset draws both eyes in software, a few pictures a second: it sends and
        hears between two of them, so its clock is as vague as a picture is long.
        """
        pages = {guest.name: ms for guest, ms in times.items() if guest is not self.headset}
        assert max(pages.values()) - min(pages.values()) < TOGETHER_MS, pages
        if self.headset in times:
            picture_ms = 1000 / self.headset.page.evaluate("__hearth.info().fps")
            off = max(abs(times[self.headset] - ms) for ms in pages.values())
            assert off < TOGETHER_MS + picture_ms, (off, picture_ms, pages)

    # --- without its host ------------------------------------------------------------------------

    def the_hosts_page_is_killed(self) -> None:
        self.ada.context.close()
        self.headset.context.close()
        for guest in (self.bo, self.cy):
            guest.wait("__hearth.gathering.state.now.lead === 'host_away'", 40_000)
        self.together(*self.pages)
        assert self.bo.page.evaluate(BEGAN)["run"] == "running"

    def dee_takes_over(self) -> None:
        page = self.dee.page
        ask = page.locator("[data-test=ask][data-kind=take_over]")
        ask.wait_for(timeout=60_000)
        self.dee.screenshot("take-over")
        shown(ask, "ask-yes").click()
        self.dee.wait("__hearth.gathering.state.now.me.role === 'host'")
        self.cy.wait("__hearth.gathering.state.now.lead === 'host'")
        if not shown(page, "lead-hold").is_visible():
            shown(page, "console").click()
        shown(page, "lead-hold").wait_for()
        self.dee.screenshot("console-page")

    def the_server_is_restarted(self) -> None:
        """Everybody lands where the class would have been; hands, roles and mats are there."""
        page = self.cy.page
        shown(page, "gathering").click()
        shown(page, "raise-hand").click()
        self.cy.wait("__hearth.gathering.state.hands.mine === 1")
        before = page.evaluate(BEGAN)
        mats = page.evaluate("__hearth.gathering.ownMat")
        self.house.stop()
        self.house.start()
        for guest in (self.bo, self.cy, self.dee):
            guest.wait("__hearth.phase === 'live'", 60_000)
            guest.wait("__hearth.gathering.clock.now()?.run === 'running'", 60_000)
        for guest in (self.bo, self.cy):
            guest.empty_the_set()  # it was built anew
            guest.wait("Math.abs(__hearth.playout.delayMs) < 3000")
        self.settled()
        self.together(*self.pages)
        after = page.evaluate(BEGAN)
        assert abs(after["plan"] - before["plan"]) < 2 * TOGETHER_MS, (before, after)
        self.dee.wait("__hearth.gathering.state.now.me.role === 'host'")
        self.cy.wait("__hearth.gathering.state.hands.mine === 1")
        self.cy.wait("__hearth.gathering.ownMat !== null")
        assert page.evaluate("__hearth.gathering.ownMat") == mats
        self.cy.screenshot("after-the-restart")

    def settled(self) -> None:
        """Every page has heard the server's time a few times without drawing much meanwhile."""
        for guest in (self.bo, self.cy):
            guest.page.evaluate("window.__from = __hearth.info().frames")
        for guest in (self.bo, self.cy):
            guest.wait("__hearth.info().frames > __from + 20", 60_000)

    def dee_ends_the_class(self) -> None:
        page = self.dee.page
        if not shown(page, "lead-end").is_visible():
            shown(page, "console").click()
        shown(page, "lead-end").click()
        page.locator("dialog[open] .button.danger").click()
        for guest in (self.bo, self.cy):
            guest.wait("__hearth.gathering.state.now === null")


def test_a_class_goes_on_without_its_host(house: House, visitor: Callable[..., Visitor]) -> None:
    lesson = Lesson(house, visitor)
    guests = {
        "ada": lesson.ada,
        "bo": lesson.bo,
        "cy": lesson.cy,
        "dee": lesson.dee,
        "headset": lesson.headset,
    }
    with house.pictures_of_trouble(guests):
        lesson.a_group_of_four()
        lesson.ada_plans_a_weekly_class()
        lesson.the_calendar_file_is_right()
        lesson.they_answer()
        lesson.ada_goes_in_with_a_headset()
        lesson.walk_in(lesson.dee)
        lesson.walk_in(lesson.bo)
        lesson.ada_lays_the_mats_out_at_her_desk()
        lesson.bo_takes_the_mat_that_is_offered()
        lesson.ada_begins_with_one_button()
        lesson.bo_sees_the_teacher_in_a_mirror()
        lesson.cy_comes_late()
        lesson.ada_goes_on()
        lesson.the_next_cue_begins_at_once_for_all("left", lesson.headset, *lesson.pages)
        lesson.the_hosts_page_is_killed()
        lesson.dee_takes_over()
        lesson.the_next_cue_begins_at_once_for_all("fold", *lesson.pages)
        lesson.the_server_is_restarted()
        lesson.dee_ends_the_class()
