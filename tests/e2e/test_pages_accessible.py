"""Every page, dark and light, on a telephone and a desk: no fault that axe-core finds."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.community import (
    DESKTOP,
    Founded,
    enter,
    found_group,
    open_person,
    register,
    set_up,
    shown,
    sign_and_join,
    write_line,
)
from tests.e2e.conftest import ROOT, Visitor
from tests.support.node import Node, running_node

pytestmark = pytest.mark.e2e

CLIENT = ROOT / "clients/webxr/src"
AXE = ROOT / "clients/webxr/node_modules/axe-core/axe.min.js"
SIZES = {"phone": (390, 844), "desk": (1280, 800)}
SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
#: The narrowest window that is read without pushing it sideways, and twice the text in a wider one.
TIGHT = ((100, (320, 640)), (200, (640, 800)))
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
#: Pages by who looks at them, each with what shows that it is this page and not its failure.
#: `{g}` is the group's page, `{r}` its room, `{i}` and `{j}` links for members and for guests,
#: `{e}` an event every week, `{o}` its first day, `{x}` a day that is cancelled, `{p}` its plan.
OWNERS = {
    "/": "[data-test=my-groups] [data-group]",
    "/start": "[data-test=group-name]",
    "/pair": "[data-test=pair-code]",
    "/me": "[data-test=save-profile]",
    "/me/safety": "[data-test=save-boundary]",
    "/me/calendar": "[data-test=make-calendar]",
    "/me/friends": "section:has(h2:text-is('Friends')) .empty-state",
    "/me/devices": "[data-test=devices] li",
    "/me/sign-in": "[data-test=change-password]",
    "/me/data": "[data-test=delete-account]",
    "/admin": "[data-test=count-accounts]",
    "/admin/accounts": "[data-account]",
    "/admin/invites": "[data-test=make-invite]",
    "/admin/groups": ".person-card:has-text('Evening Yoga')",
    "/admin/audit": ".audit-line",
    "{g}": "[data-line]",
    "{g}/members": ".members-part .person-card:has-text('Bo')",
    "{g}/norms": "[data-test=edit-norms]",
    "{g}/settings": "[data-test=save-entry]",
    "{g}/moderation": ".audit li",
    "{g}/events": "[data-test=events] [data-event]",
    "{g}/events/new": "[data-test=publish-event]",
    "{g}/plans": "[data-test=plans] [data-plan]",
    "{g}/poses": ".pose-card",
    "/e/{e}/edit": "[data-test=rule-dates] li",
    "/e/{e}/edit?on={o}": "[data-test=save-day]",
    "/e/{e}/{o}": ".hosts-part .person-card",
    "/e/{e}/{o}?as=student": ".as-student ~ .event-rest .runner",
    "/plans/{p}": ".cue-list .cue",
    "{g}/rooms/new": "[data-test=make-room]",
    "{g}/rooms/{r}": "[data-test=save-room]",
    "/r/{r}": "[data-test=as-me]",
}
MEMBERS = {
    "{g}": "[data-line]",
    "{g}/members": ".members-part .person-card:has-text('Ada')",
    "{g}/norms": "[data-test=norms] li",
    "/": "[data-test=my-events] [data-event]",
    "{g}/events": "[data-test=events] [data-event]",
    "/e/{e}/{o}": "[data-test=rsvp-going]",
    "/e/{e}/{x}": "[data-test=cancelled]",
    "/e/{e}/{o}/wait": "[data-test=wait-early]",
    "/plans/{p}": ".runner",
}
#: Who is a member and has not signed the norms as they are now.
UNSIGNED = {"{g}": "[data-test=sign]", "{g}/norms": "[data-test=sign]"}
#: Who has an account and is invited.
INVITED = {"{i}": "[data-test=join]"}
GUESTS = {"/": ".empty-state [href='/me/keep']", "/me/keep": "[data-test=keep]"}
ANYBODYS = {
    "/": ".home-ways",
    "/sign-in": "[data-test=sign-in]",
    "/invite": "[data-test=open-invite]",
    "/setup": ".empty-state",
    "{i}": "[data-test=register]",
    "{j}": "[data-test=guest]",
    "{g}": ".door-part [data-test=norms] li",
    "{g}/events": ".empty-state .button[href^='/g/']",
    "/e/{e}/{o}": ".empty-state [href^='/sign-in']",
    "/e/{e}/nowhere": ".empty-state",
    "/r/{r}": ".door [data-test=pair]",
    "/nowhere": "h1:text-is('There is nothing here')",
}
PAGES: Mapping[str, Mapping[str, str]] = {
    "owner": OWNERS,
    "member": MEMBERS,
    "unsigned": UNSIGNED,
    "invited": INVITED,
    "guest": GUESTS,
    "nobody": ANYBODYS,
}


@dataclass(frozen=True)
class House:
    """A node with a group in it, and what the browsers of its people keep."""

    node: Node
    group: Founded
    guest_link: str
    people: Mapping[str, Any]
    event: Mapping[str, str]

    def address(self, path: str) -> str:
        group = self.group
        if path in ("{i}", "{j}"):
            return group.invite if path == "{i}" else self.guest_link
        return self.node.url + path.format(g=group.page, r=group.room, **self.event)


def ask(guest: Visitor, method: str, path: str, body: object) -> Any:
    """Ask the API as the page does; what is refused is a fault."""
    return guest.page.evaluate(
        """async ([method, path, body]) => {
          const answer = await fetch(`/api/v1${path}`, {
            method, headers: {'content-type': 'application/json'}, body: JSON.stringify(body)});
          if (!answer.ok) throw new Error(await answer.text());
          return answer.status === 204 ? null : await answer.json();
        }""",
        [method, path, body],
    )


def move_in(house: Visitor, open_visitor: Callable[[str], Visitor], node: Node) -> House:
    """Fill a node: a group, its people in every standing, a guest."""
    owner = house
    set_up(owner, node, "adalind")
    group = found_group(owner, node, "Evening Yoga", "studio")
    api = f"/groups/{group.page.removeprefix('/g/')}"
    unsigned, member, invited, guest = (open_visitor(name) for name in ("Cy", "Bo", "Dee", "Eve"))
    register(unsigned, group.invite, "cyril")
    sign_and_join(unsigned)
    # From here on the first has signed norms that are not those in force any more.
    norms = {
        "items": [{"text": "Let people finish.", "mechanism": "boundary_all"}],
        "version": 1,
        "material": True,
        "note": "One is enough.",
    }
    ask(owner, "PUT", f"{api}/norms", norms)
    register(member, group.invite, "bowen")
    sign_and_join(member)
    write_line(member, "Good evening! Tea is at https://example.org")
    register(invited, group.invite, "deandra")
    wish = {"kind": "guest", "room": group.room, "uses": 5, "days": 1}
    link = ask(owner, "POST", f"{api}/invites", wish)["link"]
    guest.page.goto(node.url)
    ask(guest, "POST", "/guests", {"invite": link.split("#")[1], "name": "Eve"})
    people = {
        "owner": owner,
        "member": member,
        "unsigned": unsigned,
        "invited": invited,
        "guest": guest,
    }
    event = plan_events(owner, member, group)
    kept = {name: each.context.storage_state() for name, each in people.items()}
    return House(node, group, node.url + link if link.startswith("/") else link, kept, event)


def plan_events(host: Visitor, member: Visitor, group: Founded) -> dict[str, str]:
    """Plan a class of every week with a day that is cancelled; the member says that they come."""
    api = f"/groups/{group.page.removeprefix('/g/')}"
    plan = ask(host, "POST", f"{api}/plans", {"title": "Slow flow", "starter": "morning-yoga"})
    wish = {
        "title": "Slow yoga for the evening",
        "description": "Bring a mat.",
        "room": group.room,
        "starts": host.page.evaluate(
            "() => new Date(Date.now() + 2 * 86400000).toISOString().slice(0, 16)"
        ),
        "zone": "UTC",
        "rule": "FREQ=WEEKLY",
        "plan": plan["id"],
        "state": "scheduled",
    }
    event = ask(host, "POST", f"{api}/events", wish)["id"]
    span = host.page.evaluate("() => `until_ms=${Date.now() + 30 * 86400000}`")
    days = [each["original"] for each in look(host, f"{api}/events?{span}")["items"]]
    ask(member, "PUT", f"/events/{event}/occurrences/{days[0]}/rsvp", {"access": True})
    cancelled = {"change_version": 0, "on": True, "note": "The studio is being painted."}
    ask(host, "POST", f"/events/{event}/occurrences/{days[1]}/cancel", cancelled)
    return {"e": event, "o": days[0], "x": days[1], "p": plan["id"]}


def look(guest: Visitor, path: str) -> Any:
    """Read something from the API as the page does."""
    return guest.page.evaluate(
        "async (path) => (await fetch(`/api/v1${path}`)).json()",
        path,
    )


@pytest.fixture(scope="module")
def home(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened: list[Visitor] = []

    def open_visitor(name: str) -> Visitor:
        opened.append(Visitor(browser.new_context(), name))
        return opened[-1]

    with running_node(tmp_path_factory.mktemp("data")) as node:
        filled = move_in(open_visitor("Ada"), open_visitor, node)
        for each in opened:
            assert each.errors == []
            each.context.close()
        yield filled


Show = Callable[..., Page]


@pytest.fixture
def show(browser: Browser, home: House) -> Iterator[Show]:
    """Open browsers of a size, signed in as somebody or not."""
    opened = []
    errors: list[str] = []

    def open_page(size: tuple[int, int], who: str) -> Page:
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            storage_state=home.people.get(who),
            bypass_csp=True,  # axe-core is put into the page; the page itself asks for nothing
        )
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        return page

    yield open_page
    for context in opened:
        context.close()
    assert errors == [], "a page threw"


def settle(page: Page, address: str, mark: str) -> None:
    """Open a page, wait until it is the one that is meant and nothing on it is on its way."""
    page.goto("about:blank")  # a change behind the # alone would not load the page anew
    page.goto(address)
    page.locator(mark).first.wait_for()
    page.wait_for_function("() => document.querySelector('.skeleton') === null")
    page.wait_for_function("() => !/…$/.test(document.querySelector('h1').textContent)")


def faults(page: Page) -> list[str]:
    """Return what axe-core finds on a page as it stands."""
    if page.evaluate("() => window.axe === undefined"):
        page.add_script_tag(path=str(AXE))
    found: list[str] = page.evaluate(FIND)
    return found


def keys_of(source: str, name: str) -> set[str]:
    """Read the keys of a table in a source file of the client."""
    table = re.search(rf"const {name}\b.*? = {{\n(.*?)\n}};", (CLIENT / source).read_text(), re.S)
    assert table is not None, f"{source} has no {name} any more"
    return set(re.findall(r'^  "?([a-z-]+)"?:', table[1], re.M))


def test_every_page_of_the_site_is_looked_at() -> None:
    routes = set(re.findall(r'path: "([^"]+)"', (CLIENT / "app/routes.ts").read_text()))
    tabs = {
        "/me/:tab": keys_of("ui/account/me.ts", "PARTS") - {"profile"},
        "/admin/:tab": keys_of("ui/account/admin.ts", "PARTS") - {"overview"},
    }
    assert len(routes) > 10
    assert set(tabs) <= routes
    wanted = {route for route in routes if route not in tabs} | {
        route.replace(":tab", tab) for route, keys in tabs.items() for tab in keys
    }
    looked = {path for pages in PAGES.values() for path in pages}
    group = {
        "/g/:group": "{g}",
        "/rooms/:room": "/rooms/{r}",
        "/e/:event": "/e/{e}",
        "/:occurrence": "/{o}",
        "/plans/:plan": "/plans/{p}",
    }
    for pattern, ours in group.items():
        wanted = {route.replace(pattern, ours) for route in wanted}
    assert wanted - looked == set()


@pytest.mark.parametrize("size", SIZES)
def test_no_page_has_a_fault_that_axe_finds(home: House, show: Show, size: str) -> None:
    assert AXE.exists(), "axe-core is missing. Run `make setup`."
    found: dict[str, list[str]] = {}
    for who, pages in PAGES.items():
        page = show(SIZES[size], who)
        for path, mark in pages.items():
            settle(page, home.address(path), mark)
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                wrong = faults(page)
                if wrong:
                    found[f"{path} as {who}, {scheme}"] = wrong
    assert found == {}


def test_pages_fit_a_narrow_window_and_twice_the_text(home: House, show: Show) -> None:
    found: dict[str, list[str]] = {}
    for who, pages in PAGES.items():
        page = show(TIGHT[0][1], who)
        for path, mark in pages.items():
            settle(page, home.address(path), mark)
            for text, (width, height) in TIGHT:
                page.set_viewport_size({"width": width, "height": height})
                page.evaluate(f"document.documentElement.style.fontSize = '{text}%'")
                wide = page.evaluate(TOO_WIDE)
                if wide:
                    found[f"{path} as {who}, {text} %"] = wide
    assert found == {}


def test_a_room_its_people_and_the_dialog_of_an_act_have_no_fault(
    home: House, visitor: Callable[..., Visitor]
) -> None:
    owner, member = (
        visitor(name, **DESKTOP, storage_state=home.people[who], bypass_csp=True)
        for name, who in (("Ada", "owner"), ("Bo", "member"))
    )
    for each in (member, owner):
        each.page.goto(home.address("/r/{r}"))
        enter(each)
    owner.sees(member)
    found = {"the room": faults(owner.page)}
    row = open_person(owner, member.me())
    shown(row, "act-ban").wait_for()
    found["its people"] = faults(owner.page)
    shown(row, "act-ban").click()
    shown(owner.page, "act-dialog").wait_for()
    owner.wait("document.querySelectorAll('#act-norm option').length > 1")
    owner.screenshot("act-dialog")
    found["the dialog of an act"] = faults(owner.page)
    assert found == {part: [] for part in found}
