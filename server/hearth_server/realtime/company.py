"""People of groups' rooms by their accounts: satisfies `services.live.LiveRooms`.

One account has one avatar on a node. What services decide (a block, a mute, a role, a ban) acts
here between ticks, so it holds on the next tick's bytes.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from hearth_protocol.errors import CloseCode
from hearth_protocol.group_room import Notice, YouNow
from hearth_server.clock import Clock, wall_ms
from hearth_server.community.accounts import Account, Boundary
from hearth_server.community.entering import AtDoor, GroupGrant, RoomFacts, kept_out
from hearth_server.community.events.doors import leads_into
from hearth_server.community.events.runs import GatheringNow, RunFacts
from hearth_server.community.groups import Standing
from hearth_server.community.permissions import Right
from hearth_server.community.spaces import is_full, may_enter
from hearth_server.realtime.companions import Companions
from hearth_server.realtime.ports import Community
from hearth_server.realtime.presence import Presence
from hearth_server.realtime.taking_over import TakingOver
from hearth_server.realtime.ties import Ties
from hearth_server.realtime.voided import Voided
from hearth_server.rooms.identity import Identity
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room
from hearth_server.services.live import RoomLine

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard

Refused = tuple[CloseCode, str | None]
ELSEWHERE = "You are here on another device already. Choose there or here, then enter again."


class Company(Presence):
    """Accounts present, and what becomes of them.

    Args:
        shard: whose rooms.
        community: the books in memory, and who keeps what is said and moved.
        clock: tells the time by which sanctions expire.

    Attributes:
        by_account: participants of groups' rooms, by account.
        companions: second connections beside an avatar.
        ties_due: those whose friends or mutes among the present changed this tick.
    """

    def __init__(self, shard: "Shard", community: Community, clock: Clock) -> None:
        super().__init__(shard)
        self._books = community
        self._clock = clock
        self.companions = Companions(shard)
        self.ties = Ties(shard, community.relations, community.keeper)
        self.ties_due: set[Participant] = set()
        self._taking_over = TakingOver(shard)
        self._voided = Voided(clock)

    def wall_ms(self) -> int:
        """Milliseconds since the Unix epoch."""
        return wall_ms(self._clock)

    def connections_of(self, who: Participant) -> Iterator["Connection"]:
        """Yield the connections of somebody: their avatar's, then their companions'."""
        seat = self._shard.seats.connection[who.slot]
        if seat is not None:
            yield seat
        yield from self.companions.of(who)

    # --- the door --------------------------------------------------------------------------------

    def refuses(self, grant: GroupGrant) -> Refused | None:
        """Say why a ticket opens nothing any more; asked at hello, with the books in memory."""
        room_id, account_id = grant.room_id, grant.account.id
        if self._voided.since(grant.stamp, (account_id, room_id)):
            return CloseCode.TICKET_UNKNOWN, None
        if not leads_into(grant.passed, self.gathering_in(room_id)):
            return CloseCode.TICKET_UNKNOWN, None
        refusal = kept_out(
            self._books.sanctions, self._at_door(grant.facts, grant.standing, grant.device)
        )
        if refusal is not None:
            return CloseCode.REMOVED, refusal.text
        older = self.by_account.get(account_id)
        in_the_way = older is not None and self._shard.seats.connection[older.slot] is not None
        if self.companions.joins(grant):
            return None
        if in_the_way and grant.how != "move":
            return CloseCode.REPLACED, ELSEWHERE
        return self._no_seat(grant, older)

    def _no_seat(self, grant: GroupGrant, older: Participant | None) -> Refused | None:
        room = self._shard.registry.opened(grant.room_id)
        facts = room.commons.facts if room is not None and room.commons else grant.facts
        taken = room.present if room is not None else 0
        if older is not None and older.room_id == grant.room_id:
            taken -= 1
        promised = grant.passed is not None
        refusal = is_full(facts.room, grant.standing, taken, promised=promised)
        if refusal is None and older is None:
            refusal = self._shard.registry.node_full()
        return (CloseCode.ROOM_FULL, refusal.text) if refusal is not None else None

    def may_come_back(self, who: Participant) -> Refused | None:
        """Say why somebody with a resume token may not come back; asked of the books again."""
        identity, commons = who.identity, self._shard.room_of(who).commons
        if identity is None or commons is None:
            return None
        refusal = kept_out(
            self._books.sanctions, self._at_door(commons.facts, identity.standing, identity.device)
        )
        return (CloseCode.REMOVED, refusal.text) if refusal is not None else None

    def _at_door(self, facts: RoomFacts, standing: Standing, device: bytes | None) -> AtDoor:
        assert standing.account_id is not None
        return AtDoor(
            group_id=facts.group.id,
            group_name=facts.group.name,
            room_id=facts.room.id,
            account_id=standing.account_id,
            role=standing.role,
            device=device,
            now_ms=self.wall_ms(),
        )

    def make_way(self, account_id: str) -> None:
        """One account, one avatar: an older visit ends."""
        older = self.by_account.get(account_id)
        if older is not None:
            self._taking_over.put_by(older)
            self._end(older, CloseCode.REPLACED, None)

    # --- people come and go ----------------------------------------------------------------------

    def arrived(self, who: Participant, room: Room) -> None:
        """Somebody came in whom nobody was told of yet."""
        identity = who.identity
        if identity is None:
            return
        self.by_account[identity.account_id] = who
        self._taking_over.hand_over(who)
        self._shard.apart.arrive(who, room)
        self.ties.arrive(who)
        self._shard.safety.arrive(who)
        self._shard.gatherings.arrived(who, room)

    def left(self, who: Participant) -> None:
        """Somebody's visit is over."""
        identity = who.identity
        if identity is None:
            return
        if self.by_account.get(identity.account_id) is who:
            del self.by_account[identity.account_id]
        self._shard.gatherings.left(who)
        self._shard.commons.let_go(who)
        self._shard.safety.left(who)
        self._shard.near.left(who)
        self.companions.end(who)
        self.ties.leave(who)
        self.ties_due.discard(who)

    def _end(self, who: Participant, code: CloseCode, text: str | None) -> None:
        connections = list(self.connections_of(who))
        self._shard.leave(who)
        for connection in connections:
            connection.close(code, text)

    # --- what services tell (LiveRooms) ----------------------------------------------------------

    def related(self, a: str, b: str, /) -> None:
        """The relations of two accounts changed."""
        one, other = self.by_account.get(a), self.by_account.get(b)
        if one is None or other is None or one.room_id != other.room_id or one is other:
            return
        self._shard.apart.settle(one, other)
        self.ties.settle(one, other)
        self.ties_due.update((one, other))

    def boundary_changed(self, account_id: str, boundary: Boundary, /) -> None:
        """Somebody changed their personal boundary."""
        who = self.by_account.get(account_id)
        if who is not None and who.identity is not None:
            who.identity.boundary = boundary
            self._shard.safety.apply(who)

    def look_changed(self, account: Account, /) -> None:
        """Somebody changed their name or how they look."""
        who = self.by_account.get(account.id)
        if who is None or who.identity is None:
            return
        who.identity.account = account
        look = {
            name: getattr(account, name) for name in ("name", "primary", "secondary", "pattern")
        }
        self._shard.room_of(who).update(who, who.person.model_copy(update=look))

    def standing_changed(self, standing: Standing, /, *, told: str = "") -> None:
        """What somebody may do in a group changed."""
        account_id = standing.account_id
        if account_id is None:
            return
        self._voided.put(account_id)
        if standing.role is None:
            gatherings = self._shard.gatherings
            gatherings.forget(account_id, gatherings.rooms_of(standing.group.id))
        who = self.by_account.get(account_id)
        identity = who.identity if who is not None else None
        if who is None or identity is None or identity.standing.group.id != standing.group.id:
            return
        room = self._shard.room_of(who)
        assert room.commons is not None
        refusal = may_enter(room.commons.facts.room, standing)
        if refusal is not None:
            self._shard.gatherings.forget(account_id, (who.room_id,))
            self._end(who, CloseCode.REMOVED, refusal.text)
            return
        before, identity.standing = identity.standing, standing
        self._show_standing(who, identity, before, told)

    def _show_standing(
        self, who: Participant, identity: Identity, before: Standing, told: str
    ) -> None:
        standing = identity.standing
        new = identity.is_new(self.wall_ms())
        update = {"role": identity.role, "new": new}
        self._shard.room_of(who).update(who, who.person.model_copy(update=update))
        self._shard.safety.apply(who)
        self._tell_you(who, identity)
        if standing.may(Right.SEE_REPORTS) != before.may(Right.SEE_REPORTS):
            self._shard.apart.settle_all(who)
        if told:
            # Also to whom nobody heard anyway: a mute has a reason and an end.
            self.notice(who, "muted", told)
        elif standing.may(Right.SPEAK) != before.may(Right.SPEAK):
            if standing.may(Right.SPEAK):
                self.notice(who, "unmuted", "You may speak again.")
            else:
                self.notice(who, "muted", "You were muted: nobody hears you now.")
        if standing.role != before.role or standing.listener != before.listener:
            self.notice(who, "role_changed", f"Here you are now: {identity.role}.")

    def _tell_you(self, who: Participant, identity: Identity) -> None:
        commons = self._shard.room_of(who).commons
        assert commons is not None
        for connection in self.connections_of(who):
            companion = connection.participant is not who
            you = identity.you(forced=commons.forced, companion=companion)
            connection.tell(YouNow(you=you))

    def put_out(
        self, account_id: str, room_ids: Collection[str], text: str, /, *, waits: bool = False
    ) -> None:
        """Put somebody out of these rooms now."""
        self._voided.put(account_id)
        self._shard.gatherings.forget(account_id, room_ids)
        who = self.by_account.get(account_id)
        if who is not None and who.room_id in room_ids:
            self._end(who, CloseCode.AT_THE_DOOR if waits else CloseCode.REMOVED, text)

    def sign_off(self, account_id: str, session_ids: Collection[str] | None, text: str, /) -> None:
        """Some of somebody's devices were signed out, or all: what they have open here ends."""
        self._voided.put(account_id)
        who = self.by_account.get(account_id)
        if who is None or who.identity is None:
            return

        def meant(session_id: str | None) -> bool:
            return session_ids is None or session_id is None or session_id in session_ids

        if meant(who.identity.session_id):
            self._end(who, CloseCode.REMOVED, text)
            return
        for connection in self.companions.of(who):
            if meant(connection.session_id):
                connection.close(CloseCode.REMOVED, text)

    def room_changed(self, room_id: str, /) -> None:
        """A room changed: tickets to it are void, and if it is open it is read anew."""
        self._voided.put(room_id)
        room = self._shard.registry.opened(room_id)
        if room is not None and room.commons is not None and self._books.keeper is not None:
            self._books.keeper.refresh(room_id)

    def refreshed(self, room_id: str, facts: RoomFacts | None, /) -> None:
        """A room was read anew: whatever changed holds now; who may not stay is put out."""
        room = self._shard.registry.opened(room_id)
        if room is None or room.commons is None:
            return
        if facts is None or facts.room.archived or facts.group.archived:
            text = f"{room.settings.title} was archived. Choose another room."
            self._shard.gatherings.end_in(room_id, text)
            for who in list(room.people.values()):
                self._end(who, CloseCode.REMOVED, text)
        else:
            self._shard.rearranging.take_over(room, facts)

    def say_line(self, line: RoomLine, /) -> None:
        """Show a line in the group's rooms."""
        self._shard.channels.show(line)

    def begin_channel(self, group_id: str, /) -> bool:
        """Collect a group's lines from now on."""
        return self._shard.channels.begin(group_id)

    def fill_channel(self, group_id: str, lines: Sequence[RoomLine], /) -> None:
        """Take the lines from before."""
        self._shard.channels.fill(group_id, lines)

    def notice(self, who: Participant, code: str, text: str) -> None:
        """Tell somebody that something changed."""
        for connection in self.connections_of(who):
            connection.tell(Notice(code=code, text=text))

    def gathering_in(self, room_id: str, /) -> GatheringNow | None:
        """Return what goes on in a room."""
        return self._shard.gatherings.now_in(room_id)

    def begin_gathering(self, run: RunFacts, /) -> None:
        """A gathering's doors open, or it goes on after a restart."""
        self._shard.gatherings.begin(run)

    def update_gathering(self, run: RunFacts, /) -> None:
        """An event changed while it happens."""
        self._shard.gatherings.update(run)

    def end_gathering(self, event_id: str, original: str, text: str, /) -> None:
        """An event is over."""
        self._shard.gatherings.end(event_id, original, text)

    def stamp(self) -> int:
        """Return what a ticket carries from before anything for it was looked up."""
        return self._voided.stamp()

    # --- now and then ----------------------------------------------------------------------------

    def expire(self, now_s: float) -> None:
        """About once a second: mutes that ran out, and companions that fell silent."""
        self.companions.sweep(now_s)
        self._voided.forget_old()
        self._shard.channels.expire(now_s)
        if self._books.keeper is None:
            return
        now_ms = self.wall_ms()
        for account_id, who in self.by_account.items():
            standing = who.identity.standing if who.identity is not None else None
            if standing is not None and standing.sanctions:
                kinds = self._books.sanctions.kinds(standing.group.id, account_id, now_ms)
                if kinds != standing.sanctions:
                    self._books.keeper.recheck(account_id, standing.group.id)
