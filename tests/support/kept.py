"""What rooms ask to be kept or carried, kept in lists as durable as a test needs it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hearth_protocol.voice import IceServer
from hearth_server.community.events.runs import RunKept
from hearth_server.community.spaces import ObjectKept
from hearth_server.community.talk import LineRoom
from hearth_server.realtime.ports import Waiter
from hearth_server.services.live import RoomLine, Said, SayAnswer


@dataclass
class Lines:
    """Keeps what is said in a list, as durable as a test needs it."""

    kept: list[RoomLine] = field(default_factory=list)

    def say(self, said: Said, answer: SayAnswer, /) -> None:
        line = RoomLine(
            id=len(self.kept) + 1,
            group_id=said.group_id,
            key=said.key,
            author_id=said.account_id,
            name=said.account_id[:8],
            text=said.text,
            at_ms=1_800_000_000_000,
            room=LineRoom(said.room_id, "Study", "everyone"),
        )
        self.kept.append(line)
        answer(line)


@dataclass
class Wires:
    """The voice worker's end: who hears whom by the newest rows, acknowledged at once."""

    rows: dict[int, frozenset[int]] = field(default_factory=dict)
    acknowledge: Callable[[int], None] = lambda _: None

    def offer(self, participant: int, rid: int, sdp: str, /) -> None:
        pass

    def close(self, participant: int, reason: str, /) -> None:
        self.rows.pop(participant, None)

    def route(self, epoch: int, listeners: Any, rows: Any, /) -> None:
        for listener, row in zip(listeners.tolist(), rows.tolist(), strict=True):
            self.rows[listener] = frozenset(talker for talker in row if talker)
        self.acknowledge(epoch)

    def ice_servers(self, participant: int, /) -> list[IceServer]:
        return []


@dataclass
class Keeper:
    """What rooms ask to be kept or read anew."""

    refreshed: list[str] = field(default_factory=list)
    rechecked: list[tuple[str, str]] = field(default_factory=list)
    kept: list[ObjectKept] = field(default_factory=list)
    mutes: list[tuple[str, str, bool]] = field(default_factory=list)

    def mute(self, account_id: str, other_id: str, on: bool, /) -> None:
        self.mutes.append((account_id, other_id, on))

    def refresh(self, room_id: str, /) -> None:
        self.refreshed.append(room_id)

    def recheck(self, account_id: str, group_id: str, /) -> None:
        self.rechecked.append((account_id, group_id))

    def keep(self, room_id: str, objects: Sequence[ObjectKept], /) -> None:
        self.kept.extend(objects)


@dataclass
class Runs:
    """What gatherings ask to be kept."""

    kept: list[RunKept] = field(default_factory=list)
    here: list[str] = field(default_factory=list)
    attending: dict[str, bool] = field(default_factory=dict)
    admitted: list[tuple[str, bool, int | None]] = field(default_factory=list)
    outside: list[Waiter] = field(default_factory=list)

    def keep(self, run: RunKept, /) -> None:
        self.kept.append(run)

    def came(self, event_id: str, original: str, account_id: str, /) -> None:
        self.here.append(account_id)

    def attends(self, event_id: str, original: str, account_id: str, on: bool, /) -> None:
        self.attending[account_id] = on

    def admit(
        self, event_id: str, original: str, account_id: str, yes: bool, seconds: int | None, /
    ) -> None:
        self.admitted.append((account_id, yes, seconds))

    def people(self, key: tuple[str, str], /) -> Sequence[Waiter]:
        return tuple(self.outside)
