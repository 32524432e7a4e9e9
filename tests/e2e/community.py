"""What people do on the pages of the community, each step until the page says that it is done."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Locator, Page

from tests.e2e.conftest import ARTIFACTS, Visitor
from tests.support.node import Node, printed

PASSWORD = "a lantern at the river"
#: Where the README's pictures are left, if somewhere: `HEARTH_PICTURES=docs/images`.
PICTURES = os.environ.get("HEARTH_PICTURES")
#: A telephone as browsers describe one.
PHONE: dict[str, Any] = {
    "width": 390,
    "height": 844,
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 1,
}
DESKTOP: dict[str, Any] = {"width": 1000, "height": 700}
#: Longer than a button wants to be held (1.2 s).
HOLD_MS = 10_000


Until = Literal["detached", "attached"]


@dataclass(frozen=True)
class Founded:
    """A group as its founder sees it after the first page."""

    page: str
    room: str
    invite: str


def shown(where: Page | Locator, test: str) -> Locator:
    """Find what the page marks for tests."""
    return where.locator(f"[data-test={test}]")


def keep_picture(guest: Visitor, name: str) -> None:
    """Keep a picture for the README as well, when a run is asked to; notices are gone by then."""
    if PICTURES is not None:
        guest.wait("document.querySelector('.toast') === null")
    guest.screenshot(name)
    if PICTURES is not None:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        shutil.copy(ARTIFACTS / f"{name}.png", PICTURES)


def setup_link(node: Node) -> str:
    """Read the set-up link where an operator reads it: in what the node printed."""
    return printed(node, r"http\S+/setup#\S+")


def fill_person(guest: Visitor, handle: str) -> None:
    """Say who one is, on whichever page asks for it."""
    page = guest.page
    shown(page, "name").fill(guest.name)
    shown(page, "handle").fill(handle)
    shown(page, "new-password").fill(PASSWORD)


def keep_codes(guest: Visitor) -> list[str]:
    """Note the recovery codes, say so, and go on."""
    page = guest.page
    codes = shown(page, "codes").locator("code").all_inner_texts()
    assert len(codes) >= 8, f"few recovery codes: {codes}"
    assert len(set(codes)) == len(codes)
    assert shown(page, "codes-done").is_disabled(), "nobody said yet that the codes are kept"
    guest.screenshot(f"{guest.name.lower()}-codes")
    shown(page, "codes-kept").check()
    shown(page, "codes-done").click()
    return codes


def set_up(guest: Visitor, node: Node, handle: str) -> None:
    """Become who runs the node, by its printed link."""
    guest.page.goto(setup_link(node))
    shown(guest.page, "name").wait_for()
    guest.screenshot("setup")
    fill_person(guest, handle)
    shown(guest.page, "set-up").click()
    shown(guest.page, "codes").wait_for()
    keep_codes(guest)
    assert guest.page.url.endswith("/setup"), "a used link stays in the address"


def found_group(guest: Visitor, node: Node, name: str, template: str) -> Founded:
    """Start a group on one page; leave the page on what there is now."""
    page = guest.page
    page.goto(f"{node.url}/start")
    shown(page, "group-name").fill(name)
    asked = page.locator("form .field").count()
    assert asked == 8, f"a group asks for {asked} things"
    page.get_by_label("What brings you together?").fill("An hour of slow yoga after work, and tea.")
    page.locator(f"label:has(input[value={template}])").click()
    page.locator("label:has(input[value=invite])").click()
    guest.screenshot("start")
    shown(page, "start").click()
    link = shown(page, "invite-link")
    link.wait_for()
    guest.screenshot("started")
    room = page.locator("a[href^='/r/']").first.get_attribute("href")
    group = page.locator("a[href^='/g/']:not([href*='/rooms/']):not([href$=norms])").last
    address = group.get_attribute("href")
    assert room is not None
    assert address is not None
    return Founded(page=address, room=room.removeprefix("/r/"), invite=link.inner_text())


def register(guest: Visitor, link: str, handle: str) -> None:
    """Open an invitation and make an account by it, up to the norms that wait for a signature."""
    page = guest.page
    page.goto(link)
    shown(page, "register").wait_for()
    guest.screenshot(f"{guest.name.lower()}-invited")
    fill_person(guest, handle)
    shown(page, "register").click()
    shown(page, "codes").wait_for()
    keep_codes(guest)
    shown(page, "join").wait_for()


def press_and_hold(guest: Visitor, test: str, until: Until = "detached") -> None:
    """Hold a button with a finger (or a mouse) until it is done, whether or not it stays."""
    page = guest.page
    button = shown(page, test)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if page.evaluate("navigator.maxTouchPoints") == 0:
        page.mouse.move(x, y)
        page.mouse.down()
        held_out(button, until)
        page.mouse.up()
        return
    touch = guest.context.new_cdp_session(page)
    touch.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
    )
    held_out(button, until)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def held_out(button: Locator, until: Until) -> None:
    """Wait until a held button is gone, or has let go by itself."""
    if until == "detached":
        button.wait_for(state="detached", timeout=HOLD_MS)
        return
    held = button.page.locator(".holding")
    held.wait_for(timeout=HOLD_MS)
    held.wait_for(state="detached", timeout=HOLD_MS)


def sign_and_join(guest: Visitor) -> None:
    """Sign the norms of an invitation with a held finger, and land on the group's page."""
    press_and_hold(guest, "join")
    shown(guest.page, "channel-input").wait_for()


def write_line(guest: Visitor, text: str) -> None:
    """Write a line in the channel of the group's page, until the server has it."""
    page = guest.page
    shown(page, "channel-input").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    line(guest, text).wait_for()


def line(guest: Visitor, text: str) -> Locator:
    """Find a line of the channel that the server has (one on its way has no number)."""
    return guest.page.locator("[data-line]", has_text=text)


def enter(guest: Visitor) -> None:
    """Go through the door of a group's room that is shown."""
    button = shown(guest.page, "enter")
    shown(guest.page, "as-me").wait_for()
    button.click()
    live(guest)


def knock(guest: Visitor, node: Node, room: str) -> None:
    """Go to the door while another device is inside: it asks what this one shall be."""
    guest.page.goto(f"{node.url}/r/{room}")
    shown(guest.page, "as-me").wait_for()
    shown(guest.page, "enter").click()
    shown(guest.page, "how-companion").wait_for()


def live(guest: Visitor) -> None:
    """Wait until one is in the room and it is drawn; the trees stay away, they cost much here."""
    guest.wait("__hearth.phase === 'live' && __hearth.stage !== null")
    guest.empty_the_set()


def open_person(guest: Visitor, participant: int) -> Locator:
    """Open what one can do about somebody, in the room's list of people."""
    page = guest.page
    row = page.locator(f"[data-participant='{participant}']")
    if not row.is_visible():
        shown(page, "people").click()
    opener = row.locator(".person-open")
    opener.click()
    return row


def lists(guest: Visitor, participant: int) -> bool:
    """Say whether somebody stands in the page's own state of the room."""
    found: bool = guest.page.evaluate(f"__hearth.people().some(p => p.id === {participant})")
    return found


def lantern(guest: Visitor, name: str) -> list[float]:
    """Return where the server has a lantern, as this page knows it, metres."""
    found: list[float] = guest.page.evaluate(
        f"Array.from(__hearth.commons.objects.get('{name}').position)"
    )
    return found


def drawn_lantern(guest: Visitor, name: str) -> list[float]:
    """Return where a lantern's foot is drawn, metres."""
    found: list[float] = guest.page.evaluate(f"__hearth.drawnObject('{name}')")
    return found
