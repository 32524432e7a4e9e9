"""One gathering with all that the room needs to tell of it."""

from typing import TYPE_CHECKING

from hearth_protocol.control import AnyServerMessage
from hearth_protocol.gathering import Ask as AskMessage
from hearth_protocol.gathering import AskOver
from hearth_protocol.limits import U32_MAX
from hearth_server.community.events.runs import GatheringNow, LeaderHere
from hearth_server.community.relations import RelationBook
from hearth_server.realtime.applause import Applause
from hearth_server.realtime.gathering_leaders import LeadersDesk
from hearth_server.realtime.gathering_mats import MatsDesk
from hearth_server.realtime.gathering_views import Part, Views
from hearth_server.realtime.gathering_voice import GatheringVoice
from hearth_server.realtime.ports import WaitingList
from hearth_server.rooms.gathering.asks import Ask, Settled
from hearth_server.rooms.gathering.gathering import Gathering, Now
from hearth_server.rooms.packing import pack
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room

if TYPE_CHECKING:
    from hearth_server.realtime.shard import Shard

_SAID = {
    "yes": "{} said yes.",
    "no": "{} said no.",
    "expired": "{} did not answer.",
    "taken": "Somebody else said yes before {}.",
}


class Held:
    """A gathering in its room.

    Args:
        shard: whose room it is.
        gathering: the gathering.
        relations: who blocked whom, who is whose friend.

    Attributes:
        due: participants who are told anew what they may know, because that changed.
        rows_due: something changed of what leaders see of people.
        rows_time: it is time to tell them: a few times a second at most.
    """

    def __init__(self, shard: "Shard", gathering: Gathering, relations: RelationBook) -> None:
        self._shard = shard
        self.gathering = gathering
        self.room_id = gathering.facts.room_id
        self.views = Views(shard, self.room_id, gathering)
        self.leaders = LeadersDesk(shard, gathering, relations)
        self.mats = MatsDesk(shard, gathering, relations)
        self.voice = GatheringVoice(shard, gathering)
        self.applause = Applause(shard)
        self.views.waiting = self.leaders.waiting
        self.due: set[int] = set()
        self._seen: dict[int, bool] = {}
        self.rows_due = True
        self.rows_time = True

    def take_outside(self, waiting: WaitingList | None) -> None:
        """Look who waits outside."""
        outside = tuple(waiting.people(self.gathering.key)) if waiting is not None else ()
        if outside != self.leaders.outside:
            self.leaders.outside = outside
            self.gathering.leaders_due = self.rows_due = True

    def look_at_checks(self, room: Room) -> None:
        """Whoever asks to be looked at is told anew once there is somebody who is told, or not."""
        checks, before = self.gathering.checks, self._seen
        self._seen = {
            who.id: self.views.check_seen(who)
            for who in room.people.values()
            if who.identity is not None and who.identity.account_id in checks
        }
        self.due.update(who for who, seen in self._seen.items() if before.get(who) != seen)

    def now(self, now: Now) -> GatheringNow:
        """Return what doors and pages need to know."""
        gathering, facts = self.gathering, self.gathering.facts
        began_ms = gathering.began_ms
        return GatheringNow(
            event_id=facts.event_id,
            original=facts.original,
            room_id=self.room_id,
            state=gathering.state,
            doors=facts.doors,
            starts_ms=facts.starts_ms,
            host_here=any(gathering.stage.leads(who) for who in gathering.here),
            began_ms=None if began_ms is None else began_ms + now.to_wall_ms,
            present=len(gathering.here),
            came=frozenset(gathering.came),
            leader=self._leader(),
            leads=frozenset(
                who for who in (gathering.stage.host, *gathering.stage.co_hosts) if who is not None
            ),
        )

    def _leader(self) -> LeaderHere | None:
        stage = self.gathering.stage
        for account in (stage.host, *stage.co_hosts):
            if account is not None and account in self.gathering.here:
                who = self.views.present(account)
                if who is not None:
                    return LeaderHere(account, who.person.name)
        return None

    # --- for one person --------------------------------------------------------------------------

    def personal(self, room: Room, *, whole: bool, queue: bool) -> Part | None:
        """Return what only some people are told.

        Args:
            room: theirs.
            whole: everybody is told of the gathering in this tick anyway.
            queue: everybody is told of the hands anyway.
        """
        gathering, told = self.gathering, _Told()
        touched, gathering.touched = gathering.touched, set()
        due, self.due = self.due, set()
        leaders_due, gathering.leaders_due = gathering.leaders_due, False
        self.rows_due |= bool(touched)
        if (touched or due or leaders_due) and not whole:
            for who in room.people.values():
                if self._own_changed(who, touched, due) or (leaders_due and self.views.leads(who)):
                    told.put(who, self.views.gathering(who))
        if not queue:
            for who_id in due & room.people.keys():
                told.put(room.people[who_id], self.views.hands(room.people[who_id]))
        self._asks(told)
        frames = told.frames
        if not frames:
            return None
        return Part(b"", set(frames), lambda _, who: b"".join(frames.get(who.id, ())))

    @staticmethod
    def _own_changed(who: Participant, touched: set[str], due: set[int]) -> bool:
        return who.id in due or (who.identity is not None and who.identity.account_id in touched)

    def _asks(self, told: "_Told") -> None:
        asks = self.gathering.asks
        settled, asks.settled = asks.settled, []
        fresh, asks.fresh = asks.fresh, []
        for over in settled:
            asked = self.views.present(over.ask.to)
            if asked is not None:
                told.put(asked, AskOver(ask=over.ask.id, end=over.end, text=over.text))
            by = self.views.present(over.ask.by) if over.ask.by is not None else None
            if by is not None and by is not asked:
                told.put(by, AskOver(ask=over.ask.id, end=over.end, text=self._said(over, by)))
        for ask in fresh:
            asked = self.views.present(ask.to)
            if asked is not None:
                told.put(asked, self.ask(ask, asked))

    def _said(self, over: Settled, by: Participant) -> str:
        """Return what became of an ask in words for whoever asked."""
        asked, words = self.views.present(over.ask.to), _SAID.get(over.end, "")
        if asked is None or asked.id in self._shard.apart.untold(by.id):
            return ""
        return words.format(asked.person.name)

    def ask(self, ask: Ask, who: Participant) -> AskMessage:
        """Return an ask as whoever is asked gets it."""
        by = self.views.present(ask.by) if ask.by is not None else None
        seen = by is not None and by.id not in self._shard.apart.untold(who.id)
        return AskMessage(
            ask=ask.id & U32_MAX,
            kind=ask.kind,
            text=ask.text,
            from_=by.id if by is not None and seen else None,
            until_ms=ask.until_ms & U32_MAX,
            mat=ask.mat,
        )


class _Told:
    """Packed messages by participant."""

    def __init__(self) -> None:
        self.frames: dict[int, list[bytes]] = {}

    def put(self, who: Participant, message: AnyServerMessage) -> None:
        self.frames.setdefault(who.id, []).append(pack(message))
