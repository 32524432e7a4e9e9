"""Keeps how gatherings go on, who came, and what leaders decide at their doors.

The rooms call and do not wait; one task writes, a moment later, the newest word on each.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from hearth_server.community.events.runs import RunKept, RunState
from hearth_server.community.ports.rsvps import Key
from hearth_server.errors import Refusal
from hearth_server.logs import logger
from hearth_server.services.announcer import EventNews, Happened
from hearth_server.services.events.attendance import Attendance
from hearth_server.services.events.doors import Admission, EventDoors
from hearth_server.services.events.occurring import occurrence
from hearth_server.services.events.places import concerned, tell_concerned
from hearth_server.services.gatherings.book import RunBook
from hearth_server.services.parts import ServiceParts

KEPT_AFTER_S: Final = 0.2
#: What could not be written, for a full disk say, is tried again.
AGAIN_AFTER_S: Final = 5.0
#: What pages are told when a gathering gets that far.
_TOLD: Final[dict[RunState, Happened]] = {"live": "live", "ended": "ended"}
_OVER: Final = Refusal("not_running", "It is over.")
_log = logger("hearth.gatherings")


@dataclass(frozen=True, slots=True)
class _Presence:
    """Somebody came; or, with `consent`, let it be kept or not."""

    key: Key
    account_id: str
    consent: bool | None = None


class GatheringKeeper:
    """Satisfies `realtime.ports.RunKeeper`; `run` is a task of the app.

    Args:
        parts: store, time, and whom to tell.
        book: what goes on.
    """

    def __init__(self, parts: ServiceParts, book: RunBook) -> None:
        self._parts = parts
        self._book = book
        self._doors = EventDoors(parts)
        self._attendance = Attendance(parts)
        self._runs: dict[Key, RunKept] = {}
        self._people: list[_Presence] = []
        self._told: dict[Key, RunState] = {}
        self._wanted = asyncio.Event()

    # --- what the rooms say ----------------------------------------------------------------------

    def keep(self, run: RunKept, /) -> None:
        """Keep a gathering as it is now, soon."""
        key = (run.event_id, run.original)
        self._runs[key] = run
        if run.state == "ended":
            self._book.drop(key)
        self._wanted.set()

    def came(self, event_id: str, original: str, account_id: str, /) -> None:
        """Somebody came; it is kept of whoever lets it be."""
        self._people.append(_Presence((event_id, original), account_id))
        self._wanted.set()

    def attends(self, event_id: str, original: str, account_id: str, on: bool, /) -> None:
        """Keep whether somebody lets it be kept that they came."""
        self._people.append(_Presence((event_id, original), account_id, on))
        self._wanted.set()

    def admit(
        self, event_id: str, original: str, account_id: str, yes: bool, seconds: int | None, /
    ) -> Refusal | None:
        """Let somebody in who waits outside, or send them off."""
        run = self._book.get((event_id, original))
        if run is None:
            return _OVER
        news = EventNews(run.group_id, event_id, original, "admitted", run.title, run.starts_ms)
        return self._doors.decide(news, account_id, Admission(yes, seconds))

    # --- the task --------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled; what was said by then is written."""
        try:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                await asyncio.sleep(KEPT_AFTER_S)
                await self.flush()
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Write what was said: together, and alone what fails together."""
        runs, self._runs = list(self._runs.values()), {}
        people, self._people = self._people, []
        # First who came: once it is written that it is over, all else of them is forgotten.
        for each in people:
            try:
                await self._note(each)
            except Exception:
                _log.exception("who came could not be kept")
        written = await self._write(runs) if runs else []
        for run in written:
            await self._tell(run)

    async def _write(self, runs: list[RunKept]) -> list[RunKept]:
        """Write down how gatherings are; return those with which nothing more is to be done."""
        try:
            async with self._parts.store.writing() as tx:
                for run in runs:
                    await tx.runs.put(run)
        except Exception:
            if len(runs) > 1:
                return [each for run in runs for each in await self._write([run])]
            # Rooms go on with what they have.
            _log.exception("a gathering could not be kept", event_id=runs[0].event_id)
            return await self._later(runs[0])
        return runs

    async def _later(self, run: RunKept) -> list[RunKept]:
        """Try again what could not be kept, unless its event is gone; return it if it is."""
        try:
            async with self._parts.store.reading() as tx:
                if await tx.events.event(run.event_id) is None:
                    return [run]
        except Exception:
            _log.exception("it could not be looked up", event_id=run.event_id)
        # Something newer may have been said meanwhile.
        self._runs.setdefault((run.event_id, run.original), run)
        asyncio.get_running_loop().call_later(AGAIN_AFTER_S, self._wanted.set)
        return []

    async def _note(self, presence: _Presence) -> None:
        key, account_id = presence.key, presence.account_id
        if presence.consent is None:
            await self._attendance.came(key, account_id)
        else:
            await self._attendance.consent(key, account_id, on=presence.consent)

    async def _tell(self, run: RunKept) -> None:
        """Tell pages how far a gathering got, now that it is kept."""
        key, parts = (run.event_id, run.original), self._parts
        before = self._told.get(key)
        self._told[key] = run.state
        what = _TOLD.get(run.state)
        try:
            if what is not None and before != run.state:
                async with parts.store.reading() as tx:
                    found = await occurrence(tx, *key, parts.now_ms())
                    if not isinstance(found, Refusal):
                        tell_concerned(parts, found, what, await concerned(parts, tx, found))
        except Exception:
            _log.exception("pages could not be told of a gathering")
        if run.state == "ended":
            self._told.pop(key, None)
            parts.waiting.forget(key)
            parts.due.put(key)

    def known(self, run: RunKept) -> None:
        """A gathering went on before this node began: pages know of it."""
        self._told[run.event_id, run.original] = run.state
