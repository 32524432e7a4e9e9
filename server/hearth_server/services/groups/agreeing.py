"""A group's norms: reads, signs and changes them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hearth_server.community.accounts import Caller
from hearth_server.community.groups import Group, Standing
from hearth_server.community.norms import (
    NormItem,
    Norms,
    Signature,
    may_sign,
    mechanisms,
    next_norms,
)
from hearth_server.community.permissions import Right, Role
from hearth_server.errors import Refusal
from hearth_server.services.groups.presence import standings_of_present, tell_present
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import (
    NO_GROUP,
    banned_from,
    entitled_to_change,
    hidden,
    standing_for,
    standing_in,
)
from hearth_server.services.store import Tx


@dataclass(frozen=True, slots=True)
class Draft:
    """Norms as somebody wants them. `version` is the one they changed."""

    version: int
    items: Sequence[NormItem]
    material: bool
    note: str = ""


class Agreeing:
    """Keeps what a group agreed on, and who did."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def norms(self, ref: str, caller: Caller | None) -> Norms | Refusal | None:
        """Return the norms in force, to whoever may know of the group."""
        async with self._parts.store.reading() as tx:
            group = await self._known(tx, ref, caller)
            if isinstance(group, Refusal):
                return group
            return await tx.groups.norms(group.id, group.norms_version)

    async def history(self, ref: str, caller: Caller | None) -> Sequence[Norms] | Refusal:
        """Return the versions there were, newest first."""
        async with self._parts.store.reading() as tx:
            group = await self._known(tx, ref, caller)
            if isinstance(group, Refusal):
                return group
            return await tx.groups.norms_history(group.id)

    async def sign(self, ref: str, signature: Signature, caller: Caller) -> Standing | Refusal:
        """Keep that somebody read and agreed to exactly this text."""
        parts = self._parts
        async with parts.store.writing() as tx:
            group = await tx.groups.held(ref)
            if group is None:
                return NO_GROUP
            before = await standing_for(parts, tx, group, caller)
            if hidden(before):
                return NO_GROUP
            if "ban" in before.sanctions:
                return banned_from(group)
            if before.role is None:
                return Refusal("not_a_member", f"Join {group.name}, then sign.")
            norms = await tx.groups.norms(group.id, group.norms_version)
            if (refusal := may_sign(norms, signature)) is not None:
                return refusal
            await tx.groups.sign(group.id, caller.account.id, signature, parts.now_ms())
            after = await standing_in(parts, tx, group, caller.account.id)
        if after.rights != before.rights:
            parts.live.standing_changed(after)
        return after

    async def change(self, ref: str, draft: Draft, caller: Caller) -> Norms | Refusal:
        """Put a new version in force; whoever writes it has signed it."""
        parts = self._parts
        async with parts.store.writing() as tx:
            standing = await entitled_to_change(parts, tx, ref, caller, Right.EDIT_NORMS)
            if isinstance(standing, Refusal):
                return standing
            group = standing.group
            if draft.version != group.norms_version:
                return Refusal(
                    "stale_version", "Somebody changed the norms meanwhile. Read them, try again."
                )
            old = await tx.groups.norms(group.id, group.norms_version)
            drafted = next_norms(old, draft.items, draft.material, draft.note)
            if isinstance(drafted, Refusal):
                return drafted
            norms = await put_in_force(parts, tx, group, drafted, caller.account.id)
            await tx.moderation.note(
                "norms_changed",
                caller.account.id,
                group.id,
                None,
                {"version": norms.version, "material": norms.material, "note": norms.note},
                parts.now_ms(),
            )
            rooms = (await tx.groups.room_ids([group.id]))[group.id]
            now = await tx.groups.group(group.id)
            assert now is not None  # it is held
            present = await standings_of_present(parts, tx, now, rooms)
        for room in rooms:
            parts.live.room_changed(room)  # what a norm asks of a room holds at once
        if now.guests_allowed is not group.guests_allowed:
            guests = [each for each in present if each.role is Role.GUEST]
            tell_present(parts, guests, rooms)
        return norms

    async def _known(self, tx: Tx, ref: str, caller: Caller | None) -> Group | Refusal:
        group = await tx.groups.group(ref)
        if group is None:
            return NO_GROUP
        standing = await standing_for(self._parts, tx, group, caller)
        return NO_GROUP if hidden(standing) else group


async def put_in_force(parts: ServiceParts, tx: Tx, group: Group, drafted: Norms, by: str) -> Norms:
    """Keep norms as the group's newest version, signed by their author.

    Norms against guests close the group to guests. Taking the norm back does not open it again:
    that is the leaders' choice.
    """
    now_ms = parts.now_ms()
    norms = replace(drafted, group_id=group.id, created_by=by, created_ms=now_ms)
    await tx.groups.add_norms(norms)
    if await tx.groups.membership(group.id, by) is not None:
        await tx.groups.sign(group.id, by, Signature(norms.version, norms.hash), now_ms)
    if "no_guests" in mechanisms(norms) and group.guests_allowed:
        now = await tx.groups.group(group.id)
        assert now is not None
        await tx.groups.save_group(replace(now, guests_allowed=False, version=now.version + 1))
    return norms
