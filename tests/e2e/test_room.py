"""The default room in the browser: what it costs to draw, and what is there without WebGL."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Node, Visitor
from tests.e2e.test_meeting import enter_vr

pytestmark = pytest.mark.e2e

Open = Callable[..., Visitor]


@pytest.fixture
def fifty_bots(node: Node) -> Iterator[None]:
    """Fifty people walk around the fire."""
    command = Path(sys.executable).parent / "hearth-loadtest"
    process = subprocess.Popen(
        [command, "demo", "--url", node.url, "--room", "gathering", "--bots", "50"],
        stdout=subprocess.DEVNULL,
    )
    yield
    process.terminate()
    process.wait(timeout=15)


@pytest.mark.usefixtures("fifty_bots")
def test_fifty_people_in_view_stay_within_the_drawing_budget_in_vr(
    visitor: Open, node: Node
) -> None:
    guest = visitor("Ash", headset=True, quality="auto")
    guest.join(node, room="gathering")
    guest.wait("__hearth.people().length >= 50", timeout_ms=60_000)
    enter_vr(guest)
    guest.wait("__hearth.info().avatars >= 50", timeout_ms=60_000)
    guest.page.wait_for_timeout(1_500)
    drawn = guest.page.evaluate("__hearth.info()")
    guest.screenshot("fifty-people-in-vr")
    assert drawn["drawCalls"] <= 100, drawn
    assert drawn["triangles"] <= 300_000, drawn
    assert drawn["triangles"] > 1_000, drawn


def test_without_webgl_there_is_still_chat_and_a_list_of_people(visitor: Open, node: Node) -> None:
    plain = visitor("Dee")
    plain.context.add_init_script(
        """const real = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
          return kind.startsWith('webgl') ? null : real.call(this, kind, ...rest);
        };"""
    )
    other = visitor("Eli")
    other.join(node)
    plain.join(node)
    plain.wait("document.body.innerText.includes('Eli')")
    plain.page.fill("[data-test=chat-input]", "I only have text tonight")
    plain.page.keyboard.press("Enter")
    other.wait("document.body.innerText.includes('I only have text tonight')")
    plain.screenshot("no-webgl")


def test_leaving_takes_one_action_and_the_others_see_it(visitor: Open, node: Node) -> None:
    staying, going = visitor("Flo"), visitor("Gil")
    staying.join(node)
    going.join(node)
    staying.sees(going)
    identity = going.me()
    going.page.click("[data-test=leave]")
    staying.wait(f"!__hearth.people().some(p => p.id === {identity})", timeout_ms=3_000)
    going.wait("__hearth.phase !== 'live'")


def test_an_unknown_room_is_explained(visitor: Open, node: Node) -> None:
    guest = visitor("Hal")
    guest.page.goto(f"{node.url}/r/nowhere-at-all")
    guest.wait("/no room|not found|does not exist/i.test(document.body.innerText)")
    guest.screenshot("unknown-room")
