"""A node that is stopped and started again on the same data and the same port."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Error

from tests.e2e.conftest import Visitor
from tests.support.node import Node, free_port, running_node


class House:
    """Where a story takes place; a context that ends with the node."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._port = free_port()
        self._running: Any = None
        self.node: Node

    def __enter__(self) -> "House":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Node:
        """Start the node."""
        self._running = running_node(self._data_dir, port=self._port)
        self.node = self._running.__enter__()
        return self.node

    def stop(self) -> None:
        """Stop it; what it keeps stays."""
        if self._running is not None:
            self._running.__exit__(None, None, None)
        self._running = None

    @contextlib.contextmanager
    def pictures_of_trouble(self, guests: Mapping[str, Visitor]) -> Iterator[None]:
        """Keep what everybody sees where the story does not go on."""
        try:
            yield
        except BaseException:
            for name, guest in guests.items():
                with contextlib.suppress(Error):  # some may have left
                    guest.screenshot(f"trouble-{name}")
                    print(name, guest.page.url, guest.page.evaluate("window.__hearth?.info()"))
            raise
