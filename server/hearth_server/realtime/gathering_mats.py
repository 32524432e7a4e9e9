"""Formations in a room: mats laid out, offered, taken, and given back. Nobody is moved by force."""

from typing import TYPE_CHECKING, Final

import numpy as np

from hearth_protocol.errors import ErrorCode
from hearth_protocol.gathering import FormationKind
from hearth_protocol.limits import MATS_MAX
from hearth_server.community.relations import RelationBook
from hearth_server.rooms.gathering.formation import (
    Laying,
    Mats,
    People,
    assign,
    floor_of,
    late,
    stage_of,
)
from hearth_server.rooms.gathering.gathering import Gathering
from hearth_server.rooms.gathering.mats import MatBook
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room
from hearth_server.rooms.spawn import Spot

if TYPE_CHECKING:
    from hearth_server.realtime.shard import Shard

OFFER: Final = "A mat is free for you. Go there?"
#: Beyond those who are there, so that whoever comes late finds a mat: at least, and by share.
SPARE_LEAST: Final = 4
SPARE_SHARE: Final = 0.25
_EYES_M: Final = 1.6


class MatsDesk:
    """The formation of one room's gathering.

    Args:
        shard: whose people they are.
        gathering: the gathering.
        relations: who is whose friend.
    """

    def __init__(self, shard: "Shard", gathering: Gathering, relations: RelationBook) -> None:
        self._shard = shard
        self._gathering = gathering
        self._relations = relations
        self._laying: tuple[FormationKind, Laying] | None = None

    @property
    def _book(self) -> MatBook:
        return self._gathering.mats

    # --- it is laid out, and taken away ----------------------------------------------------------

    def form(self, room: Room, kind: FormationKind, now_ms: int, expected: int = 0) -> int:
        """Lay mats out and offer everybody one; "none" takes them away.

        There are some to spare, and more where more people are `expected` than are here.

        For many people that takes some ticks, so that rooms have theirs; what lies meanwhile is
        what lay before. Return how many will lie at least; where none fits nothing changes.
        """
        commons = room.commons
        assert commons is not None
        count = max(len(self._students(room)), expected) if kind != "none" else 0
        wished = count + max(SPARE_LEAST, round(count * SPARE_SHARE)) if kind != "none" else 0
        design = commons.design
        laying = Laying(kind, min(wished, MATS_MAX), floor_of(design), stage_of(design))
        # Whoever asks again meanwhile wants this one and not the other.
        self._laying = (kind, laying)
        self.go_on(room, now_ms)
        if kind != "none" and not laying.least:
            self._laying = None
        return laying.least

    def begin(self, room: Room, now_ms: int) -> None:
        """It begins: mats lie as the event has it, unless whoever leads chose otherwise before."""
        kind = self._gathering.facts.formation
        if kind != "none" and self._book.version == 0 and self._laying is None:
            self.form(room, kind, now_ms, self._gathering.facts.expected)

    def go_on(self, room: Room, now_ms: int) -> bool:
        """Go on with what is being laid out; True if it lies now and was offered to everybody.

        Who is who and who is where is asked when the mats are given out, all of them at once.
        """
        if self._laying is None:
            return False
        kind, laying = self._laying
        mats = laying.go_on()
        if mats is None or (kind != "none" and not len(mats)):
            return False
        self._laying = None
        self._gathering.asks.withdraw(kind="mat")
        self._book.lay(kind, mats.wire())
        self._gathering.tell("formation")
        self.fit(room)
        people = self._students(room) if kind != "none" else []
        for who, at in zip(people, assign(mats, self._people(people)).tolist(), strict=True):
            if at >= 0:
                self._offer(who, at, now_ms)
        return True

    def fit(self, room: Room) -> None:
        """Let the mats be the room's places, or its own ones again; nobody has one by that."""
        commons = room.commons
        if commons is None:
            return
        formed = self._book.kind != "none"
        for who_id in commons.places.form(self._book.places() if formed else None):
            who = room.people.get(who_id)
            if who is not None:
                self._shard.commons.seated(who, None)

    def _students(self, room: Room) -> list[Participant]:
        """Everybody to whom a mat is offered: all but those who stand on stage."""
        stage = self._gathering.stage
        return [
            who
            for who in room.people.values()
            if who.identity is not None
            and not who.identity.safe
            and stage.role_of(who.identity.account_id) in ("audience", "co_host")
        ]

    def _people(self, people: list[Participant]) -> People:
        world, book = self._shard.world, self._shard.apart.book
        slots = [who.slot for who in people]
        row_of = {who.id: row for row, who in enumerate(people)}
        accounts = [who.identity.account_id for who in people if who.identity is not None]
        row_by_account = {account: row for row, account in enumerate(accounts)}
        apart = {
            (min(row, row_of[other]), max(row, row_of[other]))
            for row, who in enumerate(people)
            for other in book.of(who.id)
            if other in row_of
        }
        friends = {
            (min(row, row_by_account[friend]), max(row, row_by_account[friend]))
            for row, account in enumerate(accounts)
            for friend in self._relations.friends_of(account)
            if friend in row_by_account
        }
        access = self._gathering.facts.access
        return People(
            xz=np.asarray(world.pose[slots][:, 0:3:2], np.float64).reshape(-1, 2),
            access=frozenset(row for row, each in enumerate(accounts) if each in access),
            friends=tuple(sorted(friends)),
            apart=tuple(sorted(apart)),
        )

    def _offer(self, who: Participant, at: int, now_ms: int) -> None:
        assert who.identity is not None
        account, mat = who.identity.account_id, self._book.mats[at]
        self._book.offer(account, mat.id)
        self._gathering.asks.put("mat", account, None, OFFER, now_ms, mat=mat.id)

    # --- people come, claim and leave ------------------------------------------------------------

    def arrived(self, who: Participant, room: Room, now_ms: int) -> None:
        """Somebody came: they have their mat again, or are offered one that is free."""
        identity = who.identity
        if self._book.kind == "none" or identity is None:
            return
        account, stage = identity.account_id, self._gathering.stage
        mat = self._book.of(account)
        if mat is not None and self.sit(who, room, mat.id) is None:
            return
        if self._book.offered.get(account) or stage.role_of(account) not in (
            "audience",
            "co_host",
        ):
            return
        free = self._late(who, room)
        if free is not None:
            self._offer(who, free, now_ms)

    def _late(self, who: Participant, room: Room) -> int | None:
        commons, book = room.commons, self._book
        assert commons is not None
        used = book.used(self._gathering.here)
        number_of = {mat.id: index for index, mat in enumerate(book.mats)}
        apart = []
        for other in self._shard.apart.of(who):
            them = room.people.get(other)
            if them is not None and them.identity is not None:
                account = them.identity.account_id
                mat_id = book.taken.get(account) or book.offered.get(account)
                if mat_id in number_of:
                    apart.append(number_of[mat_id])
        mats = Mats.of(book.kind, book.mats, stage_of(commons.design))
        x, _, z = (float(value) for value in self._shard.world.pose[who.slot][:3])
        return late(mats, used, apart, (x, z))

    def spot(self, account: str) -> Spot | None:
        """Return where somebody arrives who has a mat."""
        mat = self._book.of(account)
        if mat is None:
            return None
        return Spot(mat.x, 0.0, mat.z, float(np.radians(mat.yaw_deg)))

    def sit(self, who: Participant, room: Room, mat_id: str) -> ErrorCode | None:
        """Somebody takes the mat that is theirs, wherever they stand."""
        commons = room.commons
        assert commons is not None
        outcome = commons.places.take(who.id, mat_id)
        if outcome is None:
            self._shard.commons.seated(who, commons.places.has(who.id))
        return outcome

    def may_claim(self, account: str, place_id: str) -> ErrorCode | None:
        """Say why a mat cannot be somebody's: it is kept for another."""
        if self._book.kind == "none":
            return None
        owner = self._book.owner(place_id)
        if owner is None or owner == account or owner not in self._gathering.here:
            return None
        return ErrorCode.TAKEN

    def claimed(self, account: str, place_id: str) -> None:
        """Somebody took a mat by going there."""
        if self._book.kind == "none":
            return
        owner = self._book.owner(place_id)
        if owner is not None and owner != account:
            self._book.free(owner)
            self._gathering.asks.withdraw(to=owner, kind="mat")
        self._gathering.asks.withdraw(to=account, kind="mat")
        self._book.take(account, place_id)
        self._gathering.touch(account)

    def left(self, account: str) -> None:
        """Somebody got up and does not come back to their mat."""
        if self._book.kind != "none" and account in self._book.taken:
            self._book.free(account)
            self._gathering.touch(account)
