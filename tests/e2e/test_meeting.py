"""Two people meet: one in an emulated headset with controllers or hands, one at a desktop."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.e2e.conftest import Node, Visitor
from tests.support.geometry import (
    Floats,
    angle_between_deg,
    interpolate_pose,
    matrix_position,
    matrix_rotation,
    quaternion_rotation,
)
from tests.support.link import CuttableLink

pytestmark = pytest.mark.e2e

Open = Callable[..., Visitor]

#: Nobody has moved between two pictures.
STANDS = """(() => {
  const at = __hearth.body().pose.slice(0, 3).join(), {frames} = __hearth.info();
  const was = window.__was;
  if (was?.frames === frames) return false;
  window.__was = {at, frames};
  return was?.at === at;
})()"""
LONGEST_FRAME_MS = 120.0

#: Moves the emulated headset and controllers on smooth paths until `__stop()` is called.
MOVE_HEADSET = """
() => {
  const started = performance.now();
  const turn = (device, yaw, pitch) => {
    const cy = Math.cos(yaw / 2), sy = Math.sin(yaw / 2);
    const cp = Math.cos(pitch / 2), sp = Math.sin(pitch / 2);
    device.quaternion.set(cy * sp, sy * cp, -sy * sp, cy * cp);
  };
  const xr = window.__xr;
  const timer = setInterval(() => {
    const t = (performance.now() - started) / 1000;
    xr.position.set(0.25 * Math.sin(t), 1.6 + 0.04 * Math.sin(2 * t), 0.2 * Math.cos(0.8 * t));
    turn(xr, 0.4 * Math.sin(0.9 * t), 0.15 * Math.sin(1.1 * t));
    const {left, right} = xr.controllers;
    left.position.set(-0.3 + 0.1 * Math.sin(1.3 * t), 1.2 + 0.15 * Math.sin(t), -0.35);
    right.position.set(0.3, 1.25 + 0.2 * Math.sin(1.2 * t), -0.4 + 0.1 * Math.cos(t));
    turn(left, 0.3 * Math.sin(t), 0.2);
    turn(right, -0.2, 0.4 * Math.sin(1.1 * t));
  }, 8);
  window.__stop = () => clearInterval(timer);
}
"""

#: Notes, after each drawn frame, one's own body at server time and how the other is drawn.
WATCH = """
(other) => {
  window.__own = []; window.__seen = [];
  const h = window.__hearth;
  h.afterFrame = () => {
    const body = h.body();
    window.__own.push([h.bodyServerMs, ...body.pose]);
    const drawn = h.drawn(other);
    if (drawn) window.__seen.push({at: h.playout.drawnServerMs(other), ...drawn});
  };
}
"""


@pytest.fixture
def ash(visitor: Open, node: Node) -> Visitor:
    guest = visitor("Ash", headset=True)
    guest.join(node)
    return guest


@pytest.fixture
def bo(visitor: Open, node: Node) -> Visitor:
    guest = visitor("Bo")
    guest.join(node)
    return guest


def enter_vr(guest: Visitor) -> None:
    guest.page.click("[data-test=enter-vr]")
    guest.wait("__hearth.stage.renderer.xr.isPresenting")


def truth_is_known(times_ms: Floats, at_ms: float) -> bool:
    """Say whether the device was read often enough around an instant to know the truth there.

    Software rendering stalls a page now and then for longer than a headset would forgive; where
    the body was not read for that long, there is nothing to compare with.
    """
    around = times_ms[(times_ms > at_ms - 400) & (times_ms < at_ms + 150)]
    return len(around) > 2 and float(np.diff(around).max()) < LONGEST_FRAME_MS


def assert_same(truth: Visitor, watcher: Visitor, parts: list[str]) -> None:
    """Compare what the watcher drew with where the truth was at that very server time."""
    own = np.array(truth.page.evaluate("window.__own"))
    seen = watcher.page.evaluate("window.__seen")
    times = own[:, 0]
    keep = np.concatenate([[True], np.diff(times) > 0])
    own, times = own[keep], times[keep]
    offsets = {"head": 1, "left": 8, "right": 15}
    apart_m, apart_deg = [], []
    for sample in seen:
        if not times[5] < sample["at"] < times[-5] or any(sample[part] is None for part in parts):
            continue
        if not truth_is_known(times, sample["at"]):
            continue
        for part in parts:
            column = offsets[part]
            true = interpolate_pose(times, own[:, column : column + 7], sample["at"])
            apart_m.append(float(np.linalg.norm(matrix_position(sample[part]) - true[:3])))
            apart_deg.append(
                angle_between_deg(matrix_rotation(sample[part]), quaternion_rotation(true[3:]))
            )
    travelled = np.linalg.norm(np.diff(own[:, 1:4], axis=0), axis=1).sum()
    assert travelled > 0.5, "nobody moved"
    compared = len(apart_m) // len(parts)
    assert compared >= 20, f"only {compared} instants could be compared of {len(seen)}"
    # A device read ten times a second turns between two reads where nobody saw it: a few
    # instants may miss the bend, none may be far off.
    close = (np.array(apart_m) < 0.02) & (np.array(apart_deg) < 2.0)
    assert close.mean() >= 0.95, f"{(~close).sum()} of {close.size} are not where they should be"
    assert max(apart_m) < 0.1, f"{max(apart_m) * 1000:.0f} mm apart"
    assert max(apart_deg) < 10.0, f"{max(apart_deg):.1f} degrees apart"


def test_headset_and_desktop_see_each_other_move_where_they_truly_are(
    ash: Visitor, bo: Visitor
) -> None:
    enter_vr(ash)
    ash.empty_the_set()
    bo.empty_the_set()
    ash.page.evaluate(MOVE_HEADSET)
    bo.sees(ash)
    ash.sees(bo)
    bo.page.wait_for_timeout(3_000)  # the clocks of both settle
    ash.page.evaluate(WATCH, bo.me())
    bo.page.evaluate(WATCH, ash.me())
    for key in ("KeyW", "KeyD", "KeyS", "KeyA"):
        bo.page.keyboard.down(key)
        bo.page.keyboard.down("ArrowLeft")
        bo.page.wait_for_timeout(1_500)
        bo.page.keyboard.up(key)
        bo.page.keyboard.up("ArrowLeft")
        bo.page.wait_for_timeout(300)
    assert_same(truth=ash, watcher=bo, parts=["head", "left", "right"])
    assert_same(truth=bo, watcher=ash, parts=["head"])
    for guest, picture in ((bo, "desktop-sees-headset"), (ash, "headset-sees-desktop")):
        guest.page.evaluate("__hearth.afterFrame = null")
        guest.dress_the_set()
        guest.screenshot(picture)


def test_lying_down_is_drawn_with_a_horizontal_torso_above_the_floor(
    ash: Visitor, bo: Visitor
) -> None:
    enter_vr(ash)
    bo.sees(ash)
    ash.page.evaluate(
        "__xr.position.set(0, 0.25, 0); __xr.quaternion.set(Math.SQRT1_2, 0, 0, Math.SQRT1_2)"
    )
    bo.wait(f"(__hearth.drawn({ash.me()})?.head[13] ?? 9) < 0.5")
    bo.wait(f"Math.abs(__hearth.drawn({ash.me()}).torso[5]) < 0.2")  # its own axis sinks
    bo.page.wait_for_timeout(1_000)
    drawn = bo.page.evaluate(f"__hearth.drawn({ash.me()})")
    up_axis = matrix_rotation(drawn["torso"])[:, 1]
    assert abs(up_axis[1]) < 0.26, f"the torso leans {up_axis}"
    assert 0.05 < matrix_position(drawn["torso"])[1] < 0.5
    bo.screenshot("desktop-sees-lying")


def test_tracked_hands_are_drawn_and_fade_when_tracking_is_lost(ash: Visitor, bo: Visitor) -> None:
    enter_vr(ash)
    ash.page.evaluate("__xr.primaryInputMode = 'hand'")
    bo.sees(ash)
    bo.wait(
        f"__hearth.drawn({ash.me()}).left !== null && __hearth.drawn({ash.me()}).right !== null"
    )
    ash.page.evaluate("__xr.hands.left.connected = false; __xr.hands.right.connected = false")
    bo.wait(
        f"__hearth.drawn({ash.me()}).left === null && __hearth.drawn({ash.me()}).right === null"
    )


def test_a_hidden_tab_shows_as_away_within_two_seconds(ash: Visitor, bo: Visitor) -> None:
    bo.sees(ash)
    ash.page.evaluate(
        """() => {
          const pretend = (name, value) =>
            Object.defineProperty(document, name, {get: () => value, configurable: true});
          pretend('visibilityState', 'hidden');
          pretend('hidden', true);
          document.dispatchEvent(new Event('visibilitychange'));
        }"""
    )
    bo.wait(
        f"__hearth.people().find(p => p.id === {ash.me()}).away === true",
        timeout_ms=2_000,
    )


def test_hiding_somebody_takes_each_from_the_other(ash: Visitor, bo: Visitor) -> None:
    bo.sees(ash)
    ash.sees(bo)
    bo.page.keyboard.press("KeyP")
    bo.page.click(f"[data-participant='{ash.me()}'] [data-test=hide]")
    bo.wait(f"__hearth.drawn({ash.me()}) === null")
    ash.wait(f"__hearth.drawn({bo.me()}) === null")
    ash.wait(f"!__hearth.people().some(p => p.id === {bo.me()})")


@pytest.fixture
def link(node: Node) -> Iterator[CuttableLink]:
    carried = CuttableLink(int(node.url.rsplit(":", 1)[1]))
    yield carried
    carried.close()


def test_a_lost_network_gives_the_same_place_back_without_a_flicker(
    ash: Visitor, visitor: Open, node: Node, link: CuttableLink
) -> None:
    cy = visitor("Cy")
    cy.join(Node(f"http://127.0.0.1:{link.port}", node.process))
    ash.sees(cy)
    cy.page.keyboard.down("KeyW")
    cy.page.wait_for_timeout(700)
    cy.page.keyboard.up("KeyW")
    # The picture in which the key is let go is still a step.
    cy.wait(STANDS)
    identity = cy.me()
    place = np.array(cy.page.evaluate("Array.from(__hearth.body().pose.slice(0, 3))"))
    ash.page.evaluate(
        """(id) => { window.__gone = 0; const h = window.__hearth;
          const there = () => h.people().some(p => p.id === id);
          h.afterFrame = () => { if (!there()) window.__gone += 1; }; }""",
        identity,
    )
    link.cut()
    cy.wait("__hearth.phase === 'reconnecting'", timeout_ms=10_000)
    ash.wait(f"__hearth.people().find(p => p.id === {identity})?.away === true", timeout_ms=10_000)
    link.mend()
    cy.wait("__hearth.phase === 'live'", timeout_ms=2_000)
    cy.sees(ash)
    assert cy.me() == identity
    back = np.array(cy.page.evaluate("Array.from(__hearth.body().pose.slice(0, 3))"))
    assert np.linalg.norm(back - place) < 0.05
    ash.wait(f"__hearth.people().find(p => p.id === {identity}).away === false")
    assert ash.page.evaluate("window.__gone") == 0, "the others saw a leave"


def test_chat_and_reactions_reach_the_other(ash: Visitor, bo: Visitor) -> None:
    bo.page.keyboard.press("KeyT")
    bo.page.fill("[data-test=chat-input]", "Good evening, everyone")
    bo.page.keyboard.press("Enter")
    ash.wait("document.body.innerText.includes('Good evening, everyone')")
