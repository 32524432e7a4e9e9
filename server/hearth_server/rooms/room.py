"""One live room: who is in it, what changed since the last tick, what was said. No socket."""

from collections import deque
from dataclasses import dataclass, field

from hearth_protocol.control import Chat, Person, PersonChange, Reaction
from hearth_server.rooms.commons import Commons
from hearth_server.rooms.packing import pack
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.roster import Changes, Pages
from hearth_server.settings import RoomSettings

CHAT_KEPT = 50


@dataclass(frozen=True, slots=True)
class Line:
    """Something one person sends to the room, packed once for all who may get it.

    `audience` are the only ones it is for; None for everybody.
    """

    sender: int
    frame: bytes
    audience: frozenset[int] | None = None


@dataclass(slots=True, eq=False)
class Room:
    """A room while it is open.

    Attributes:
        settings: as configured, or as a group arranged it.
        index: its number in the world.
        commons: what a group's people share there; None in the operator's rooms.
        people: by participant id.
        arrivals: how many have ever entered; spreads them over the spawn points.
        empty_since_s: when the last one left, None while somebody is in.
    """

    settings: RoomSettings
    index: int
    commons: Commons | None = None
    people: dict[int, Participant] = field(default_factory=dict)
    arrivals: int = 0
    empty_since_s: float | None = None
    pages: Pages = field(default_factory=Pages)
    changes: Changes = field(default_factory=Changes)
    lines: list[Line] = field(default_factory=list)
    history: deque[Line] = field(default_factory=lambda: deque(maxlen=CHAT_KEPT))
    _chat_ids: int = 0

    @property
    def present(self) -> int:
        """People in the room; those whose connection is lost for now count."""
        return len(self.people)

    def enter(self, participant: Participant) -> None:
        """Somebody comes in; the others learn of it at the next tick."""
        self.people[participant.id] = participant
        self.arrivals += 1
        self.empty_since_s = None
        self.pages.put(participant.person)
        self.changes.join(participant.person)

    def leave(self, participant: Participant, unseen_by: frozenset[int], now_s: float) -> None:
        """Somebody goes for good; those kept apart from them are told nothing."""
        del self.people[participant.id]
        self.pages.drop(participant.id)
        self.changes.leave(participant.id, unseen_by)
        if not self.people:
            self.empty_since_s = now_s
            self.history.clear()  # what was said is for those who were there

    def update(self, participant: Participant, person: Person) -> None:
        """Somebody changes how they look, or goes away, or comes back."""
        before = participant.person.model_dump()
        after = person.model_dump()
        changed = {key: value for key, value in after.items() if value != before[key]}
        if changed:
            participant.person = person
            self.pages.put(person)
            self.changes.change(PersonChange(id=person.id, **changed))

    def show_away(self, participant: Participant) -> None:
        """Tell of a change of `participant.away`, if it is one."""
        if participant.person.away != participant.away:
            away = participant.person.model_copy(update={"away": participant.away})
            self.update(participant, away)

    def say(
        self,
        participant: Participant,
        text: str,
        at_ms: int,
        audience: frozenset[int] | None = None,
    ) -> None:
        """Somebody says a line, to these people only or to everybody; the former is not kept."""
        self._chat_ids = (self._chat_ids + 1) & 0xFFFFFFFF
        message = Chat(
            id=self._chat_ids,
            from_=participant.id,
            name=participant.person.name,
            text=text,
            at_ms=at_ms,
        )
        line = Line(participant.id, pack(message), audience)
        self.lines.append(line)
        if audience is None:
            self.history.append(line)

    def react(self, participant: Participant, kind: str) -> None:
        """Somebody shows a reaction."""
        message = Reaction.model_validate({"from_": participant.id, "kind": kind})
        self.lines.append(Line(participant.id, pack(message)))

    def take_news(self) -> tuple[Changes, list[Line]]:
        """Return what is to be told at this tick and start afresh."""
        news = (self.changes, self.lines)
        if self.changes:
            self.changes = Changes()
        if self.lines:
            self.lines = []
        return news
