"""Tells the live rooms what a change of a whole group means for those who are in them now."""

from collections.abc import Sequence
from typing import Final

from hearth_server.community.groups import Group, Standing
from hearth_server.community.permissions import Right, Role
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import standing_in
from hearth_server.services.store import Tx

LINK_TAKEN_BACK: Final = "Your guest link was taken back. Ask whoever sent it for another one."


async def standings_of_present(
    parts: ServiceParts, tx: Tx, group: Group, rooms: Sequence[str]
) -> list[Standing]:
    """Return what everybody in these rooms may do now; ask inside the transaction of a change."""
    present = parts.live.accounts_in(rooms)
    accounts = {each for here in present.values() for each in here if each is not None}
    return [await standing_in(parts, tx, group, account_id) for account_id in sorted(accounts)]


def tell_present(parts: ServiceParts, standings: Sequence[Standing], rooms: Sequence[str]) -> None:
    """Put out whoever may not be here any more, and tell the rooms the rights of the others."""
    for standing in standings:
        group = standing.group
        guest = standing.role is Role.GUEST and not group.guests_allowed
        if standing.account_id is None:
            continue
        if guest:
            parts.live.put_out(standing.account_id, rooms, f"{group.name} has no guests any more.")
        elif standing.may(Right.ENTER_ROOMS):
            parts.live.standing_changed(standing)
        else:
            text = f"{group.name} was archived." if group.archived else "The group is closed now."
            parts.live.put_out(standing.account_id, rooms, text)


async def stranded_guests(
    parts: ServiceParts, tx: Tx, group: Group, rooms: Sequence[str]
) -> list[str]:
    """Return the guests in these rooms whose links no longer hold; ask inside the transaction."""
    present = await standings_of_present(parts, tx, group, rooms)
    return [
        each.account_id
        for each in present
        if each.role is Role.GUEST and each.account_id is not None and not each.rights
    ]


def see_out(parts: ServiceParts, guests: Sequence[str], rooms: Sequence[str]) -> None:
    """Put out guests whose links were taken back."""
    for account_id in guests:
        parts.live.put_out(account_id, rooms, LINK_TAKEN_BACK)
