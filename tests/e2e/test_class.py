"""A class as its people live it: planned, answered, led from a headset, and on without its host."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from icalendar import Calendar

from tests.e2e.community import (
    DESKTOP,
    PHONE,
    found_group,
    keep_picture,
    knock,
    register,
    set_up,
    shown,
    sign_and_join,
)
from tests.e2e.conftest import Visitor
from tests.e2e.houses import House
from tests.e2e.lesson import BEGAN, TOGETHER_MS, ZONE, Lesson, steps

pytestmark = pytest.mark.e2e


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "data") as house:
        yield house


class Story(Lesson):
    """What happens, in its order."""

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

    def ada_begins_with_one_button(self) -> None:
        """The controller's lower button, wherever it points."""
        self.press(self.headset, "a-button")
        for guest in (self.headset, self.bo):
            guest.wait("__hearth.gathering.clock.now()?.run === 'running'")
        self.bo.wait("__hearth.gathering.clock.at.cue === 0")
        for guest in (self.headset, self.bo):
            guest.empty_the_set()  # the light of the first cue built it anew
        shown(self.bo.page, "cue-text").get_by_text("Stand and arrive").wait_for()

    def bo_sees_the_teacher_in_a_mirror(self) -> None:
        self.headset.page.evaluate(
            """() => {
              const {left, right} = __xr.controllers;
              right.position.set(0.35, 2.0, -0.25);
              left.position.set(-0.2, 0.9, -0.2);
            }"""
        )
        self.sees_the_raised_hand(self.bo)
        self.picture(self.bo, "class-phone", PHONE)

    def cy_comes_late(self) -> None:
        """Without a word to anybody, and on the right breath."""
        self.walk_in(self.cy)
        self.cy.wait("__hearth.gathering.state.now.me.late")
        self.take_the_mat(self.cy)
        self.sees_the_raised_hand(self.cy)
        self.together(self.headset, *self.pages)
        self.the_same_music("waves", self.bo, self.cy)
        self.picture(self.cy, "class", DESKTOP)

    def ada_goes_on(self) -> None:
        """From her desk: everybody has it two seconds ahead."""
        shown(self.ada.page, "lead-next").click()

    def the_next_cue_begins_at_once_for_all(self, cue: str, *guests: Visitor) -> None:
        for guest in guests:
            guest.wait(f"__cues['{cue}'] !== undefined", 90_000)
        self.alike({guest: guest.page.evaluate(f"__cues['{cue}']") for guest in guests})

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
        self.settled(self.bo, self.cy)
        self.together(*self.pages)
        after = page.evaluate(BEGAN)
        assert abs(after["plan"] - before["plan"]) < 2 * TOGETHER_MS, (before, after)
        self.dee.wait("__hearth.gathering.state.now.me.role === 'host'")
        self.cy.wait("__hearth.gathering.state.hands.mine === 1")
        self.cy.wait("__hearth.gathering.ownMat !== null")
        assert page.evaluate("__hearth.gathering.ownMat") == mats
        self.cy.screenshot("after-the-restart")

    def dee_ends_the_class(self) -> None:
        page = self.dee.page
        if not shown(page, "lead-end").is_visible():
            shown(page, "console").click()
        shown(page, "lead-end").click()
        page.locator("dialog[open] .button.danger").click()
        for guest in (self.bo, self.cy):
            guest.wait("__hearth.gathering.state.now === null")


def test_a_class_goes_on_without_its_host(house: House, visitor: Callable[..., Visitor]) -> None:
    lesson = Story(house, visitor)
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
