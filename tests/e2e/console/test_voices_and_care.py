"""The host's console, pressed on one page and seen on another's: voices, mats, and care.

Plan and stage are in `test_plan_and_stage.py`.
"""

import pytest

from tests.e2e.classroom import (
    CROWD,
    NOW,
    Studio,
    a_crowd,
    asked,
    own_panel,
    row_of,
    start,
    switch,
    tab,
    told,
)
from tests.e2e.community import shown
from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e


# --- voices --------------------------------------------------------------------------------------


def on_mats(ada: Visitor, *students: Visitor) -> None:
    """Put students on the mats they are offered, beside each other."""
    tab(ada, "mats")
    shown(ada.page, "form-rows").click()
    for guest in students:
        shown(asked(guest, "mat"), "ask-yes").click()
        guest.wait("__hearth.gathering.ownMat !== null")


def speaks(guest: Visitor) -> None:
    """Open the microphone, and look who hears it."""
    shown(guest.page, "mic").click()
    guest.wait("__hearth.voice.mic.server === 'on' && __hearth.voice.phase === 'connected'")
    shown(guest.page, "earshot-chip").click()


def heard_by(guest: Visitor, *names: str) -> None:
    """Wait until exactly these hear somebody, by what the server sends."""
    ids = "__hearth.voice.earshot?.hearers.map(({id}) => id)"
    name = "(id) => __hearth.people().find((each) => each.id === id)?.name"
    wanted = sorted(names)
    guest.wait(f"JSON.stringify({ids}?.map({name}).sort()) === JSON.stringify({wanted})", 10_000)


def test_whom_the_audience_hears(ada: Visitor, bo: Visitor, cy: Visitor) -> None:
    on_mats(ada, bo, cy)
    start(ada, bo, cy)
    speaks(bo)
    heard_by(bo, "Cy")
    tab(ada, "voice")
    ada.screenshot("console-voice")
    shown(ada.page, "audience-nobody").click()
    heard_by(bo)
    shown(bo.page, "panel-earshot").get_by_text("Only the stage is heard now").wait_for()
    bo.screenshot("earshot-stage")
    shown(ada.page, "audience-near").click()
    heard_by(bo, "Cy")
    switch(ada, "stage-only")
    heard_by(bo)
    cy.page.locator(".now-word", has_text="Only the stage is heard").wait_for()
    switch(ada, "stage-only")
    heard_by(bo, "Cy")
    switch(ada, "silence")
    heard_by(bo)
    for guest in (bo, cy):
        guest.page.locator(".now-word", has_text="Silence").wait_for()
    shown(bo.page, "panel-earshot").get_by_text("It is silent now").wait_for()
    cy.screenshot("silence")
    switch(ada, "silence")
    heard_by(bo, "Cy")


def test_a_hard_mute_holds_and_a_soft_one_is_ones_own_to_undo(ada: Visitor, bo: Visitor) -> None:
    speaks(bo)
    row = row_of(ada, bo)
    ada.screenshot("console-people")
    shown(row, "hush-hard").click()
    told(bo, "Whoever leads closed your microphone")
    bo.wait("__hearth.voice.mic.server === 'hard_muted'")
    mic = shown(bo.page, "mic")
    assert mic.get_attribute("data-state") == "barred"
    mic.click()
    mine = own_panel(bo)
    mine.get_by_text("You were muted for this gathering").wait_for()
    assert not shown(mine, "unhush").is_visible()
    bo.screenshot("muted-hard")
    refused = bo.page.evaluate(
        "__hearth.gathering.unhush().then(() => '', (error) => error.message)"
    )
    assert "muted you" in refused
    assert bo.page.evaluate("__hearth.voice.mic.server") == "hard_muted"
    row.get_by_text("muted hard").wait_for()
    shown(row, "hush-none").click()
    bo.wait("__hearth.voice.mic.server !== 'hard_muted'")
    told(bo, "You may open your microphone again")

    shown(row, "hush-soft").click()
    row.get_by_text("muted softly").wait_for()
    bo.wait("__hearth.voice.mic.server === 'soft_muted'")
    shown(mine, "unhush").click()
    bo.wait(f"{NOW}.me.hush === 'none'")
    shown(row, "hush-soft").wait_for()  # and the host sees it
    shown(row, "hush-soft").click()
    bo.wait("__hearth.voice.mic.server === 'soft_muted'")
    mic.click()  # the microphone's own button lifts it as well
    bo.wait("__hearth.voice.mic.server === 'on'")
    bo.wait(f"{NOW}.me.hush === 'none'")


def test_a_megaphone_is_offered_taken_and_switched_off(
    ada: Visitor, bo: Visitor, cy: Visitor
) -> None:
    on_mats(ada, bo)
    start(ada, bo, cy)
    speaks(bo)
    row = row_of(ada, bo)
    shown(row, "mega-on").click()
    told(ada, "Bo is asked.")
    ask = asked(bo, "megaphone")
    bo.screenshot("megaphone-asked")
    shown(ask, "ask-no").click()
    told(ada, "Bo said no.")
    ask.wait_for(state="detached")
    assert bo.page.locator(".toast", has_text="said no").count() == 0, "told to who said it"
    assert not cy.page.evaluate(f"{NOW}.people.some((each) => each.megaphone)")
    shown(row, "mega-on").click()
    shown(asked(bo, "megaphone"), "ask-yes").click()
    cy.wait(f"{NOW}.people.some((each) => each.megaphone && each.id === {bo.me()})")
    heard_by(bo, "Ada", "Cy")
    tab(ada, "voice")
    mega = shown(ada.page, "megaphones").locator(".hand-row", has_text="Bo")
    ada.screenshot("console-megaphone")
    mega.get_by_role("button").click()
    cy.wait(f"!{NOW}.people.some((each) => each.megaphone)")
    mega.wait_for(state="detached")


# --- care ----------------------------------------------------------------------------------------


def test_a_flag_for_the_host_is_the_hosts_alone(ada: Visitor, bo: Visitor, cy: Visitor) -> None:
    own_panel(bo)
    switch(bo, "check-me")
    own_panel(bo).get_by_text("They can see that you would like").wait_for()
    note = ada.page.locator(".note.checks", has_text="Bo")
    note.wait_for()
    row_of(ada, bo).get_by_text("asks to be looked at").wait_for()
    ada.screenshot("console-check")
    bo.screenshot("check-seen")
    assert cy.page.evaluate("__hearth.gathering.state.attendees.size") == 0
    assert cy.page.get_by_text("looked at").count() == 0
    switch(bo, "check-me")
    note.wait_for(state="hidden")


def test_everybody_is_asked_to_face_the_front(ada: Visitor, bo: Visitor, cy: Visitor) -> None:
    tab(ada, "mats")
    shown(ada.page, "recentre-all").click()
    told(ada, "Everybody is asked.")
    for guest, answer in ((bo, "ask-yes"), (cy, "ask-no")):
        card = asked(guest, "recentre")
        shown(card, answer).click()
        card.wait_for(state="detached")
    assert ada.page.locator("[data-test=ask]").count() == 0


def test_each_formation_offers_mats(ada: Visitor, bo: Visitor, cy: Visitor) -> None:
    tab(ada, "mats")
    for kind in ("rows", "arc", "circle"):
        shown(ada.page, f"form-{kind}").click()
        bo.wait(f"__hearth.gathering.state.formation.kind === '{kind}'")
        card = asked(bo, "mat")
        if kind == "rows":
            bo.screenshot("mat-offered")
        asked(cy, "mat")
        shown(card, "ask-yes").click()
        bo.wait(
            """(() => {
              const mat = __hearth.gathering.ownMat, body = __hearth.body();
              return mat && Math.hypot(mat.x - body.pose[0], mat.z - body.pose[2]) < 0.5;
            })()"""
        )
        ada.page.get_by_text("1 of").wait_for()
    ada.screenshot("console-mats")
    shown(ada.page, "form-none").click()
    bo.wait("__hearth.gathering.state.formation.kind === 'none'")
    asked_still = cy.page.locator("[data-test=ask][data-kind=mat]")
    asked_still.wait_for(state="detached")


def test_who_came_is_listed_by_consent(ada: Visitor, bo: Visitor, cy: Visitor) -> None:
    tab(ada, "door")
    shown(ada.page, "attendance").click()
    ada.page.get_by_text("Nobody agreed to be kept yet.").wait_for()
    own_panel(bo)
    switch(bo, "attend")
    bo.wait(f"{NOW}.me.attends")
    came = ada.page.locator("#console-door .staged li")
    ask_again(ada, "Bo")
    assert came.all_inner_texts() == ["Bo"], "Cy was not asked to be kept"
    ada.screenshot("console-door")
    switch(bo, "attend")
    bo.wait(f"!{NOW}.me.attends")
    ask_again(ada, "Nobody agreed to be kept yet.")
    assert came.count() == 0


def ask_again(ada: Visitor, words: str) -> None:
    """Show who came until it has these words: it is written down a moment later."""
    for _ in range(20):
        shown(ada.page, "attendance").click()
        ada.page.locator("[data-test=attendance][aria-busy]").wait_for(state="detached")
        if ada.page.locator("#console-door").get_by_text(words, exact=True).is_visible():
            return
        ada.page.wait_for_timeout(100)
    raise AssertionError(f"the list never said: {words}")


def test_applause_is_counted_together(
    studio: Studio, ada: Visitor, bo: Visitor, cy: Visitor
) -> None:
    start(ada, bo, cy)
    with a_crowd(studio) as react:
        for guest in (ada, bo, cy):
            guest.wait(f"__hearth.people().length === {len(CROWD) + 2}")
        shown(bo.page, "react").click()
        shown(bo.page, "reaction-clap").click()
        react("clap")
        for guest in (ada, cy):
            shown(guest.page, "applause").get_by_text(str(len(CROWD) + 1)).wait_for()
        ada.screenshot("applause")
