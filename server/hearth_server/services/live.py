"""The live rooms as services see them. Realtime implements it; nothing here waits.

Every call comes from the loop's thread and acts within the next tick.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from hearth_server.community.accounts import Account, Boundary, Card
from hearth_server.community.entering import RoomFacts
from hearth_server.community.events.runs import GatheringNow, RunFacts
from hearth_server.community.groups import Standing
from hearth_server.community.talk import LineRoom
from hearth_server.errors import Refusal

#: So many of those in a room are shown on pages; of the others there is a number.
FACES_MAX: Final = 6


@dataclass(frozen=True, slots=True)
class LivePerson:
    """Somebody present in a room. `account_id` is None in rooms that ask for no account."""

    participant: int
    account_id: str | None
    name: str
    card: Card


@dataclass(frozen=True, slots=True)
class LiveSeat:
    """The room somebody is in, and whether a connection of theirs is there or only kept for."""

    room_id: str
    connected: bool


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A line of a channel as the rooms tell of it, to each person what they may know.

    Attributes:
        id: of the line; the same id again replaces it.
        key: the author's own name for it.
        author_id: None once the account is gone.
        name: the author's.
        mentions: accounts it names.
        reactions: by kind, the accounts that gave it.
    """

    id: int
    group_id: str
    key: str
    author_id: str | None
    name: str
    text: str
    at_ms: int
    room: LineRoom | None = None
    edited: bool = False
    deleted: bool = False
    mentions: frozenset[str] = frozenset()
    reactions: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says in a group's room, before it is kept."""

    room_id: str
    group_id: str
    account_id: str
    key: str
    text: str


SayAnswer: TypeAlias = Callable[[RoomLine | Refusal], None]


class TalkDesk(Protocol):
    """Keeps what is said in groups' rooms."""

    def say(self, said: Said, answer: SayAnswer, /) -> None:
        """Keep a line; does not wait.

        `answer` is called once, on the loop's thread, after the line is durable or refused. The
        rooms then tell the group's rooms of it by themselves; `LiveRooms.say_line` is for lines
        that were not said here, and for edits, deletions and reactions.
        """
        ...


class LiveRooms(Protocol):
    """What services tell the rooms, and ask of them."""

    def who(self, room_id: str, participant: int, /) -> LivePerson | None:
        """Return a participant of a room, whoever asks; for those who keep the peace there."""
        ...

    def met(self, account_id: str, room_id: str, participant: int, /) -> LivePerson | None:
        """Return a participant of the room that somebody is in, as far as they may know of them.

        Whom they hid or blocked themselves, or do not see from the safe place, they know of.
        """
        ...

    def presence(self, room_ids: Collection[str], /) -> Mapping[str, Sequence[LivePerson]]:
        """Return who is in each of these rooms but the safe place; closed rooms may be missing."""
        ...

    def accounts_in(self, room_ids: Collection[str], /) -> Mapping[str, Sequence[str | None]]:
        """Return the account of everybody in `presence`: for whoever only counts and compares."""
        ...

    def where(self, account_id: str, /) -> str | None:
        """Return the room somebody is in; None for who is in the safe place."""
        ...

    def related(self, a: str, b: str, /) -> None:
        """The relations of two accounts changed; the book already says how."""
        ...

    def boundary_changed(self, account_id: str, boundary: Boundary, /) -> None:
        """Somebody changed their personal boundary."""
        ...

    def look_changed(self, account: Account, /) -> None:
        """Somebody changed their name or how they look."""
        ...

    def standing_changed(self, standing: Standing, /, *, told: str = "") -> None:
        """What somebody may do in a group changed: role, signature, mute.

        `told` is what a moderator who muted them has to say; without it the rooms find words.
        Who may not be in the room any more is put out of it; their tickets are void.
        """
        ...

    def put_out(
        self, account_id: str, room_ids: Collection[str], text: str, /, *, waits: bool = False
    ) -> None:
        """Put somebody out of these rooms now, their tickets and resume tokens included.

        With `waits` they are not unwelcome: their client knocks again, and so waits at the door.
        """
        ...

    def sign_off(self, account_id: str, session_ids: Collection[str] | None, text: str, /) -> None:
        """Some of somebody's devices were signed out, or all (None): end what they have open now.

        Their tickets and resume tokens end too. Devices whose session is not known count as meant.
        """
        ...

    def room_changed(self, room_id: str, /) -> None:
        """A room changed, or what its group's norms ask of it, or either was archived.

        The rooms read it anew, and put everybody out of what is archived.
        """
        ...

    def refreshed(self, room_id: str, facts: RoomFacts | None, /) -> None:
        """A room was read anew after `room_changed`; None: it is not there any more."""
        ...

    def say_line(self, line: RoomLine, /) -> None:
        """Show a line, or what became of it, in the group's rooms."""
        ...

    def seat_of(self, account_id: str, /) -> LiveSeat | None:
        """Return somebody's seat, whoever may know of it; for their own sake only."""
        ...

    def seats_taken(self, room_id: str, /) -> int:
        """Return how many are in a room, whoever may know of them."""
        ...

    def gathering_in(self, room_id: str, /) -> GatheringNow | None:
        """Return what goes on in a room, if an event does."""
        ...

    def begin_gathering(self, run: RunFacts, /) -> None:
        """Open a gathering's doors, or let it go on as `run.live` says, after a restart.

        It is held whether its room is open or not; one that was in the room before is over.
        """
        ...

    def update_gathering(self, run: RunFacts, /) -> None:
        """An event changed while it happens: title, times, leaders, plan, room."""
        ...

    def end_gathering(self, event_id: str, original: str, text: str, /) -> None:
        """An event is over, or was cancelled; `text` says so to those who are there."""
        ...

    def stamp(self) -> int:
        """Return what a ticket is to carry: what it stands on and becomes void later ends it."""
        ...

    def begin_channel(self, group_id: str, /) -> bool:
        """Collect a group's lines from now on; True if those before are wanted."""
        ...

    def fill_channel(self, group_id: str, lines: Sequence[RoomLine], /) -> None:
        """Take the newest lines of a group's channel, read after `begin_channel`."""
        ...


class EmptyRooms:
    """The live rooms of a node whose rooms are not open yet: nobody is anywhere."""

    def who(self, room_id: str, participant: int, /) -> LivePerson | None:
        """Nobody."""
        return None

    def met(self, account_id: str, room_id: str, participant: int, /) -> LivePerson | None:
        """Nobody."""
        return None

    def presence(self, room_ids: Collection[str], /) -> Mapping[str, Sequence[LivePerson]]:
        """Nobody anywhere."""
        return {}

    def accounts_in(self, room_ids: Collection[str], /) -> Mapping[str, Sequence[str | None]]:
        """Nobody anywhere."""
        return {}

    def where(self, account_id: str, /) -> str | None:
        """Nowhere."""
        return None

    def related(self, a: str, b: str, /) -> None:
        """Nothing to do: the book is read when somebody comes."""

    def boundary_changed(self, account_id: str, boundary: Boundary, /) -> None:
        """Nothing to do."""

    def look_changed(self, account: Account, /) -> None:
        """Nothing to do."""

    def standing_changed(self, standing: Standing, /, *, told: str = "") -> None:
        """Nothing to do."""

    def put_out(
        self, account_id: str, room_ids: Collection[str], text: str, /, *, waits: bool = False
    ) -> None:
        """Nothing to do."""

    def sign_off(self, account_id: str, session_ids: Collection[str] | None, text: str, /) -> None:
        """Nothing to do."""

    def room_changed(self, room_id: str, /) -> None:
        """Nothing to do."""

    def refreshed(self, room_id: str, facts: RoomFacts | None, /) -> None:
        """Nothing to do."""

    def say_line(self, line: RoomLine, /) -> None:
        """Nothing to do."""

    def seat_of(self, account_id: str, /) -> LiveSeat | None:
        """None."""
        return None

    def seats_taken(self, room_id: str, /) -> int:
        """None."""
        return 0

    def gathering_in(self, room_id: str, /) -> GatheringNow | None:
        """Nothing."""
        return None

    def begin_gathering(self, run: RunFacts, /) -> None:
        """Nothing to do: whoever opens the rooms begins it then."""

    def update_gathering(self, run: RunFacts, /) -> None:
        """Nothing to do."""

    def end_gathering(self, event_id: str, original: str, text: str, /) -> None:
        """Nothing to do."""

    def stamp(self) -> int:
        """No ticket was issued yet."""
        return 0

    def begin_channel(self, group_id: str, /) -> bool:
        """Nobody is there to read."""
        return False

    def fill_channel(self, group_id: str, lines: Sequence[RoomLine], /) -> None:
        """Nothing to do."""
