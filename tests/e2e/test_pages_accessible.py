"""Every page, dark and light, on a telephone and a desk: no fault that axe-core finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.community import (
    Founded,
    found_group,
    register,
    set_up,
    sign_and_join,
    write_line,
)
from tests.e2e.conftest import ROOT, Visitor
from tests.support.node import Node, running_node

pytestmark = pytest.mark.e2e

AXE = ROOT / "clients/webxr/node_modules/axe-core/axe.min.js"
SIZES = {"phone": (390, 844), "desk": (1280, 800)}
#: Everything axe-core knows of the standard and of good practice.
FIND = """
async () => {
  const {violations} = await axe.run(document, {resultTypes: ['violations']});
  return violations.map(({id, impact, nodes}) =>
    `${impact}: ${id}: ` + nodes.slice(0, 3).map((n) => n.target.join(' ') + ' '
      + (n.any[0]?.message ?? '')).join(' | '));
}
"""
#: What is wider than the window, if the page has to be pushed sideways to be read.
TOO_WIDE = """
() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  return [...document.querySelectorAll('body *')]
    .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1)
    .slice(0, 5).map((e) => e.cloneNode(false).outerHTML.slice(0, 120));
}
"""
#: Pages by who looks at them; `{g}` is the group's page, `{r}` its room.
OWNED = (
    "/",
    "/start",
    "/pair",
    "/me",
    "/me/safety",
    "/me/devices",
    "/me/friends",
    "/me/data",
    "/admin",
    "/admin/accounts",
    "/admin/groups",
    "{g}",
    "{g}/members",
    "{g}/norms",
    "{g}/settings",
    "{g}/moderation",
    "{g}/rooms/new",
    "{g}/rooms/{r}",
    "/r/{r}",
)
ANYBODYS = ("/", "/sign-in", "/invite", "/setup", "{i}", "{g}", "/r/{r}", "/nowhere")


@dataclass(frozen=True)
class House:
    """A node with a group in it, and what the two browsers of its people keep."""

    node: Node
    group: Founded
    owner: Any

    def address(self, path: str) -> str:
        group = self.group
        if path == "{i}":
            return group.invite
        return self.node.url + path.format(g=group.page, r=group.room)


@pytest.fixture(scope="module")
def house(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_node(tmp_path_factory.mktemp("data")) as node:
        owner = Visitor(browser.new_context(), "Ada")
        member = Visitor(browser.new_context(), "Bo")
        set_up(owner, node, "adalind")
        group = found_group(owner, node, "Evening Yoga", "studio")
        register(member, group.invite, "bowen")
        sign_and_join(member)
        write_line(member, "Good evening! Tea is at https://example.org")
        kept = owner.context.storage_state()
        for each in (owner, member):
            assert each.errors == []
            each.context.close()
        yield House(node, group, kept)


Show = Callable[..., Page]


@pytest.fixture
def show(browser: Browser, house: House) -> Iterator[Show]:
    """Open browsers of a size and a taste, signed in or not."""
    opened = []

    def open_page(scheme: str, size: str | tuple[int, int], signed_in: bool) -> Page:
        width, height = SIZES[size] if isinstance(size, str) else size
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            storage_state=house.owner if signed_in else None,
            bypass_csp=True,  # axe-core is put into the page; the page itself asks for nothing
        )
        opened.append(context)
        return context.new_page()

    yield open_page
    for context in opened:
        context.close()


def settle(page: Page, address: str) -> None:
    """Open a page and wait until nothing on it is on its way."""
    page.goto("about:blank")  # a change behind the # alone would not load the page anew
    page.goto(address)
    page.locator("h1").first.wait_for(state="attached")
    page.wait_for_function("() => document.querySelector('.skeleton') === null")
    page.wait_for_function("() => !/…$/.test(document.querySelector('h1').textContent)")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_no_page_has_a_fault_that_axe_finds(
    house: House, show: Show, scheme: str, size: str
) -> None:
    assert AXE.exists(), "axe-core is missing. Run `make setup`."
    found: dict[str, list[str]] = {}
    for signed_in, paths in ((True, OWNED), (False, ANYBODYS)):
        page = show(scheme, size, signed_in)
        for path in paths:
            settle(page, house.address(path))
            page.add_script_tag(path=str(AXE))
            faults = page.evaluate(FIND)
            if faults:
                found[f"{path} {'signed in' if signed_in else 'signed out'}"] = faults
    assert found == {}


@pytest.mark.parametrize("text", [100, 200])
def test_pages_fit_a_narrow_window_and_twice_the_text(house: House, show: Show, text: int) -> None:
    found: dict[str, list[str]] = {}
    for signed_in, paths in ((True, OWNED), (False, ANYBODYS)):
        page = show("dark", (320, 640) if text == 100 else (640, 800), signed_in)
        for path in paths:
            settle(page, house.address(path))
            page.evaluate(f"document.documentElement.style.fontSize = '{text}%'")
            wide = page.evaluate(TOO_WIDE)
            if wide:
                found[f"{path} {'signed in' if signed_in else 'signed out'}"] = wide
    assert found == {}
