"""Tickets over HTTP: one by one as guests get them, or in bulk where the node allows that."""

import http.client
import json
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hearth_loadtest.errors import TargetFault, UsageFault

TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Target:
    """A node's address, taken apart."""

    host: str
    port: int
    operator_key: str | None = None

    @staticmethod
    def parse(url: str, operator_key: str | None = None) -> "Target":
        """Read `http://host:port`.

        Raises:
            UsageFault: Not such a URL.
        """
        parts = urlsplit(url if "//" in url else f"http://{url}")
        if parts.scheme == "https":
            raise UsageFault(
                "bots speak plain http only: give the node's own http address, behind its proxy"
            )
        if parts.scheme != "http" or not parts.hostname or parts.path not in ("", "/"):
            raise UsageFault(f"--url {url}: expected http://host:port")
        return Target(parts.hostname, parts.port or 80, operator_key)

    @property
    def origin(self) -> str:
        """The address as a URL without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def socket_url(self, path: str) -> str:
        """The WebSocket URL of a path."""
        return self.origin.replace("http", "ws", 1) + path


@dataclass(frozen=True)
class Refused:
    """The server gave no ticket; the code is its own, or the transport's."""

    code: str
    detail: str


class Api:
    """One keep-alive connection to the node's HTTP API."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._connection: http.client.HTTPConnection | None = None

    def get_text(self, path: str) -> str | None:
        """Fetch a page as text; None where it is not served."""
        status, body = self._ask("GET", path, None)
        return body.decode("utf-8", "replace") if status == 200 else None

    def join(self, room: str, person: dict[str, Any]) -> dict[str, Any] | Refused:
        """Ask for one guest's ticket."""
        return self._post(f"/api/v1/rooms/{room}/join", person)

    def bulk(self, room: str, count: int) -> dict[str, Any] | Refused:
        """Ask for many tickets at once."""
        return self._post("/api/v1/tickets", {"room": room, "count": count, "name": "Bot"})

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any] | Refused:
        try:
            status, answer = self._ask("POST", path, json.dumps(body).encode())
        except TargetFault as fault:
            return Refused("no_answer", str(fault))
        try:
            value = json.loads(answer)
        except ValueError:
            value = {}
        if not isinstance(value, dict):
            value = {}
        if status in {200, 201}:
            return value
        return Refused(
            str(value.get("code", f"http_{status}")), str(value.get("detail", f"HTTP {status}"))
        )

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self._target.operator_key:
            headers["Authorization"] = f"Bearer {self._target.operator_key}"
        for attempt in (1, 2):
            if self._connection is None:
                self._connection = http.client.HTTPConnection(
                    self._target.host, self._target.port, timeout=TIMEOUT_S
                )
            try:
                self._connection.request(method, path, body, headers)
                response = self._connection.getresponse()
                return response.status, response.read()
            except (OSError, http.client.HTTPException) as fault:
                self.close()
                if attempt == 2:
                    raise TargetFault(f"{self._target.origin}{path}: {fault}") from fault
        raise TargetFault(f"{self._target.origin}{path}: no answer")


@dataclass(frozen=True)
class Guest:
    """One bot that wants in: its number, its room, when as local time, and what it offers."""

    bot: int
    room: str
    due_s: float
    features: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ticket:
    """A ticket for a bot, or why there is none."""

    bot: int
    ticket: str
    path: str
    refused: Refused | None = None


class TicketOffice:
    """Fetches tickets in a thread of its own, shortly before they are needed.

    Tickets expire, so only a few wait to be taken: where joining is slower than was asked for,
    fetching slows down with it. The thread is the only one besides the worker's loop; it ends
    when `stop` is called.
    """

    AHEAD_S = 1.0
    #: As long as so many wait to be taken, no more are fetched; and so many are asked for at once.
    ENOUGH = 16
    AT_ONCE = 48
    NAP_S = 0.02

    def __init__(
        self,
        target: Target,
        guests: Iterable[Guest],
        clock: Callable[[], float],
    ) -> None:
        self._api = Api(target)
        self._guests = deque(sorted(guests, key=lambda guest: guest.due_s))
        self._again: queue.SimpleQueue[Guest] = queue.SimpleQueue()
        self._clock = clock
        self._ready: queue.SimpleQueue[Ticket] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._bulk = True
        self._thread = threading.Thread(target=self._serve, name="tickets", daemon=True)
        self._thread.start()

    def ready(self) -> Ticket | None:
        """The next ticket that has come, if any."""
        try:
            return self._ready.get_nowait()
        except queue.Empty:
            return None

    def again(self, guest: Guest) -> None:
        """Fetch another ticket for somebody whose last one is of no use any more."""
        self._again.put(guest)

    def stop(self) -> None:
        """Fetch no more."""
        self._stop.set()

    def close(self) -> None:
        """Stop fetching; waits for the request under way."""
        self.stop()
        self._thread.join(TIMEOUT_S + 1)

    def _serve(self) -> None:
        while not self._stop.is_set():
            while not self._again.empty():
                self._guests.appendleft(self._again.get_nowait())
            wait_s = self._guests[0].due_s - self.AHEAD_S - self._clock() if self._guests else 1.0
            if wait_s > 0 or self._ready.qsize() >= self.ENOUGH:
                self._stop.wait(min(max(wait_s, self.NAP_S), 0.25))
                continue
            by_room: dict[str, list[Guest]] = {}
            horizon = self._clock() + self.AHEAD_S + 0.5
            for _ in range(self.AT_ONCE):
                if not self._guests or self._guests[0].due_s > horizon:
                    break
                guest = self._guests.popleft()
                by_room.setdefault(guest.room, []).append(guest)
            for room, guests in by_room.items():
                self._fetch(room, guests)
        self._api.close()

    def _fetch(self, room: str, guests: list[Guest]) -> None:
        """Tickets for some guests of one room, in bulk if the node does that."""
        if self._bulk and len(guests) > 1:
            answer = self._api.bulk(room, len(guests))
            if not isinstance(answer, Refused):
                for guest, ticket in zip(guests, answer["tickets"], strict=False):
                    self._ready.put(Ticket(guest.bot, ticket, answer["url"]))
                return
            self._bulk = False
        for guest in guests:
            if self._stop.is_set():
                return
            self._ready.put(self._one(guest))

    def _one(self, guest: Guest) -> Ticket:
        person = {
            "name": f"Bot {guest.bot + 1}",
            "primary": "#7a9e7e",
            "secondary": "#e8d8b8",
            "pattern": guest.bot % 8,
            "device": "desktop",
        }
        answer = self._api.join(guest.room, person)
        if isinstance(answer, Refused):
            return Ticket(guest.bot, "", "", answer)
        return Ticket(guest.bot, answer["ticket"], answer["url"])
