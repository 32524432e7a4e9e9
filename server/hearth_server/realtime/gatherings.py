"""Gatherings in groups' rooms: held ready while their room is closed, told to those who are in it.

What happens in one is decided by `rooms.gathering`; what people say comes by `gathering_acts`.
A gathering is of a room, not of those in it: it goes on when everybody loses their line, and a
node that starts anew has it again before anybody is back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hearth_protocol.fields import ReactionKind
from hearth_server.community.events.runs import GatheringNow, RunFacts
from hearth_server.logs import logger
from hearth_server.realtime.applause import COUNTED_FROM
from hearth_server.realtime.gathering_held import Held
from hearth_server.realtime.gathering_views import Part, joined, knows, shared
from hearth_server.realtime.news import News
from hearth_server.realtime.ports import Community
from hearth_server.rooms.gathering.formation import stage_of
from hearth_server.rooms.gathering.gathering import Now, begin
from hearth_server.rooms.identity import Identity
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room
from hearth_server.rooms.spawn import Spot

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard

LOOKED_AT_EVERY_S: Final = 0.25
ENDED: Final = "{} is over. Stay as long as you like."
_log = logger("hearth.gatherings")


class GatheringDesk:
    """The gatherings of a shard, one a room at most.

    Args:
        shard: whose rooms.
        community: who blocked whom, who keeps how gatherings go on, and who waits outside.
    """

    def __init__(self, shard: "Shard", community: Community) -> None:
        self._shard = shard
        self._relations = community.relations
        self.keeper = community.runs
        self._waiting = community.waiting
        self._held: dict[str, Held] = {}
        self._next_look_s = 0.0

    def now(self) -> Now:
        """Return this moment; the server's axis does not wrap here, only on the wire."""
        return Now(int(self._shard.now_s() * 1000.0), self._shard.company.wall_ms())

    def of(self, who: Participant) -> Held | None:
        """Return the gathering in somebody's room, if it goes on."""
        held = self._held.get(who.room_id)
        return held if held is not None and held.gathering.state != "ended" else None

    # --- what services tell (LiveRooms) ----------------------------------------------------------

    def begin(self, run: RunFacts) -> None:
        """A gathering's doors open, or it is here again after a restart."""
        held = self._held.get(run.room_id)
        if held is not None:
            if held.gathering.key == (run.event_id, run.original):
                self.update(run)
                return
            self._over(held)
        try:
            gathering = begin(run, self.now())
        except (KeyError, TypeError, ValueError):
            _log.exception("a gathering begins anew: what was kept of it cannot be read")
            gathering = begin(replace(run, live={}), self.now())
        held = self._held[run.room_id] = Held(self._shard, gathering, self._relations)
        room = self._shard.registry.opened(run.room_id)
        if room is not None:
            self.room_opened(room)

    def update(self, run: RunFacts) -> None:
        """An event was changed while it happens."""
        held = self._find(run.event_id, run.original)
        if held is None:
            return
        if held.room_id != run.room_id:
            # It goes on elsewhere, as it is.
            kept = held.gathering.kept(self.now())
            self._close(held, "This gathering moved to another room.", keep=False)
            self.begin(replace(run, live=kept.live, state=kept.state))
            return
        held.gathering.update(run, self.now().ms)

    def end(self, event_id: str, original: str, text: str) -> None:
        """An event is over, or was cancelled."""
        held = self._find(event_id, original)
        if held is not None:
            self._close(held, text)

    def end_in(self, room_id: str, text: str) -> None:
        """A room is not there any more, and so is what happened in it."""
        held = self._held.get(room_id)
        if held is not None:
            self._close(held, text)

    def now_in(self, room_id: str) -> GatheringNow | None:
        """Return what goes on in a room."""
        held = self._held.get(room_id)
        if held is None or held.gathering.state == "ended":
            return None
        return held.now(self.now())

    def forget(self, account: str, room_ids: Iterable[str]) -> None:
        """Somebody may not be in these rooms any more, and so is nothing in their gatherings."""
        for room_id in room_ids:
            held = self._held.get(room_id)
            if held is not None:
                held.gathering.forget(account, self.now().ms)

    def rooms_of(self, group_id: str) -> Iterator[str]:
        """Yield the rooms of a group in which something happens."""
        for room_id, held in list(self._held.items()):
            if held.gathering.facts.group_id == group_id:
                yield room_id

    def _find(self, event_id: str, original: str) -> Held | None:
        for held in self._held.values():
            if held.gathering.key == (event_id, original):
                return held
        return None

    def _over(self, held: Held) -> None:
        self._close(held, ENDED.format(held.gathering.facts.title))

    def _close(self, held: Held, text: str, *, keep: bool = True) -> None:
        """End a gathering and say why; nothing of it is told after its last word."""
        gathering = held.gathering
        gathering.said.append(text)
        gathering.end()
        room = self._shard.registry.opened(held.room_id)
        if room is not None:
            held.voice.close(room)
            self._settle(held, room)
            self._say(held, room)
            formed = "formation" in gathering.changed
            for who in room.people.values():
                for connection in self._shard.company.connections_of(who):
                    if knows(connection) and not connection.needs_roster:
                        if formed:
                            connection.tell(held.views.formation())
                        connection.tell(held.views.gathering(who))
        if keep:
            self._keep(held)
        del self._held[held.room_id]

    # --- people come and go ----------------------------------------------------------------------

    def room_opened(self, room: Room) -> None:
        """A room is open, or was changed: the stage is where it is now, and mats lie again."""
        held = self._held.get(room.settings.id)
        if held is None or room.commons is None:
            return
        held.views.anchor = stage_of(room.commons.design)
        if held.gathering.mats.kind != "none" and not room.commons.places.formed:
            held.mats.fit(room)
        held.gathering.changed.add("gathering")
        for who in room.people.values():
            self._arrive(held, who)

    def spot(self, identity: Identity | None, room: Room) -> Spot | None:
        """Return where somebody arrives who has a mat here."""
        held = self._held.get(room.settings.id)
        if held is None or identity is None:
            return None
        return held.mats.spot(identity.account_id)

    def arrived(self, who: Participant, room: Room) -> None:
        """Somebody came in whom nobody was told of yet."""
        held = self.of(who)
        if held is None:
            return
        if room.present <= 1:
            self.room_opened(room)
        else:
            self._arrive(held, who)
        if who.identity is not None and not who.identity.safe:
            held.mats.arrived(who, room, self.now().ms)

    def _arrive(self, held: Held, who: Participant) -> None:
        identity, gathering = who.identity, held.gathering
        if identity is None or identity.safe:
            return
        account = identity.account_id
        gathering.arrive(account)
        held.voice.arrived(who, self._shard.room_of(who))
        if account in gathering.stage.staged():
            gathering.changed.add("gathering")
        if account in gathering.hands or account in gathering.stage.floor:
            gathering.changed.add("hands")
        gathering.leaders_due = held.rows_due = True
        if self.keeper is not None:
            self.keeper.came(*gathering.key, account)

    def left(self, who: Participant) -> None:
        """Somebody's visit is over; what they are stays theirs for when they come back."""
        held, identity = self._held.get(who.room_id), who.identity
        if held is None or identity is None:
            return
        gathering, account = held.gathering, identity.account_id
        gathering.here.discard(account)
        if account in gathering.stage.staged():
            gathering.changed.add("gathering")
        if account in gathering.hands or account in gathering.stage.floor:
            gathering.changed.add("hands")
        # Told in this very tick: by the next look they may be somebody to be silent about.
        gathering.leaders_due = held.rows_due = held.rows_time = True
        held.due.discard(who.id)
        held.applause.forget(who.id)

    def settle(self, a: Participant, b: Participant) -> None:
        """Two came together or were parted: neither is told what they may not know."""
        held = self._held.get(a.room_id)
        if held is None or a.identity is None or b.identity is None:
            return
        held.due.update((a.id, b.id))
        held.rows_due = True
        if self._shard.apart.book.apart(a.id, b.id):
            one, other = a.identity.account_id, b.identity.account_id
            held.gathering.asks.withdraw(to=one, by=other)
            held.gathering.asks.withdraw(to=other, by=one)

    # --- voices ----------------------------------------------------------------------------------

    def staged(self, who: Participant) -> bool | None:
        """Say whether a gathering has somebody on its stage; None where nothing goes on."""
        held, identity = self.of(who), who.identity
        if held is None or identity is None:
            return None
        return held.voice.staged(identity.account_id)

    def speak_again(self, who: Participant) -> None:
        """Somebody opens their microphone."""
        held = self.of(who)
        if held is not None:
            held.voice.speak_again(who)

    def voices(self, now_s: float) -> None:
        """Before a step: who is heard follows what was decided."""
        for held in self._held.values():
            room = self._shard.registry.opened(held.room_id)
            if room is not None and held.gathering.state != "ended":
                held.voice.settle(room, now_s)

    # --- time passes -----------------------------------------------------------------------------

    def tick(self, now_s: float) -> None:
        """A few times a second: what time alone changes."""
        if not self._held or now_s < self._next_look_s:
            return
        self._next_look_s = now_s + LOOKED_AT_EVERY_S
        for held in list(self._held.values()):
            self._look(held)

    def lay_mats(self) -> None:
        """After everybody was told: a large formation goes on a little."""
        for held in self._held.values():
            room = self._shard.registry.opened(held.room_id)
            if room is not None and held.gathering.state != "ended":
                held.rows_due |= held.mats.go_on(room, self.now().ms)

    def _look(self, held: Held) -> None:
        gathering, room = held.gathering, self._shard.registry.opened(held.room_id)
        here: set[str] = set()
        if room is not None:
            here = {
                who.identity.account_id
                for who in room.people.values()
                if who.identity is not None and not who.identity.safe and self._connected(who)
            }
        held.take_outside(self._waiting)
        held.rows_time = True
        before = gathering.state
        gathering.look(here, self.now().ms)
        if room is not None:
            held.applause.due()
            held.look_at_checks(room)
        if gathering.state == "ended" and before != "ended":
            self._over(held)

    def rearranged(self, room: Room) -> None:
        """A room's design was changed: the stage is where it is now."""
        held = self._held.get(room.settings.id)
        if held is not None and room.commons is not None:
            held.views.anchor = stage_of(room.commons.design)
            held.gathering.changed.add("gathering")

    def claps(self, who: Participant, kind: ReactionKind) -> bool:
        """Count a reaction of an audience; False where it is shown as any other."""
        held = self.of(who)
        if held is None or who.identity is None or held.gathering.state == "doors":
            return False
        many = self._shard.room_of(who).present > COUNTED_FROM
        if not many or held.gathering.stage.role_of(who.identity.account_id) != "audience":
            return False
        held.applause.clap(who, kind)
        return True

    def _connected(self, who: Participant) -> bool:
        """Say whether somebody is there, if only with their console."""
        if self._shard.seats.connected[who.slot]:
            return True
        return next(self._shard.company.companions.of(who), None) is not None

    # --- people are told -------------------------------------------------------------------------

    def introduce(self, connection: "Connection", who: Participant, room: Room) -> None:
        """Tell a new connection what goes on, from the beginning."""
        held = self.of(who)
        if held is None or not knows(connection):
            return
        views, gathering = held.views, held.gathering
        connection.tell(views.gathering(who))
        for page in views.cues():
            connection.tell(page)
        connection.tell(views.timeline())
        if gathering.mats.kind != "none":
            connection.tell(views.formation())
        connection.tell(views.hands(who))
        assert who.identity is not None
        for ask in gathering.asks.of(who.identity.account_id):
            if ask not in gathering.asks.fresh:
                connection.tell(held.ask(ask, who))
        held.rows_due = True

    def news(self, room: Room) -> News | None:
        """Return what changed in a room's gathering since the last tick, and start afresh."""
        held = self._held.get(room.settings.id)
        if held is None:
            return None
        if held.gathering.state == "ended":
            self._over(held)
            return None
        self._settle(held, room)
        self._say(held, room)
        parts = self._parts(held, room)
        self._leaders(held, room)
        if held.gathering.unsaved:
            self._keep(held)
        return joined(parts, room, self._shard)

    def _parts(self, held: Held, room: Room) -> list[Part]:
        gathering, views = held.gathering, held.views
        changed, gathering.changed = gathering.changed, set()
        parts = []
        if "gathering" in changed:
            parts.append(views.gathering_news(room))
        if "cues" in changed:
            parts.append(shared(views.cues()))
        if "timeline" in changed:
            parts.append(shared([views.timeline()]))
        if "formation" in changed:
            parts.append(shared([views.formation()]))
        if "hands" in changed:
            parts.append(views.hands_news(room))
        parts += held.applause.take(room)
        personal = held.personal(room, whole="gathering" in changed, queue="hands" in changed)
        if personal is not None:
            parts.append(personal)
        return parts

    def _settle(self, held: Held, room: Room) -> None:
        """Bring what hangs on a gathering to what it says now."""
        commons, mats = room.commons, held.gathering.mats
        if commons is not None and commons.places.formed and mats.kind == "none":
            held.mats.fit(room)

    def _say(self, held: Held, room: Room) -> None:
        said, held.gathering.said = held.gathering.said, []
        for text in said:
            for who in list(room.people.values()):
                self._shard.company.notice(who, "gathering", text)

    def _leaders(self, held: Held, room: Room) -> None:
        if not (held.rows_due and held.rows_time):
            return
        held.rows_due = held.rows_time = False
        leaders = [
            (connection, who)
            for who in room.people.values()
            if held.views.leads(who)
            for connection in self._shard.company.connections_of(who)
            if knows(connection) and not connection.needs_roster
        ]
        held.leaders.look(room, leaders)

    def _keep(self, held: Held) -> None:
        held.gathering.unsaved = False
        if self.keeper is not None:
            self.keeper.keep(held.gathering.kept(self.now()))
