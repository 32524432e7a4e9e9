"""A room that is changed while people are in it: they see it, and what they may do, at once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.community import (
    DESKTOP,
    found_group,
    live,
    register,
    set_up,
    shown,
    sign_and_join,
)
from tests.e2e.conftest import Visitor
from tests.support.node import Node, running_node

pytestmark = pytest.mark.e2e

Open = Callable[..., Visitor]

ASK = """async ([method, path, body]) => {
  const answer = await fetch('/api/v1' + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === null ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Node]:
    with running_node(tmp_path / "data") as running:
        yield running


def ask(guest: Visitor, method: str, path: str, body: object = None) -> Any:
    """Ask the API as whoever is signed in on a page."""
    return guest.page.evaluate(ASK, [method, path, body])


def rearrange(guest: Visitor, room: str, **change: object) -> None:
    """Give a room another design, as its form does."""
    before = ask(guest, "GET", f"/rooms/{room}")
    body = {"version": before["version"], "design": {**before["design"], **change}, "note": ""}
    ask(guest, "PUT", f"/rooms/{room}/design", body)


def drawn(guest: Visitor) -> Any:
    """Return what of the room's design is drawn: its space, mats and seats, and zones."""
    return guest.page.evaluate("""(() => {
      const { space, layers } = __hearth.stage;
      const count = layers.places.root.children
        .filter((mesh) => mesh.isInstancedMesh)
        .reduce((sum, mesh) => sum + mesh.count, 0);
      return [space.root.name, count, layers.zones.root.children.length > 0];
    })()""")


def on_screen(guest: Visitor, x: float, y: float, z: float) -> tuple[float, float]:
    """Return where a point of the room is drawn, pixels of the page."""
    found: tuple[float, float] = guest.page.evaluate(f"""(() => {{
      const {{ camera }} = __hearth.stage;
      camera.updateMatrixWorld(true);
      const at = camera.position.clone().set({x}, {y}, {z}).project(camera);
      return [((at.x + 1) / 2) * innerWidth, ((1 - at.y) / 2) * innerHeight];
    }})()""")
    return found


def go_in(guest: Visitor, node: Node, room: str) -> None:
    guest.page.goto(f"{node.url}/r/{room}")
    shown(guest.page, "as-me").wait_for()
    shown(guest.page, "enter").click()
    live(guest)


def test_people_inside_see_the_room_as_it_becomes(house: Node, visitor: Open) -> None:
    ada, bo = visitor("Ada", **DESKTOP), visitor("Bo", **DESKTOP)
    set_up(ada, house, "adalind")
    group = found_group(ada, house, "Evening Yoga", "studio")
    register(bo, group.invite, "bobolink")
    sign_and_join(bo)
    go_in(bo, house, group.room)
    assert drawn(bo)[0] == "studio"

    places = [
        {"id": "m1", "kind": "mat", "x": -1.5, "z": 1, "yaw_deg": 0},
        {"id": "m2", "kind": "mat", "x": 1.5, "z": 1, "yaw_deg": 0},
    ]
    zone = {"id": "nook", "kind": "private", "name": "Nook", "x0": -4, "z0": -4, "x1": -2, "z1": -2}
    objects = [
        {
            "id": "l1",
            "kind": "lantern",
            "x": 1.5,
            "y": 1.3,
            "z": -0.8,
            "yaw_deg": 0,
            "colour": "#8fb8de",
        }
    ]
    rearrange(ada, group.room, places=places, zones=[zone], objects=objects)
    bo.wait("__hearth.state.room.design.places.length === 2")
    assert drawn(bo) == ["studio", 2, True]
    bo.wait("__hearth.commons.objects.has('l1') && __hearth.drawnObject('l1') !== null")
    bo.dress_the_set()
    bo.screenshot("rearranged-places")

    # What the mouse points at and one could have is pointed out, and a click takes it.
    page = bo.page
    mat = on_screen(bo, 1.5, 0, 1)
    page.mouse.move(*mat)
    bo.wait("document.getElementById('stage').style.cursor === 'pointer'")
    bo.screenshot("pointing-at-a-mat")
    page.mouse.click(*mat)
    bo.wait("__hearth.commons.placeOf(__hearth.me) === 'm2'")
    page.mouse.move(*on_screen(bo, 1.5, 1.45, -0.8))
    bo.wait("document.getElementById('stage').style.cursor === 'pointer'")
    page.mouse.click(*on_screen(bo, 1.5, 1.45, -0.8))
    bo.wait("__hearth.commons.heldBy(__hearth.me)?.id === 'l1'")
    bo.screenshot("took-a-lantern")

    spawn = [{"x": 0, "z": 4, "yaw_deg": 0}]
    # Another template, size and light: the place itself is built anew around whoever is there.
    rearrange(ada, group.room, template="gallery", size="small", light="night", spawn=spawn)
    bo.wait("__hearth.stage.space.root.name === 'gallery'")
    assert drawn(bo) == ["gallery", 2, True]
    x, _, z = bo.page.evaluate("__hearth.body().pose.slice(0, 3)")
    assert bo.page.evaluate(f"__hearth.stage.walkable({x}, {z})")
    bo.page.wait_for_timeout(1_500)
    bo.screenshot("rearranged-space")

    # Who they are follows too: a host may fix lanterns where they stand.
    them = ask(bo, "GET", "/me")["account"]["id"]
    slug = group.page.removeprefix("/g/")
    assert not bo.page.evaluate("__hearth.commons.may('lock_objects')")
    ask(ada, "PATCH", f"/groups/{slug}/members/{them}", {"role": "host"})
    bo.wait("__hearth.commons.may('lock_objects')")
    assert bo.page.evaluate("__hearth.commons.you.role") == "host"

    shown(bo.page, "chat").click()
    shown(bo.page, "chat-input").fill("A draft")
    wish = {"account": them, "kind": "mute", "reason": "For a while.", "minutes": 10}
    made = ask(ada, "POST", f"/groups/{slug}/sanctions", wish)
    shown(bo.page, "chat-silent").wait_for()
    assert not shown(bo.page, "chat-input").is_visible()
    bo.screenshot("muted-in-the-room")
    ask(ada, "DELETE", f"/groups/{slug}/sanctions/{made['id']}")
    shown(bo.page, "chat-input").wait_for()
    assert shown(bo.page, "chat-input").input_value() == "A draft"
