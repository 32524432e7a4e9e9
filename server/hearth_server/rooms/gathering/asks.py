"""What somebody is asked before it happens to them: each answered once, or over by itself. Pure.

Two may be asked to take over at once. The first who says yes does; to the other it is `taken`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from hearth_protocol.gathering import AskEnd, AskKind

#: How long each kind waits for an answer, ms.
WAITS_MS: Final[dict[AskKind, int]] = {
    "host": 60_000,
    "take_over": 30_000,
    "co_host": 30_000,
    "speaker": 30_000,
    "megaphone": 30_000,
    "mat": 20 * 60_000,
    "recentre": 30_000,
}
#: One lead, so one yes: to all others who were asked it is taken.
LEADING: Final[frozenset[AskKind]] = frozenset({"host", "take_over"})
#: So many that are over are remembered, to tell a late answer why.
REMEMBERED: Final = 512


@dataclass(frozen=True, slots=True)
class Ask:
    """Something one person is asked.

    Attributes:
        to: account that is asked.
        by: account that asks; None: the gathering itself.
        until_ms: over by itself then.
        mat: place that is offered.
        seconds: for how long what is offered would hold.
    """

    id: int
    kind: AskKind
    to: str
    by: str | None
    text: str
    until_ms: int
    mat: str | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """An ask that is over, and how it ended."""

    ask: Ask
    end: AskEnd
    text: str = ""


class Asks:
    """The open questions of one gathering.

    Attributes:
        fresh: asked since they were last told.
        settled: over since they were last told.
    """

    def __init__(self) -> None:
        self._open: dict[int, Ask] = {}
        self._to: dict[str, dict[int, Ask]] = {}
        self._over: dict[int, AskEnd] = {}
        self._next = 1
        self.fresh: list[Ask] = []
        self.settled: list[Settled] = []

    def put(  # noqa: PLR0913  # an ask is what it is
        self,
        kind: AskKind,
        to: str,
        by: str | None,
        text: str,
        now_ms: int,
        *,
        mat: str | None = None,
        seconds: int | None = None,
    ) -> Ask:
        """Ask somebody; the same question from before is withdrawn."""
        self.withdraw(to=to, kind=kind)
        ask = Ask(self._next, kind, to, by, text, now_ms + WAITS_MS[kind], mat, seconds)
        self._next += 1
        self._put(ask)
        self.fresh.append(ask)
        return ask

    def open(self, kind: AskKind | None = None) -> list[Ask]:
        """Return what nobody answered yet, oldest first."""
        return [ask for ask in self._open.values() if kind is None or ask.kind == kind]

    def of(self, account: str) -> list[Ask]:
        """Return what somebody is asked."""
        return list(self._to.get(account, {}).values())

    def answered(self, ask_id: int, account: str, yes: bool) -> Ask | AskEnd | None:
        """Somebody answers.

        Returns:
            The ask, settled by this answer; how it ended before; or None if they were never
            asked that.
        """
        ask = self._open.get(ask_id)
        if ask is None:
            return self._over.get(ask_id)
        if ask.to != account:
            return None
        self._settle(ask, "yes" if yes else "no")
        if yes and ask.kind in LEADING:
            for other in self.open():
                if other.kind in LEADING:
                    self._settle(other, "taken", "Somebody else leads now.")
        return ask

    def withdraw(
        self, *, to: str | None = None, by: str | None = None, kind: AskKind | None = None
    ) -> None:
        """End every question that fits all that is given."""
        for ask in self.open() if to is None else self.of(to):
            if (kind is None or ask.kind == kind) and (by is None or ask.by == by):
                self._settle(ask, "withdrawn")

    def expire(self, now_ms: int) -> list[Ask]:
        """End what waited too long, and return it."""
        over = [ask for ask in self._open.values() if ask.until_ms <= now_ms]
        for ask in over:
            self._settle(ask, "expired")
        return over

    # --- kept ------------------------------------------------------------------------------------

    def kept(self, to_wall_ms: int) -> list[dict[str, Any]]:
        """Return what a restart must not forget: who is asked to take over, and until when.

        All else is asked by somebody who has to come back first, and asks again.
        """
        return [
            {"to": ask.to, "text": ask.text, "until": ask.until_ms + to_wall_ms}
            for ask in self.open("take_over")
        ]

    def take_up(self, kept: Iterable[Mapping[str, Any]], to_wall_ms: int, now_ms: int) -> list[str]:
        """Ask again what was open when the node stopped, until the time that was set then.

        Returns:
            Accounts whose time ran out while the node was down.
        """
        over = []
        for each in kept:
            until_ms = int(each["until"]) - to_wall_ms
            if until_ms <= now_ms:
                over.append(each["to"])
                continue
            ask = self.put("take_over", each["to"], None, each["text"], now_ms)
            self.fresh[-1] = replace(ask, until_ms=until_ms)
            self._put(self.fresh[-1])
        return over

    # --- inside ----------------------------------------------------------------------------------

    def _put(self, ask: Ask) -> None:
        self._open[ask.id] = ask
        self._to.setdefault(ask.to, {})[ask.id] = ask

    def _settle(self, ask: Ask, end: AskEnd, text: str = "") -> None:
        del self._open[ask.id]
        del self._to[ask.to][ask.id]
        if not self._to[ask.to]:
            del self._to[ask.to]
        self._over[ask.id] = end
        while len(self._over) > REMEMBERED:
            del self._over[next(iter(self._over))]
        if ask in self.fresh:
            self.fresh.remove(ask)  # nobody was told of it yet
        else:
            self.settled.append(Settled(ask, end, text))
