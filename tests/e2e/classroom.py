"""A class that begins now, on pages that draw nothing: quick enough to press everything in it."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from playwright.sync_api import Locator

from hearth_protocol.control import React
from hearth_protocol.gathering import Gathering
from tests.e2e.community import shown
from tests.e2e.conftest import Visitor
from tests.integration.guest import Guest, arrived
from tests.support.channel import Group, calling, settled
from tests.support.node import Node, running_node, wait_until_voice_is_ready

T = TypeVar("T")

#: Who leads, and who takes part.
PEOPLE: Final = ("Ada", "Bo", "Cy")
#: With these there are enough in the room for applause to be counted.
CROWD: Final = ("Dot", "Eve", "Fay", "Gus", "Hal", "Ida", "Jo")
WITHIN_S: Final = 20.0
STEP_S: Final = 60
#: A machine that draws nothing: the page alone.
NO_WEBGL: Final = """
const usual = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return /webgl/.test(kind) ? null : usual.call(this, kind, ...rest);
};
"""
STEPS: Final = (
    ("arrive", "Sit down and arrive"),
    ("reach", "Reach up with both arms"),
    ("twist", "Turn to the right and look back"),
    ("fold", "Fold forward, knees soft"),
    ("kneel", "Come to your knees"),
    ("rest", "Lie down and rest"),
)


@dataclass(frozen=True)
class Studio:
    """A node on which a group has its room and a plan; Ada's."""

    node: Node
    group: Group


def apart(run: Coroutine[Any, Any, T]) -> T:
    """Run to the end in a thread of its own: the browser's driver has this one's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run).result()


@contextmanager
def running_studio(data_dir: Path) -> Iterator[Studio]:
    """Run a node with a group of ten."""
    group = apart(settled(data_dir, *PEOPLE, *CROWD))
    with running_node(data_dir) as node:
        wait_until_voice_is_ready(node)
        yield Studio(node, group)


class Classroom:
    """One class, and the pages of those in it.

    Args:
        studio: where it is.
        open_visitor: opens browsers.
    """

    def __init__(self, studio: Studio, open_visitor: Callable[..., Visitor]) -> None:
        self.studio = studio
        self._open = open_visitor
        self.guests: dict[str, Visitor] = {}

    def begin(self) -> None:
        """Ada opens the doors and everybody comes, each to a page without a picture."""
        ada = self.signed_in("Ada")
        self.open_doors(ada)
        for guest in (ada, self.signed_in("Bo"), self.signed_in("Cy")):
            self.walk_in(guest)

    def signed_in(self, name: str, *, plain: bool = True, **options: Any) -> Visitor:
        """Open a browser in which somebody is signed in."""
        guest = self._open(name, **{"width": 1000, "height": 900, **options})
        if plain:
            guest.context.add_init_script(NO_WEBGL)
        token = self.studio.group.tokens[name]
        guest.context.add_cookies(
            [{"name": "hearth_session", "value": token, "url": self.studio.node.url}]
        )
        self.guests[name] = guest
        return guest

    def open_doors(self, guest: Visitor) -> None:
        """Begin a class with a plan, now."""
        cues = [
            {
                "id": each,
                "seconds": STEP_S,
                "text": text,
                "breath": {"in_s": 4, "hold_s": 0, "out_s": 6, "rest_s": 0},
            }
            for each, text in STEPS
        ]
        group = self.studio.group
        plan = self.ask(
            guest, "POST", f"/groups/{group.id}/plans", {"title": "An hour", "cues": cues}
        )
        wish = {"title": "Slow stretching", "room": group.room_id, "plan": plan["id"]}
        self.ask(guest, "POST", f"/groups/{group.id}/class-now", wish)

    def walk_in(self, guest: Visitor) -> None:
        """Through the room's door."""
        guest.page.goto(f"{self.studio.node.url}/r/{self.studio.group.room_id}")
        shown(guest.page, "as-me").wait_for()
        shown(guest.page, "enter").click()
        guest.wait("__hearth.phase === 'live'")
        guest.wait("__hearth.gathering?.state.now != null")

    def ask(self, guest: Visitor, method: str, path: str, body: object = None) -> Any:
        """Ask the API as somebody who is signed in on a page."""
        url = self.studio.node.url
        answer = guest.page.request.fetch(
            f"{url}/api/v1{path}",
            method=method,
            headers={"content-type": "application/json", "origin": url},
            data=None if body is None else json.dumps(body),
        )
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return answer.json()

    def end(self) -> None:
        """Whatever became of it, it is over; the next one finds the room free."""
        ada = self.guests.get("Ada")
        if ada is None or ada.page.evaluate("!window.__hearth?.gathering?.state.now"):
            return
        ada.page.evaluate("__hearth.gathering.lead('end')")
        ada.wait("__hearth.gathering.state.now === null")


# --- what people do on a page ------------------------------------------------------------------


def tab(guest: Visitor, name: str) -> None:
    """Open a part of the console."""
    if not shown(guest.page, "panel-console").is_visible():
        shown(guest.page, "console").click()
    shown(guest.page, f"console-{name}-tab").click()


def own_panel(guest: Visitor) -> Locator:
    """Open one's own part in the class."""
    panel = shown(guest.page, "panel-gathering")
    if not panel.is_visible():
        shown(guest.page, "gathering").click()
        panel.wait_for()
    return panel


def row_of(host: Visitor, guest: Visitor) -> Locator:
    """Open somebody's row in the roster."""
    tab(host, "people")
    row = shown(host.page, "roster").locator(f"[data-participant='{guest.me()}']")
    row.wait_for()
    if row.locator("details[open]").count() == 0:
        row.locator("summary").click()
    return row


def asked(guest: Visitor, kind: str) -> Locator:
    """Wait until somebody is asked something."""
    card = guest.page.locator(f"[data-test=ask][data-kind={kind}]")
    card.wait_for()
    return card


def told(guest: Visitor, words: str) -> None:
    """Wait for a note."""
    guest.page.locator(".toast", has_text=words).first.wait_for()


def switch(guest: Visitor, test: str) -> None:
    """Press a switch where people press it: on its label."""
    guest.page.locator(f"label:has([data-test={test}])").click()


# --- a crowd -------------------------------------------------------------------------------------


async def _applaud(studio: Studio, ready: Callable[[], None], kinds: dict[str, str]) -> None:
    async with AsyncExitStack() as stack:
        guests: list[tuple[Guest, str]] = []
        for name in CROWD:
            caller = await stack.enter_async_context(
                calling(studio.node.url, studio.group.tokens[name])
            )
            status, body = await caller.ask("POST", f"/rooms/{studio.group.room_id}/join", {})
            assert status == 200, body
            answer = json.loads(body)
            url = studio.node.url.replace("http", "ws") + answer["url"]
            guest = await stack.enter_async_context(
                arrived(url, features=["channel", "gathering"], ticket=answer["ticket"])
            )
            guests.append((guest, kinds.get(name, "")))
        for guest, _ in guests:
            await guest.until(lambda guest=guest: guest.all(Gathering), WITHIN_S)
        ready()
        for guest, kind in guests:
            if kind:
                await guest.send(React(kind=kind))
        await asyncio.sleep(2.0)  # they stay while it is told; real connections in real time


@contextmanager
def a_crowd_applauds(studio: Studio, kinds: dict[str, str]) -> Iterator[None]:
    """Have seven more come in and react, each in their way; they stay for two seconds."""
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(asyncio.run, _applaud(studio, lambda: None, kinds))
        yield
        done.result()
