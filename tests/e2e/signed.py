"""People of a group that was settled in the store, each signed in on a browser of their own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser

from tests.e2e.conftest import Visitor
from tests.support.channel import Group
from tests.support.node import Node

#: A machine that draws nothing: the page alone.
NO_WEBGL = """
const usual = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return /webgl/.test(kind) ? null : usual.call(this, kind, ...rest);
};
"""


def ask(guest: Visitor, node: Node, method: str, path: str, body: object = None) -> Any:
    """Ask the API as whoever is signed in on a page."""
    answer = guest.page.request.fetch(
        f"{node.url}/api/v1{path}",
        method=method,
        headers={"content-type": "application/json", "origin": node.url},
        data=None if body is None else json.dumps(body),
    )
    assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
    return answer.json() if answer.status != 204 else None


class Signed:
    """A node, a group on it, and whoever of the group has opened a browser."""

    def __init__(self, node: Node, group: Group, browser: Browser) -> None:
        self.node, self.group, self._browser = node, group, browser
        self.opened: list[Visitor] = []

    def visitor(self, name: str, width: int = 1000, height: int = 900) -> Visitor:
        """Open a browser in which somebody is signed in; it draws nothing."""
        context = self._browser.new_context(viewport={"width": width, "height": height})
        context.add_init_script(NO_WEBGL)
        url, token = self.node.url, self.group.tokens[name]
        context.add_cookies([{"name": "hearth_session", "value": token, "url": url}])
        guest = Visitor(context, name)
        self.opened.append(guest)
        return guest

    def ask(self, guest: Visitor, method: str, path: str, body: object = None) -> Any:
        """Ask the API as whoever is signed in on a page."""
        return ask(guest, self.node, method, path, body)

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Close every browser at the end; none of them threw."""
        yield
        for guest in self.opened:
            guest.context.close()
        assert [guest.errors for guest in self.opened if guest.errors] == []
