"""Tells the live rooms what a change of a whole group means for those who are in them now."""

from collections.abc import Sequence

from hearth_server.community.groups import Group, Standing
from hearth_server.community.permissions import Right, Role
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import standing_in
from hearth_server.services.store import Tx


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
