"""Every control of the host's console, pressed on one page and seen on another's: plan and stage.

Voices, mats and care are in `test_voices_and_care.py`.
"""

import re

import pytest

from tests.e2e.classroom import (
    NOW,
    STEP_S,
    Classroom,
    asked,
    own_panel,
    row_of,
    start,
    tab,
    told,
)
from tests.e2e.community import shown
from tests.e2e.conftest import Visitor
from tests.e2e.in_headset import (
    hold_button,
    poke,
    press_by_pinch,
    press_by_ray,
    put_controllers_down,
    some_frames,
)
from tests.e2e.keyboard import Keys

pytestmark = pytest.mark.e2e

STEP_MS = STEP_S * 1000
NEAR_MS = 150
#: When the plan would have begun for it to be where it is: moves only when somebody leads.
BEGAN = "performance.timeOrigin + performance.now() - __hearth.gathering.clock.now().planMs"
VERSION = "__hearth.gathering.state.timeline.version"


# --- the plan ------------------------------------------------------------------------------------


def runs(run: str, *guests: Visitor) -> None:
    """Wait until the plan goes on like this on these pages."""
    for guest in guests:
        guest.wait(f"__hearth.gathering.clock.now()?.run === '{run}'")


class Led:
    """The plan as a student's page has it, while the host leads it."""

    def __init__(self, host: Visitor, student: Visitor) -> None:
        self.host, self.student = host, student
        self.version = student.page.evaluate(VERSION)

    def press(self, test: str) -> None:
        """Press a button; the student's page has another version of the timeline for it."""
        shown(self.host.page, test).click()
        self.version += 1
        for guest in (self.student, self.host):
            guest.wait(f"{VERSION} === {self.version}")

    def runs(self, run: str) -> None:
        runs(run, self.student, self.host)

    def began(self) -> float:
        began: float = self.student.page.evaluate(BEGAN)
        return began

    def moves(self, test: str, by_ms: float) -> None:
        """Press what moves the plan; the student's clock goes on from that much farther."""
        before = self.began()
        self.press(test)
        self.student.wait(f"Math.abs({BEGAN} - {before - by_ms}) < {NEAR_MS}", 6_000)

    def goes_to(self, test: str, cue: int, text: str) -> None:
        """Press what goes to another step; the student's page shows and begins it."""
        self.press(test)
        self.student.wait(f"__hearth.gathering.clock.now().cue === {cue}", 6_000)
        at = self.student.page.evaluate("__hearth.gathering.clock.now().planMs")
        assert cue * STEP_MS <= at < cue * STEP_MS + 2_000
        shown(self.student.page, "cue-text").get_by_text(text).wait_for()


def test_the_plan_is_led_and_the_students_clock_goes_along(
    ada: Visitor, bo: Visitor, cy: Visitor
) -> None:
    assert shown(ada.page, "lead-next").inner_text() == "Start"
    assert not shown(ada.page, "lead-hold").is_visible()
    start(ada, bo, cy)
    shown(bo.page, "cue-text").get_by_text("Sit down and arrive").wait_for()
    ada.screenshot("console-plan")
    led = Led(ada, bo)
    led.goes_to("lead-next", 1, "Reach up with both arms")
    led.moves("lead-forward", 30_000)
    led.moves("lead-back", -30_000)
    led.goes_to("lead-skip", 3, "Fold forward, knees soft")

    led.press("lead-hold")
    led.runs("holding")
    bo.page.locator(".now-state", has_text="Held").wait_for()
    at = "[__hearth.gathering.clock.now().planMs, __hearth.gathering.clock.now().breath.fullness]"
    plan, breath = bo.page.evaluate(at)
    bo.wait(f"__hearth.gathering.clock.now().breath.fullness !== {breath}")
    assert bo.page.evaluate(at)[0] == plan, "the step stays while it is held"
    assert shown(ada.page, "lead-hold").inner_text() == "Go on"
    led.press("lead-hold")
    led.runs("running")

    led.press("lead-pause")
    led.runs("paused")
    bo.page.locator(".now-state", has_text="Paused").wait_for()
    still = bo.page.evaluate(at)
    assert shown(ada.page, "lead-pause").inner_text() == "Go on"
    led.press("lead-pause")
    led.runs("running")
    assert abs(bo.page.evaluate(at)[0] - still[0]) < 2_000, "it goes on from where it was"

    steps = shown(ada.page, "plan-steps").locator("li")
    steps.nth(4).get_by_role("button").click()
    bo.wait("__hearth.gathering.clock.now().cue === 4", 6_000)
    steps.nth(4).and_(ada.page.locator("[aria-current=step]")).wait_for()
    assert abs(bo.page.evaluate(BEGAN) - cy.page.evaluate(BEGAN)) < NEAR_MS


def test_who_leads_by_an_old_state_of_the_plan_is_told(ada: Visitor, bo: Visitor) -> None:
    start(ada, bo)
    version = ada.page.evaluate(VERSION)
    shown(ada.page, "lead-hold").click()
    bo.wait("__hearth.gathering.clock.now().run === 'holding'")
    said = ada.page.evaluate(
        """(version) => __hearth.connection
          .request((rid) => ({t: 'lead', rid, act: 'next', version}))
          .then(() => '', (error) => error.message)""",
        version,
    )
    assert said != "", "an old version of the timeline was led on"
    assert bo.page.evaluate("__hearth.gathering.clock.now().run") == "holding"


def test_winding_down_and_the_end_are_asked_first(ada: Visitor, bo: Visitor, cy: Visitor) -> None:
    start(ada, bo, cy)
    for act, sure in (("lead-wind-down", ".button.next"), ("lead-end", ".button.danger")):
        shown(ada.page, act).click()
        ada.page.locator("dialog[open]").wait_for()
        ada.page.keyboard.press("Escape")
        ada.page.locator("dialog[open]").wait_for(state="detached")
        assert bo.page.evaluate(f"{NOW}.state") != "ended"
        shown(ada.page, act).click()
        ada.screenshot(f"console-{act}")
        ada.page.locator(f"dialog[open] {sure}").click()
        if act == "lead-wind-down":
            for guest in (bo, cy):
                guest.wait(f"{NOW}.state === 'winding_down'")
                told(guest, "It comes to a quiet end.")
            bo.wait("__hearth.gathering.clock.now().run === 'over'")
            bo.screenshot("winding-down")
    for guest in (bo, cy):
        guest.wait(f"{NOW} === null")
        told(guest, "Slow stretching is over.")
        assert not shown(guest.page, "cue-bar").is_visible()
    assert not shown(ada.page, "panel-console").is_visible()
    ada.screenshot("class-over")


# --- hands and the stage -------------------------------------------------------------------------


def place(guest: Visitor) -> str:
    return shown(own_panel(guest), "hand-place").inner_text()


def test_hands_are_a_queue_and_the_next_one_has_the_floor(
    ada: Visitor, bo: Visitor, cy: Visitor
) -> None:
    start(ada, bo, cy)
    for n, guest in enumerate((bo, cy), 1):
        shown(own_panel(guest), "raise-hand").click()
        guest.wait(f"__hearth.gathering.state.hands.mine === {n}")
    bo.wait("__hearth.gathering.state.hands.total === 2")
    assert place(bo).startswith("You are next of 2.")
    assert place(cy).startswith("You are 2nd of 2.")
    tab(ada, "people")
    hands = shown(ada.page, "hands")
    hands.locator("li", has_text="Cy").wait_for()
    ada.screenshot("console-hands")
    assert [row.split()[0] for row in hands.locator("li").all_inner_texts()] == ["Bo", "Cy"]
    ada.page.get_by_label("For how long").select_option(label="1 min")
    shown(ada.page, "floor-next").click()
    bo.page.get_by_text("You have the floor for").wait_for()
    cy.wait(f"{NOW}.people.some(({{id, role}}) => id === {bo.me()} && role === 'speaker')")
    cy.wait("__hearth.gathering.state.hands.mine === 1")
    own_panel(cy).locator(".staged", has_text="Bo · speaker").wait_for()
    ada.screenshot("console-floor")
    hands.get_by_role("button", name="Take back the floor from Bo").click()
    cy.wait(f"!{NOW}.people.some(({{id}}) => id === {bo.me()})")
    hands.get_by_role("button", name=re.compile("Lower Cy.s hand")).click()
    cy.wait("__hearth.gathering.state.hands.mine === 0")
    for guest in (bo, cy):
        shown(own_panel(guest), "raise-hand").click()
        guest.wait("__hearth.gathering.state.hands.mine > 0")
    ada.page.get_by_role("button", name="Mix the order").click()
    hands.get_by_role("button", name="Give the floor to Cy").click()
    cy.page.get_by_text("You have the floor").first.wait_for()
    ada.page.get_by_role("button", name="Lower all").click()
    bo.wait("__hearth.gathering.state.hands.total === 0")
    hands.get_by_role("button", name="Take back the floor from Cy").click()
    hands.get_by_text("No hand is up").wait_for()


def test_somebody_is_asked_on_stage_and_goes_back(ada: Visitor, bo: Visitor, cy: Visitor) -> None:
    row = row_of(ada, bo)
    shown(row, "role-speaker").click()
    shown(asked(bo, "speaker"), "ask-yes").click()
    cy.wait(f"{NOW}.people.some(({{id, role}}) => id === {bo.me()} && role === 'speaker')")
    row.get_by_text("speaker", exact=True).wait_for()
    shown(row, "role-co-host").click()
    shown(asked(bo, "co_host"), "ask-yes").click()
    shown(bo.page, "lead-next").wait_for()  # the console is there, as a companion's
    row.get_by_text("co-host", exact=True).wait_for()
    bo.screenshot("co-host")
    shown(row, "role-audience").click()
    bo.wait(f"{NOW}.me.role === 'audience'")
    shown(bo.page, "panel-console").wait_for(state="hidden")


def test_the_lead_is_handed_over_when_it_is_taken(ada: Visitor, bo: Visitor, cy: Visitor) -> None:
    start(ada, bo, cy)
    shown(row_of(ada, bo), "role-host").click()
    told(ada, "Bo is asked.")
    ask = asked(bo, "host")
    assert cy.page.evaluate("__hearth.gathering.state.host") == ada.me()
    bo.screenshot("handover-asked")
    shown(ask, "ask-yes").click()
    bo.wait(f"{NOW}.me.role === 'host'")
    ada.wait(f"{NOW}.me.role !== 'host'")
    cy.wait(f"__hearth.gathering.state.host === {bo.me()}")
    own_panel(cy).get_by_text("Bo leads").wait_for()
    shown(bo.page, "lead-hold").wait_for()
    bo.screenshot("handover-taken")
    ada.screenshot("handover-given")
    led = Led(bo, cy)
    led.press("lead-hold")
    led.runs("holding")


# --- by keyboard ---------------------------------------------------------------------------------


def test_the_console_by_keyboard_alone(ada: Visitor, bo: Visitor, cy: Visitor) -> None:
    keys = Keys(ada.page)
    keys.push("[data-test=lead-next]")
    runs("running", ada, bo)
    keys.press("k")
    runs("holding", ada, bo)
    keys.press("k")
    runs("running", ada, bo)
    keys.press("n")
    bo.wait("__hearth.gathering.clock.now().cue === 1")
    # Whichever part was open last: along the row of tabs with the arrows.
    keys.to("[role=tab][aria-selected=true]")
    keys.press("ArrowRight")
    while not ada.page.locator("[data-test=console-people-tab]:focus").count():
        keys.press("ArrowRight")
    row = f"[data-test=roster] [data-participant='{cy.me()}']"
    if not ada.page.locator(f"{row} details[open]").count():
        keys.push(f"{row} summary")
    keys.push(f"{row} [data-test=hush-soft]")
    cy.wait(f"{NOW}.me.hush === 'soft'")
    keys.push(f"{row} [data-test=hush-none]")
    cy.wait(f"{NOW}.me.hush === 'none'")


# --- in a headset --------------------------------------------------------------------------------


def test_the_console_on_the_wrist_by_ray(room: Classroom, bo: Visitor) -> None:
    ada = room.put_on_a_headset("Ada")
    room.begin(ada)
    hold_button(ada, "b-button")
    press_by_ray(ada, "tab:lead")
    ada.screenshot("wrist-doors")
    press_by_ray(ada, "lead:start")
    runs("running", ada, bo)
    press_by_ray(ada, "lead:hold")
    runs("holding", ada, bo)
    ada.screenshot("wrist-lead")
    press_by_ray(ada, "led:steps")
    press_by_ray(ada, "jump:fold")
    bo.wait("__hearth.gathering.clock.now().cue === 3")
    some_frames(ada)
    ada.screenshot("wrist-steps")
    press_by_ray(ada, "led:mats")
    press_by_ray(ada, "form:circle")
    bo.wait("__hearth.gathering.state.formation.kind === 'circle'")
    card = asked(bo, "mat")
    ada.screenshot("wrist-mats")
    press_by_ray(ada, "faceall")
    asked(bo, "recentre")
    shown(card, "ask-no").click()
    room.end(ada)


def test_the_console_on_the_wrist_with_bare_hands(room: Classroom, bo: Visitor) -> None:
    ada = room.put_on_a_headset("Ada")
    room.begin(ada)
    hold_button(ada, "b-button")
    press_by_ray(ada, "tab:lead")
    put_controllers_down(ada)
    poke(ada, "lead:start")
    runs("running", ada, bo)
    poke(ada, "led:steps")
    poke(ada, "jump:fold")
    bo.wait("__hearth.gathering.clock.now().cue === 3")
    press_by_pinch(ada, "led:back")
    press_by_pinch(ada, "lead:hold")
    runs("holding", ada, bo)
    ada.screenshot("wrist-bare-hands")
    poke(ada, "led:voice")
    poke(ada, "silence")
    bo.wait("__hearth.gathering.state.now.silence")
    press_by_pinch(ada, "silence")
    bo.wait("!__hearth.gathering.state.now.silence")
    room.end(ada)
