"""A class that begins now, on pages that draw nothing: quick enough to press everything in it."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from playwright.sync_api import Browser, BrowserContext, Locator, ViewportSize

from hearth_protocol.control import Leave, React
from hearth_protocol.fields import WireModel
from hearth_protocol.gathering import Gathering
from tests.e2e.community import shown
from tests.e2e.conftest import EMULATE_QUEST, IWER, Visitor
from tests.e2e.signed import NO_WEBGL, ask
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
PAGE: Final[ViewportSize] = {"width": 1000, "height": 900}
HEADSET: Final[ViewportSize] = {"width": 400, "height": 320}
STEPS: Final = (
    ("arrive", "Sit down and arrive"),
    ("reach", "Reach up with both arms"),
    ("twist", "Turn to the right and look back"),
    ("fold", "Fold forward, knees soft"),
    ("kneel", "Come to your knees"),
    ("rest", "Lie down and rest"),
)


#: The gathering as a page knows it.
NOW: Final = "__hearth.gathering.state.now"


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
    """The pages of those in a room, and the class that is there now.

    Args:
        studio: where it is.
        browser: opens their pages.
    """

    def __init__(self, studio: Studio, browser: Browser) -> None:
        self.studio = studio
        self._browser = browser
        self._day = ""
        self.guests: dict[str, Visitor] = {}

    def close(self) -> None:
        """Close every page; none may have thrown."""
        for guest in self.guests.values():
            guest.context.close()
        assert [guest.errors for guest in self.guests.values() if guest.errors] == []

    def come(self, name: str, **options: Any) -> Visitor:
        """Somebody comes in, to a page without a picture."""
        context = self._browser.new_context(viewport=PAGE, **options)
        context.add_init_script(NO_WEBGL)
        guest = self.signed_in(context, name)
        self.walk_in(guest)
        return guest

    def signed_in(self, context: BrowserContext, name: str) -> Visitor:
        """Have somebody signed in in a browser."""
        url, token = self.studio.node.url, self.studio.group.tokens[name]
        context.add_cookies([{"name": "hearth_session", "value": token, "url": url}])
        self.guests[name] = Visitor(context, name)
        return self.guests[name]

    def put_on_a_headset(self, name: str) -> Visitor:
        """Somebody goes, and comes back with a headset."""
        page = self.guests[name].page
        page.evaluate("__hearth.stage?.renderer.xr.getSession()?.end()")
        shown(page, "leave").click()
        page.wait_for_function("() => __hearth.phase !== 'live'")
        self.guests[name].context.close()
        context = self._browser.new_context(viewport=HEADSET)
        context.add_init_script("localStorage['hearth.settings'] = '{\"quality\": \"low\"}'")
        context.add_init_script(path=str(IWER))
        context.add_init_script(EMULATE_QUEST)
        guest = self.signed_in(context, name)
        self.walk_in(guest)
        guest.wait("__hearth.stage !== null")
        guest.empty_the_set()
        shown(guest.page, "enter-vr").click()
        guest.wait("__hearth.stage.renderer.xr.isPresenting")
        return guest

    def walk_in(self, guest: Visitor) -> None:
        """Through the room's door."""
        guest.page.goto(f"{self.studio.node.url}/r/{self.studio.group.room_id}")
        shown(guest.page, "as-me").wait_for()
        shown(guest.page, "enter").click()
        guest.wait("__hearth.phase === 'live'")

    # --- the class -------------------------------------------------------------------------------

    def begin(self, host: Visitor) -> None:
        """Open the doors of a class with a plan, now."""
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
            host, "POST", f"/groups/{group.id}/plans", {"title": "An hour", "cues": cues}
        )
        wish = {"title": "Slow stretching", "room": group.room_id, "plan": plan["id"]}
        # Nobody has a mat before their host says so.
        wish["formation"] = "none"
        begun = self.ask(host, "POST", f"/groups/{group.id}/class-now", wish)
        self._day = f"/events/{begun['event']}/occurrences/{begun['original']}"
        for guest in self.guests.values():
            guest.wait("__hearth.gathering?.state.now != null && __hearth.gathering.clock.at")

    def end(self, host: Visitor) -> None:
        """Whatever became of it, it is over: the next one finds room and pages as they were."""
        if host.page.evaluate("__hearth.gathering.state.now !== null"):
            host.page.evaluate("__hearth.gathering.lead('end')")
        for guest in self.guests.values():
            guest.wait("__hearth.gathering.state.now === null")
            guest.page.keyboard.press("Escape")
            if guest.page.evaluate("__hearth.voice.mic.chosen"):
                shown(guest.page, "mic").click()
        for _ in range(50):
            if self.ask(host, "GET", self._day)["state"] == "ended":
                return
            host.page.wait_for_timeout(100)
        raise AssertionError("the class did not end")

    def ask(self, guest: Visitor, method: str, path: str, body: object = None) -> Any:
        """Ask the API as somebody who is signed in on a page."""
        return ask(guest, self.studio.node, method, path, body)


# --- what people do on a page ------------------------------------------------------------------


def tab(guest: Visitor, name: str) -> None:
    """Open a part of the console."""
    panel = shown(guest.page, "panel-console")
    if not panel.is_visible():
        shown(guest.page, "console").click()
        panel.wait_for()
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


def start(host: Visitor, *others: Visitor) -> None:
    """Begin; everybody's plan goes."""
    shown(host.page, "lead-next").click()
    for guest in (host, *others):
        guest.wait("__hearth.gathering.clock.now()?.run === 'running'")


def asked(guest: Visitor, kind: str) -> Locator:
    """Wait until somebody is asked something."""
    card = guest.page.locator(f"[data-test=ask][data-kind={kind}]")
    card.wait_for()
    return card


def told(guest: Visitor, words: str) -> None:
    """Wait for a note, and take it away: the next one like it is another."""
    note = guest.page.locator(".toast", has_text=words).first
    note.wait_for()
    note.evaluate("(note) => note.remove()")


def switch(guest: Visitor, test: str) -> None:
    """Press a switch where people press it: on its label."""
    guest.page.locator(f"label:has([data-test={test}])").click()


# --- a crowd -------------------------------------------------------------------------------------


@contextmanager
def a_crowd(studio: Studio) -> Iterator[Callable[[str], None]]:
    """Have seven more come in; what is given makes each of them react like this."""
    loop = asyncio.new_event_loop()

    def do(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(WITHIN_S)

    async def tell(message: WireModel) -> None:
        for guest in guests:
            await guest.send(message)

    stack = AsyncExitStack()
    with contextlib.closing(loop), ThreadPoolExecutor(1) as thread:
        thread.submit(loop.run_forever)
        try:
            guests = do(_crowd(studio, stack))
            yield lambda kind: do(tell(React(kind=kind)))
            do(tell(Leave()))
        finally:
            do(stack.aclose())
            loop.call_soon_threadsafe(loop.stop)


async def _crowd(studio: Studio, stack: AsyncExitStack) -> list[Guest]:
    guests = []
    for name in CROWD:
        token = studio.group.tokens[name]
        caller = await stack.enter_async_context(calling(studio.node.url, token))
        status, body = await caller.ask("POST", f"/rooms/{studio.group.room_id}/join", {})
        assert status == 200, body
        answer = json.loads(body)
        url = studio.node.url.replace("http", "ws") + answer["url"]
        way = arrived(url, features=["channel", "gathering"], ticket=answer["ticket"])
        guests.append(await stack.enter_async_context(way))
    for guest in guests:
        await guest.until(lambda guest=guest: guest.all(Gathering), WITHIN_S)
    return guests
