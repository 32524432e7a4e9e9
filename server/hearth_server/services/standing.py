"""Looks up what somebody may do in a group, for every other use case."""

from hearth_server.community.accounts import Caller
from hearth_server.community.groups import Group, Standing, standing_of
from hearth_server.community.permissions import RIGHT_WORDS, Right
from hearth_server.errors import Refusal
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx

NO_GROUP = Refusal("group_not_found", "There is no such group here. Check the link.")


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
    return standing_of(group, account_id, membership, kinds)


async def entitled(
    parts: ServiceParts, tx: Tx, id_or_slug: str, caller: Caller | None, right: Right
) -> Standing | Refusal:
    """Return the caller's standing in a group if they have a right there.

    A private group does not show those who are nothing to it that it exists.
    """
    group = await tx.groups.group(id_or_slug)
    if group is None:
        return NO_GROUP
    account_id = caller.account.id if caller else None
    standing = await standing_in(parts, tx, group, account_id)
    if standing.may(right):
        return standing
    if group.visibility == "private" and standing.role is None:
        return NO_GROUP
    if caller is None:
        return Refusal("sign_in_needed", "Sign in first, then try again.")
    return refused(standing, right)


def refused(standing: Standing, right: Right) -> Refusal:
    """Say why somebody does not have a right, and what would help."""
    group = standing.group
    if "ban" in standing.sanctions:
        return Refusal("banned", f"You are banned from {group.name}.")
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
