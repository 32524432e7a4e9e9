"""A group as one person sees it: what they are to it, what they may do, who and what is there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from hearth_server.community.accounts import Caller
from hearth_server.community.groups import Group, Standing
from hearth_server.community.norms import Norms
from hearth_server.community.permissions import Right, Role
from hearth_server.community.sanctions import Sanction
from hearth_server.community.spans import DAY_MS
from hearth_server.errors import Refusal
from hearth_server.services.groups.doors import RoomDoor, doors
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import NO_GROUP, hidden, standing_for
from hearth_server.services.store import Tx

State = Literal["none", "requested", "member", "waiting"]
#: For so long whoever asked to join reads that they were declined.
DECLINED_TOLD_MS: Final = 14 * DAY_MS


@dataclass(frozen=True, slots=True)
class Counted:
    """A group with the headcounts that one viewer gets: nobody kept apart from them is in it."""

    group: Group
    members: int
    present: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for whoever has the right to answer; None without the right."""

    requests: int | None
    reports: int | None


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group's page for one viewer.

    Attributes:
        counted: the group and its headcounts.
        closed: whether only name, purpose and norms are shown.
        norms: those in force.
        rooms: its doors, none on a closed page.
        standing: the viewer's.
        state: how far they are on their way in.
        sanction: a ban or mute of the viewer in force.
        declined_ms: when the viewer's request to join was declined, for a while after.
        waiting: open requests and reports.
    """

    counted: Counted
    closed: bool
    norms: Norms | None
    rooms: Sequence[RoomDoor]
    standing: Standing
    state: State
    sanction: Sanction | None
    waiting: Waiting
    declined_ms: int | None = None

    @property
    def group(self) -> Group:
        """The group itself."""
        return self.counted.group


class GroupPages:
    """Shows groups."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def page(self, id_or_slug: str, caller: Caller | None) -> GroupView | Refusal:
        """Return a group's page, unless the group is not for this viewer to know of."""
        async with self._parts.store.reading() as tx:
            return await self.page_in(tx, id_or_slug, caller)

    async def page_in(self, tx: Tx, id_or_slug: str, caller: Caller | None) -> GroupView | Refusal:
        """Return the same inside a transaction: what it changed is seen already."""
        group = await tx.groups.group(id_or_slug)
        if group is None:
            return NO_GROUP
        standing = await standing_for(self._parts, tx, group, caller)
        return NO_GROUP if hidden(standing) else await self.view(tx, standing)

    async def view(self, tx: Tx, standing: Standing) -> GroupView:
        """Return the page of a group that the viewer may know of."""
        group = standing.group
        closed = not standing.may(Right.SEE_GROUP)
        (counted,) = await counted_for(self._parts, tx, [group], standing.account_id, standing)
        rooms = await doors(self._parts, tx, standing)
        if standing.role is Role.GUEST:
            counted = replace(counted, present=sum(door.present for door in rooms))
        return GroupView(
            counted=counted,
            closed=closed,
            norms=await tx.groups.norms(group.id, group.norms_version),
            rooms=rooms,
            standing=standing,
            state=await self._state(tx, standing),
            sanction=self._sanction(standing),
            waiting=await self._waiting(tx, standing),
            declined_ms=await self._declined_ms(tx, standing),
        )

    async def _state(self, tx: Tx, standing: Standing) -> State:
        group = standing.group
        if standing.role is not None and standing.role is not Role.GUEST:
            waits = not standing.signed and group.visibility != "listed"
            return "waiting" if waits else "member"
        if standing.account_id is None:
            return "none"
        asked = await tx.groups.open_request(group.id, standing.account_id)
        return "requested" if asked is not None else "none"

    async def _declined_ms(self, tx: Tx, standing: Standing) -> int | None:
        if standing.account_id is None or standing.role not in (None, Role.GUEST):
            return None
        last = await tx.groups.decided_request(standing.group.id, standing.account_id)
        if last is None or last.state != "declined" or last.decided_ms is None:
            return None
        told = self._parts.now_ms() - last.decided_ms < DECLINED_TOLD_MS
        return last.decided_ms if told else None

    def _sanction(self, standing: Standing) -> Sanction | None:
        if standing.account_id is None:
            return None
        now_ms = self._parts.now_ms()
        book = self._parts.sanctions
        own = book.of(standing.group.id, standing.account_id, now_ms)
        whole = [each for each in own if each.kind in ("ban", "mute")]
        return min(whole, key=lambda each: (each.kind, each.created_ms), default=None)

    async def _waiting(self, tx: Tx, standing: Standing) -> Waiting:
        group_id = standing.group.id
        requests = reports = None
        if standing.may(Right.ANSWER_REQUESTS):
            requests = await tx.groups.count_requests(group_id)
        if standing.may(Right.SEE_REPORTS):
            reports = await tx.moderation.count_reports(group_id, hidden_reports_of(standing))
        return Waiting(requests, reports)


def hidden_reports_of(standing: Standing) -> str | None:
    """Return the account about which a moderator sees no reports: their own, but for owners."""
    return None if standing.role is Role.OWNER else standing.account_id


async def counted_for(
    parts: ServiceParts,
    tx: Tx,
    groups: Sequence[Group],
    viewer: str | None,
    standing: Standing | None = None,
) -> list[Counted]:
    """Return groups with headcounts that leave out whoever is kept apart from the viewer.

    Args:
        parts: relations and live rooms.
        tx: a transaction.
        groups: which groups.
        viewer: account of who looks; None for somebody not signed in.
        standing: the viewer's in the group, if all are one: moderators on duty see everybody.
    """
    ids = [group.id for group in groups]
    if standing is not None:
        apart = parts.relations.unseen_by(standing)
    else:
        apart = parts.relations.apart_from(viewer) if viewer is not None else frozenset[str]()
    left_out = await tx.groups.count_among(ids, apart)
    rooms = await tx.groups.room_ids(ids)
    present = parts.live.accounts_in([room for each in rooms.values() for room in each])
    return [
        Counted(
            group,
            group.members - left_out.get(group.id, 0),
            sum(each not in apart for room in rooms[group.id] for each in present.get(room, ())),
        )
        for group in groups
    ]
