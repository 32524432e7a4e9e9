"""The whole story of a group, from the printed set-up link to a ban, as three people live it."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.community import (
    DESKTOP,
    PHONE,
    Founded,
    drawn_lantern,
    enter,
    found_group,
    keep_picture,
    lantern,
    line,
    lists,
    open_person,
    press_and_hold,
    register,
    set_up,
    shown,
    sign_and_join,
    write_line,
)
from tests.e2e.conftest import Visitor
from tests.e2e.houses import House

pytestmark = pytest.mark.e2e

Open = Callable[..., Visitor]

#: Where the right hand of one's own body is.
HAND = "Array.from(__hearth.body().pose.slice(14, 17))"


@pytest.fixture
def hearth(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "data") as house:
        yield house


#: A step of the emulated headset or of its right controller, after each drawn frame, until what is
#: asked for is near: people walk 1.4 m in a second, and reach out faster.
GO = """
([part, goal, nearM]) => new Promise((done, failed) => {
  const h = window.__hearth, xr = window.__xr;
  const things = part === 0 ? [xr, xr.controllers.left, xr.controllers.right]
                            : [xr.controllers.right];
  const before = h.afterFrame;
  let lastMs = performance.now();
  const where = () => Array.from(h.body().pose.slice(part, part + 3));
  const giveUp = setTimeout(() => {
    h.afterFrame = before;
    failed(new Error(`still at ${where()} on the way to ${goal}`));
  }, 40_000);
  h.afterFrame = () => {
    before?.();
    const nowMs = performance.now(), seconds = Math.min(0.25, (nowMs - lastMs) / 1000);
    lastMs = nowMs;
    const at = where(), p = h.body().pose;
    const d = goal.map((value, i) => (part === 0 && i === 1 ? 0 : value - at[i]));
    const far = Math.hypot(...d);
    if (far < nearM) {
      h.afterFrame = before;
      clearTimeout(giveUp);
      done();
      return;
    }
    const step = Math.min(far, 1.4 * seconds) / far;
    const yaw = Math.atan2(2 * (p[6] * p[4] + p[3] * p[5]), 1 - 2 * (p[3] * p[3] + p[4] * p[4]));
    for (const {position} of things) {
      position.x += step * (Math.cos(yaw) * d[0] - Math.sin(yaw) * d[2]);
      position.y += step * d[1];
      position.z += step * (Math.sin(yaw) * d[0] + Math.cos(yaw) * d[2]);
    }
  };
})
"""


def walk(guest: Visitor, goal: list[float], near_m: float) -> None:
    """Walk in the headset until a point of the room is near."""
    guest.page.evaluate(GO, [0, goal, near_m])


def reach(guest: Visitor, goal: list[float]) -> None:
    """Move the right hand to a point of the room."""
    guest.page.evaluate(GO, [14, goal, 0.05])


def nearest_lantern(guest: Visitor) -> str:
    found: str = guest.page.evaluate(
        """() => {
          const h = window.__hearth, [x, , z] = h.body().pose;
          const away = (o) => Math.hypot(o.position[0] - x, o.position[2] - z);
          return [...h.commons.objects.values()].sort((a, b) => away(a) - away(b))[0].id;
        }"""
    )
    return found


def squeeze(guest: Visitor, amount: float) -> None:
    guest.page.evaluate(f"__xr.controllers.right.updateButtonValue('squeeze', {amount})")


class Story:
    """Three people, four devices, and what has happened so far."""

    def __init__(self, house: House, open_visitor: Open) -> None:
        self.house = house
        self.open = open_visitor
        self.owner = open_visitor("Ada", **DESKTOP)
        self.phone = open_visitor("Bo", **PHONE)
        self.headset = open_visitor("Bo", headset=True, width=640, height=520)
        self.third = open_visitor("Cy", **DESKTOP)
        self.group: Founded
        self.lantern = ""

    def pictures_of_trouble(self) -> contextlib.AbstractContextManager[None]:
        names = ("owner", "phone", "headset", "third")
        return self.house.pictures_of_trouble({name: getattr(self, name) for name in names})

    def url(self, path: str) -> str:
        return self.house.node.url + path

    def the_owner_founds_a_group(self) -> None:
        set_up(self.owner, self.house.node, "ada")
        self.group = found_group(self.owner, self.house.node, "Evening Yoga", "campfire")
        self.owner.page.goto(self.url(self.group.page))
        shown(self.owner.page, "channel-input").wait_for()
        keep_picture(self.owner, "group-page")

    def a_second_person_joins_on_a_phone(self) -> None:
        phone = self.phone
        register(phone, self.group.invite, "bowen")
        phone.page.get_by_role("heading", name="Evening Yoga").first.scroll_into_view_if_needed()
        keep_picture(phone, "invitation")
        sign_and_join(phone)
        write_line(phone, "Good evening, I bring tea")
        line(self.owner, "Good evening, I bring tea").wait_for()
        phone.screenshot("bo-wrote")
        self.owner.screenshot("ada-reads")

    def the_phone_signs_the_headset_in(self) -> None:
        headset, phone = self.headset, self.phone
        headset.page.goto(self.url(f"/r/{self.group.room}"))
        shown(headset.page, "pair").click()
        code = shown(headset.page, "pairing-code").inner_text()
        headset.screenshot("headset-asks")
        phone.page.goto(self.url("/pair"))
        shown(phone.page, "pair-code").fill(code)
        shown(phone.page, "pair-look").click()
        shown(phone.page, "pair-approve").wait_for()
        phone.screenshot("phone-approves")
        shown(phone.page, "pair-approve").click()
        phone.page.get_by_role("status").first.wait_for()
        enter(headset)

    def they_meet_at_the_fire(self) -> None:
        self.owner.page.goto(self.url(f"/r/{self.group.room}"))
        enter(self.owner)
        shown(self.headset.page, "enter-vr").click()
        self.headset.wait("__hearth.stage.renderer.xr.isPresenting")
        self.owner.sees(self.headset)
        self.headset.sees(self.owner)

    def a_lantern_is_carried(self) -> list[float]:
        headset, owner = self.headset, self.owner
        self.lantern = nearest_lantern(headset)
        before = drawn_lantern(owner, self.lantern)
        assert before == drawn_lantern(headset, self.lantern)
        walk(headset, before, 0.7)
        foot = drawn_lantern(headset, self.lantern)
        reach(headset, [foot[0], foot[1] + 0.25, foot[2]])
        squeeze(headset, 1)
        held = f"__hearth.commons.objects.get('{self.lantern}').held_by === {headset.me()}"
        owner.wait(held)
        headset.wait(held)
        # Nearer to the fire, lantern in hand.
        walk(headset, [0.55 * foot[0], 0, 0.55 * foot[2]], 0.4)
        hand = headset.page.evaluate(HAND)
        owner.wait(
            f"Math.hypot(__hearth.drawnObject('{self.lantern}')[0] - {hand[0]},"
            f" __hearth.drawnObject('{self.lantern}')[2] - {hand[2]}) < 0.1"
        )
        self.owner.dress_the_set()
        keep_picture(owner, "lantern-carried")
        self.owner.empty_the_set()
        squeeze(headset, 0)
        down = f"(__hearth.commons.objects.get('{self.lantern}').held_by ?? 0) === 0"
        owner.wait(down)
        headset.wait(down)
        owner.wait(f"__hearth.drawnObject('{self.lantern}')[1] < 0.01")
        headset.wait(f"__hearth.drawnObject('{self.lantern}')[1] < 0.01")
        put = lantern(owner, self.lantern)
        assert np.hypot(put[0] - before[0], put[2] - before[2]) > 1.5, "nobody carried it far"
        np.testing.assert_allclose(lantern(headset, self.lantern), put, atol=0.001)
        for each in (owner, headset):
            np.testing.assert_allclose(drawn_lantern(each, self.lantern), put, atol=0.02)
        return put

    def the_node_starts_anew(self, put: list[float]) -> None:
        here = (self.owner, self.headset)
        self.house.stop()
        for each in here:
            each.wait("__hearth.phase === 'reconnecting'")
        self.house.start()
        for each in here:
            # Nobody has to press anything to be back.
            each.wait("__hearth.phase === 'live'", timeout_ms=60_000)
            each.wait(f"__hearth.commons.objects.has('{self.lantern}')")
            np.testing.assert_allclose(lantern(each, self.lantern), put, atol=0.001)
            np.testing.assert_allclose(drawn_lantern(each, self.lantern), put, atol=0.02)
        self.owner.sees(self.headset)
        # And somebody who opens the room's page anew finds it there too.
        shown(self.owner.page, "leave").click()
        enter(self.owner)
        self.owner.wait(f"__hearth.commons.objects.has('{self.lantern}')")
        np.testing.assert_allclose(lantern(self.owner, self.lantern), put, atol=0.001)

    def a_third_person_comes(self) -> None:
        third, headset = self.third, self.headset
        # Under the emulator's picture no page can be pressed: the second takes the headset off.
        headset.page.evaluate("__hearth.stage.renderer.xr.getSession().end()")
        headset.wait("!__hearth.stage.renderer.xr.isPresenting")
        register(third, self.group.invite, "cyril")
        sign_and_join(third)
        write_line(third, "You all look silly")
        self.phone.page.goto(self.url(self.group.page))
        line(self.phone, "You all look silly").wait_for()
        third.page.goto(self.url(f"/r/{self.group.room}"))
        enter(third)
        for each in (self.owner, headset):
            each.sees(third)
            third.sees(each)

    def the_second_blocks_the_third(self) -> None:
        headset, third, owner, phone = self.headset, self.third, self.owner, self.phone
        them, me = third.me(), headset.me()
        row = open_person(headset, them)
        headset.screenshot("bo-blocks")
        shown(row, "block").click()
        for each, other in ((headset, them), (third, me)):
            each.wait(f"__hearth.drawn({other}) === null")
            each.wait(f"!__hearth.people().some(p => p.id === {other})")
            each.page.locator(f"[data-participant='{other}']").wait_for(state="detached")
        assert lists(owner, them)
        assert lists(owner, me)
        assert lists(third, owner.me())
        gone = "!document.body.innerText.includes('You all look silly')"
        headset.wait(gone)
        phone.page.reload()
        line(phone, "Good evening, I bring tea").wait_for()
        assert line(phone, "You all look silly").count() == 0

    def the_owner_makes_a_guest_link(self) -> str:
        """In a second tab, so that the owner stays in the room."""
        page = self.owner.context.new_page()
        page.goto(self.url(f"{self.group.page}/members"))
        page.locator("#invites label:has(input[value=guest])").click()
        shown(page, "make-invite").click()
        shown(page, "invite-link").wait_for()
        link: str = shown(page, "invite-link").inner_text()
        page.close()
        return link

    def the_owner_bans_the_third(self) -> None:
        owner, third = self.owner, self.third
        row = open_person(owner, third.me())
        owner.screenshot("ada-people")
        shown(row, "act-ban").click()
        dialog = shown(owner.page, "act-dialog")
        norms = dialog.locator("#act-norm option")
        owner.wait("document.querySelectorAll('#act-norm option').length > 1")
        cited = norms.nth(1).inner_text()
        dialog.locator("#act-norm").select_option(index=1)
        dialog.locator("#act-words").fill("Mocked a newcomer, and would not stop.")
        shown(dialog, "act-length").select_option("")
        owner.screenshot("ada-bans")
        shown(dialog, "act-send").click()
        third.wait("__hearth.phase === 'left'")
        third.page.get_by_role("status").first.wait_for()
        third.screenshot("cy-is-out")
        owner.page.goto(self.url(f"{self.group.page}/moderation"))
        owner.page.get_by_text("Mocked a newcomer").first.wait_for()
        assert cited
        owner.screenshot("ada-moderation")

    def the_third_cannot_come_back(self, guest_link: str) -> None:
        third, page = self.third, self.third.page
        # As oneself: neither the room, nor the invitation, nor the group's page.
        page.goto(self.url(f"/r/{self.group.room}"))
        page.get_by_text("not open to you").wait_for()
        assert not shown(page, "enter").is_visible()
        third.screenshot("cy-at-the-door")
        page.goto(self.group.invite)
        press_and_hold(third, "join", until="attached")
        self.refused("cy-and-the-invitation")
        page.goto(self.url(self.group.page))
        page.get_by_text("Mocked a newcomer").first.wait_for()
        assert shown(page, "channel-input").count() == 0
        # As somebody else from the same browser: neither as a member nor as a guest.
        self.sign_out()
        third.name = "Not Cy"
        register(third, self.group.invite, "notcyril")
        press_and_hold(third, "join", until="attached")
        self.refused("cy-with-another-name")
        page.goto(self.url(f"/r/{self.group.room}"))
        page.get_by_text("not open to you").wait_for()
        page.goto(self.url("/"))
        self.sign_out()
        page.goto(guest_link)
        shown(page, "name").fill("A guest")
        # The group is unlisted: nobody listens there unsigned.
        assert shown(page, "guest-listen").count() == 0
        press_and_hold(third, "guest", until="attached")
        self.refused("cy-as-a-guest")
        facts = page.evaluate("fetch('/api/v1/me').then((a) => a.json())")
        assert facts["account"] is None, "somebody banned became a guest"

    def refused(self, picture: str) -> None:
        """Wait until the page says no in words, and not about something else."""
        page = self.third.page
        note = page.locator(".toast.wrong, [role=alert] .note")
        note.first.wait_for()
        said = note.first.inner_text()
        self.third.screenshot(picture)
        assert "ban" in said.lower() or "moderator" in said.lower(), said

    def sign_out(self) -> None:
        page = self.third.page
        page.locator(".menu:has([data-test=sign-out]) > summary").click()
        shown(page, "sign-out").click()
        page.get_by_role("link", name="Sign in").first.wait_for()


def test_the_whole_story(hearth: House, visitor: Open) -> None:
    story = Story(hearth, visitor)
    with story.pictures_of_trouble():
        story.the_owner_founds_a_group()
        story.a_second_person_joins_on_a_phone()
        story.the_phone_signs_the_headset_in()
        story.they_meet_at_the_fire()
        put = story.a_lantern_is_carried()
        story.the_node_starts_anew(put)
        story.a_third_person_comes()
        story.the_second_blocks_the_third()
        guest_link = story.the_owner_makes_a_guest_link()
        story.the_owner_bans_the_third()
        story.the_third_cannot_come_back(guest_link)
