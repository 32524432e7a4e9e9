"""What somebody's own client needs to know first: who they are, where they belong, what is new."""

from collections.abc import Sequence
from dataclasses import dataclass

from hearth_server.community.accounts import Account, Caller, Session
from hearth_server.community.groups import Group, Standing, standing_of
from hearth_server.community.permissions import Right, Role
from hearth_server.community.ports.leaving import Place
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import with_link
from hearth_server.services.store import Tx
from hearth_server.services.talk.viewing import unread_of, viewer_of


@dataclass(frozen=True, slots=True)
class OwnGroup:
    """A group in somebody's list, with what is new there for them."""

    standing: Standing
    unread: int
    mentions: int
    present: int

    @property
    def group(self) -> Group:
        """Which group."""
        return self.standing.group


@dataclass(frozen=True, slots=True)
class Me:
    """Who somebody is; all None and empty for a stranger."""

    account: Account | None
    session: Session | None
    groups: Sequence[OwnGroup]
    setup_needed: bool


class Overview:
    """Answers what a client asks first."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def me(self, caller: Caller | None) -> Me:
        """Return who is calling, signed in or not."""
        async with self._parts.store.reading() as tx:
            setup_needed = not await tx.identity.has_operator()
            if caller is None:
                return Me(None, None, (), setup_needed)
            places = await tx.identity.places(caller.account.id)
            groups = [await self._own(tx, place, caller) for place in places]
        return Me(caller.account, caller.session, groups, setup_needed)

    async def _own(self, tx: Tx, place: Place, caller: Caller) -> OwnGroup:
        parts, viewer = self._parts, caller.account.id
        kinds = parts.sanctions.kinds(place.group.id, viewer, parts.now_ms())
        standing = standing_of(place.group, viewer, place.membership, kinds)
        standing = await with_link(tx, standing)
        eyes = viewer_of(parts, standing, caller.session.room_id)
        unread, mentions = await unread_of(tx, eyes)
        present = 0
        if standing.may(Right.SEE_GROUP):
            # A guest knows of one room.
            own = (caller.session.room_id,) if standing.role is Role.GUEST else place.room_ids
            here = parts.live.presence([each for each in own if each in place.room_ids]).values()
            everybody = [person for people in here for person in people]
            seen = parts.relations.seen_by(viewer, everybody, lambda each: each.account_id)
            present = sum(1 for _ in seen)
        return OwnGroup(standing, unread, mentions, present)
