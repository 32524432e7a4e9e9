"""The story of a group by keyboard alone: Tab, Enter, Space, arrows and letters, and no mouse."""

import re
from collections.abc import Callable

import pytest

from tests.e2e.community import DESKTOP, PASSWORD, live, setup_link
from tests.e2e.conftest import Visitor
from tests.e2e.keyboard import Keys
from tests.support.node import Node

pytestmark = pytest.mark.e2e

Open = Callable[..., Visitor]


def test_data(name: str) -> str:
    """Select what the page marks for tests."""
    return f"[data-test={name}]"


test_data.__test__ = False  # type: ignore[attr-defined]


def become(keys: Keys, name: str, handle: str, submit: str) -> None:
    """Fill in who one is, and keep the recovery codes."""
    keys.type(test_data("name"), name)
    keys.type(test_data("handle"), handle)
    keys.type(test_data("new-password"), PASSWORD)
    keys.push(test_data(submit))
    keys.text("codes")
    keys.push(test_data("codes-kept"), "Space")
    keys.push(test_data("codes-done"))


def sign(keys: Keys, test: str) -> None:
    """Sign as somebody does who cannot hold a button."""
    keys.push(f"details:has([data-test={test}-check]) > summary")
    keys.push(test_data(f"{test}-check"), "Space")
    keys.push(test_data(f"{test}-instead"))


def join(keys: Keys, invite: str, name: str, handle: str) -> None:
    """Come by an invitation, up to the group's page."""
    keys.page.goto(invite)
    become(keys, name, handle, "register")
    sign(keys, "join")
    keys.page.locator(test_data("channel-input")).wait_for()


def enter(guest: Visitor, keys: Keys, room: str) -> None:
    """Go by the link on the page to the door, and in."""
    keys.push(f"a[href='{room}']")
    guest.page.locator(test_data("as-me")).wait_for()
    keys.push(test_data("enter"))
    live(guest)
    keys.arrived()


def walk_to(guest: Visitor, x: float, z: float, near_m: float) -> None:
    """Walk with W, A, S and D until a point of the room is near."""
    where = "Array.from(__hearth.body().pose.slice(0, 3))"
    for axis, goal, minus, plus in ((0, x, "KeyA", "KeyD"), (2, z, "KeyW", "KeyS")):
        at = guest.page.evaluate(where)[axis]
        key, sign = (plus, 1) if goal > at else (minus, -1)
        guest.page.keyboard.down(key)
        guest.wait(f"{sign} * ({goal} - {where}[{axis}]) < {near_m}")
        guest.page.keyboard.up(key)


def lantern_nearby(guest: Visitor) -> tuple[str, list[float]]:
    found = guest.page.evaluate(
        """() => {
          const h = window.__hearth, [x, , z] = h.body().pose;
          const away = (o) => Math.hypot(o.position[0] - x, o.position[2] - z);
          const near = [...h.commons.objects.values()].sort((a, b) => away(a) - away(b))[0];
          return [near.id, near.position];
        }"""
    )
    return found[0], found[1]


def carry_a_lantern(guest: Visitor, keys: Keys) -> None:
    """Walk to a lantern, pick it up by its button, carry it, put it down by its letter."""
    name, at = lantern_nearby(guest)
    walk_to(guest, at[0], at[2], 0.9)
    held = f"__hearth.commons.objects.get('{name}').held_by === {guest.me()}"
    keys.push(test_data("context-grab"))
    guest.wait(held)
    guest.screenshot("keyboard-holds")
    # Back to the room from its buttons, then a few steps.
    guest.page.keyboard.down("KeyS")
    guest.wait(f"Math.abs(__hearth.drawnObject('{name}')[2] - {at[2]}) > 0.8")
    guest.page.keyboard.up("KeyS")
    keys.press("g")
    guest.wait(f"!({held}) && __hearth.drawnObject('{name}')[1] < 0.01")


def open_person(keys: Keys, participant: int) -> None:
    """Open what one can do about somebody, in the room's list of people."""
    keys.press("p")
    keys.push(f"[data-participant='{participant}'] .person-open")


def test_the_whole_story_by_keyboard(house: Node, visitor: Open) -> None:
    ada, bo, cy = (visitor(name, **DESKTOP) for name in ("Ada", "Bo", "Cy"))
    keys, others, third = Keys(ada.page), Keys(bo.page), Keys(cy.page)

    ada.page.goto(setup_link(house))
    become(keys, "Ada", "adalind", "set-up")
    keys.push("a[href='/start']")
    keys.type(test_data("group-name"), "Evening Yoga")
    keys.choose("input[value=gallery]")
    keys.push(test_data("start"))
    invite = keys.text("invite-link")
    room = ada.page.locator("a[href^='/r/']").first.get_attribute("href")
    assert room is not None
    assert re.fullmatch(r"/r/[a-z0-9-]+", room)

    join(others, invite, "Bo", "bowen")
    others.type(test_data("channel-input"), "Good evening, I bring tea")
    others.press("Enter")
    bo.page.locator("[data-line]", has_text="Good evening, I bring tea").wait_for()
    enter(bo, others, room)
    enter(ada, keys, room)
    ada.sees(bo)
    bo.sees(ada)
    carry_a_lantern(ada, keys)

    join(third, invite, "Cy", "cyril")
    enter(cy, third, room)
    bo.sees(cy)
    open_person(others, cy.me())
    others.push(f"[data-participant='{cy.me()}'] [data-test=block]")
    bo.screenshot("keyboard-blocks")
    for one, other in ((bo, cy), (cy, bo)):
        one.wait(f"!__hearth.people().some(p => p.id === {other.me()})")
        one.wait(f"__hearth.drawn({other.me()}) === null")
    bo.page.locator(f"[data-participant='{cy.me()}']").wait_for(state="detached")
    others.on_something("blocking")

    them = cy.me()
    open_person(keys, them)
    keys.push(f"[data-participant='{them}'] [data-test=act-ban]")
    ada.wait("document.querySelectorAll('#act-norm option').length > 1")
    keys.to("#act-norm")
    keys.press("ArrowDown")
    keys.type("#act-words", "Would not stop.")
    ada.screenshot("keyboard-bans")
    keys.push(test_data("act-send"))
    cy.wait("__hearth.phase === 'left'")
    cy.screenshot("keyboard-is-out")
    ada.wait(f"!__hearth.people().some(p => p.id === {them})")
    ada.page.locator(f"[data-participant='{them}']").wait_for(state="detached")
    ada.page.locator("dialog").wait_for(state="detached")
    keys.on_something("banning")
