"""What somebody's own client needs to know first: who they are, where they belong, what is new."""

from collections.abc import Sequence
from dataclasses import dataclass

from hearth_server.community.accounts import Account, Caller, Session
from hearth_server.community.groups import Group, Standing
from hearth_server.community.permissions import Right
from hearth_server.community.spaces import Door
from hearth_server.services.identity.guests import came_along
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import standings_of
from hearth_server.services.store import Tx
from hearth_server.services.talk.viewing import readable, unread_of, viewer_of


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
    """Who somebody is; all None and empty for a stranger.

    Attributes:
        brought: whether they are a guest for a day of an event alone, and make no account of it.
    """

    account: Account | None
    session: Session | None
    groups: Sequence[OwnGroup]
    setup_needed: bool
    brought: bool = False


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
            standings = await standings_of(self._parts, tx, caller.account.id)
            doors = await tx.rooms.doors([each.group.id for each in standings])
            groups = [await self._own(tx, each, doors[each.group.id], caller) for each in standings]
            brought = caller.account.kind == "guest" and await came_along(tx, caller.account)
        return Me(caller.account, caller.session, groups, setup_needed, brought)

    async def _own(
        self, tx: Tx, standing: Standing, doors: Sequence[Door], caller: Caller
    ) -> OwnGroup:
        eyes = viewer_of(self._parts, standing, caller.session.room_id)
        unread, mentions = await unread_of(tx, eyes, readable(eyes, doors))
        present = 0
        if standing.may(Right.SEE_GROUP):
            # A guest knows of one room.
            known = readable(eyes, doors) if eyes.guest else doors
            here = self._parts.live.accounts_in([each.id for each in known if not each.archived])
            present = sum(who not in eyes.apart for people in here.values() for who in people)
        return OwnGroup(standing, unread, mentions, present)
