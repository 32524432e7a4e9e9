"""Looks up what somebody may do in a group, for every other use case."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.groups import Group, Standing, standing_of
from hearth_server.community.membership import Invite
from hearth_server.community.permissions import RIGHT_WORDS, Right, Role
from hearth_server.errors import Refusal
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx

NO_GROUP: Final = Refusal("group_not_found", "There is no such group here. Check the link.")
SIGN_IN: Final = Refusal("sign_in_needed", "Sign in first, then try again.")


async def standing_in(
    parts: ServiceParts, tx: Tx, group: Group, account_id: str | None
) -> Standing:
    """Return what somebody may do in a group now.

    Args:
        parts: books and time.
        tx: a transaction.
        group: which group.
        account_id: who; None for somebody not signed in.
    """
    if account_id is None:
        return standing_of(group, None, None)
    membership = await tx.groups.membership(group.id, account_id)
    kinds = parts.sanctions.kinds(group.id, account_id, parts.now_ms())
    standing = standing_of(group, account_id, membership, kinds)
    return (await _with_links(tx, account_id, [standing]))[0]


async def standings_of(parts: ServiceParts, tx: Tx, account_id: str) -> list[Standing]:
    """Return what somebody may do in each of their groups now, by name of the group."""
    now_ms = parts.now_ms()
    found = [
        standing_of(
            place.group,
            account_id,
            place.membership,
            parts.sanctions.kinds(place.group.id, account_id, now_ms),
        )
        for place in await tx.identity.places(account_id)
    ]
    return await _with_links(tx, account_id, found)


async def _with_links(tx: Tx, account_id: str, standings: Sequence[Standing]) -> list[Standing]:
    """Return standings as they are: a guest whose links were all taken back may nothing more."""
    guest_in = [each.group.id for each in standings if each.role is Role.GUEST and each.rights]
    if not guest_in:
        return list(standings)
    came_by: dict[str, list[Invite]] = {}
    for link in await tx.identity.guest_invites(guest_in, account_id):
        came_by.setdefault(link.group_id or "", []).append(link)
    over = {
        group_id
        for group_id, links in came_by.items()
        if all(link.revoked_ms is not None for link in links)
    }
    # Of members nothing was read, so that nothing of theirs is over.
    return [
        replace(each, rights=frozenset()) if each.group.id in over else each for each in standings
    ]


async def standing_for(
    parts: ServiceParts, tx: Tx, group: Group, caller: Caller | None
) -> Standing:
    """Return what a caller may do in a group now, on the device they use.

    A visitor on a banned person's device counts as banned. A member does not: families share.
    """
    if caller is None:
        return await standing_in(parts, tx, group, None)
    standing = await standing_in(parts, tx, group, caller.account.id)
    if standing.role is not None and standing.role is not Role.GUEST:
        return standing
    device = caller.session.device_hash
    if parts.sanctions.banned(group.id, caller.account.id, device, parts.now_ms()) is None:
        return standing
    return standing_of(group, caller.account.id, None, standing.sanctions | {"ban"})


async def entitled(
    parts: ServiceParts, tx: Tx, id_or_slug: str, caller: Caller | None, right: Right
) -> Standing | Refusal:
    """Return the caller's standing in a group if they have a right there.

    A private group does not show those who are nothing to it that it exists.
    """
    return await _allowed(parts, tx, await tx.groups.group(id_or_slug), caller, right)


async def entitled_to_change(
    parts: ServiceParts, tx: Tx, id_or_slug: str, caller: Caller | None, right: Right
) -> Standing | Refusal:
    """Return the same as `entitled`, and let nobody else change the group until the end."""
    return await _allowed(parts, tx, await tx.groups.held(id_or_slug), caller, right)


async def _allowed(
    parts: ServiceParts, tx: Tx, group: Group | None, caller: Caller | None, right: Right
) -> Standing | Refusal:
    if group is None:
        return NO_GROUP
    standing = await standing_for(parts, tx, group, caller)
    if standing.may(right):
        return standing
    if hidden(standing):
        return NO_GROUP
    if caller is None:
        return SIGN_IN
    return refused(standing, right)


def hidden(standing: Standing) -> bool:
    """Say whether the group must not show somebody that it exists.

    Whoever was banned from it knows it, and may know why.
    """
    return (
        standing.group.visibility == "private"
        and standing.role is None
        and "ban" not in standing.sanctions
    )


def refused(standing: Standing, right: Right) -> Refusal:
    """Say why somebody does not have a right, and what would help."""
    group = standing.group
    if "ban" in standing.sanctions:
        return banned_from(group)
    if group.archived:
        return Refusal("group_archived", f"{group.name} is archived: it can be read only.")
    if standing.role is None:
        return Refusal("not_a_member", f"This is for members of {group.name}. Join it first.")
    if not standing.signed:
        return Refusal("norms_unsigned", f"Sign the norms of {group.name} first.")
    if "mute" in standing.sanctions:
        return Refusal("muted", f"You are muted in {group.name} for now.")
    what = RIGHT_WORDS[right]
    return Refusal("not_allowed", f"Your role in {group.name} does not cover this: {what}.")


def banned_from(group: Group) -> Refusal:
    """Say plainly that somebody is banned."""
    return Refusal("banned", f"You are banned from {group.name}.")
