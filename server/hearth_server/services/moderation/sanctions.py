"""Sanctions: mutes, puts out, bars and bans people, and undoes it. In force before it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from hearth_protocol.limits import TEXT_LENGTH
from hearth_server.community.accounts import Account, Caller
from hearth_server.community.groups import Group, Membership, SanctionKind, Standing
from hearth_server.community.moderation import RIGHT_TO, may_sanction
from hearth_server.community.permissions import Right, Role, may_act_on
from hearth_server.community.sanctions import Sanction
from hearth_server.community.spans import MINUTE_MS
from hearth_server.errors import Refusal
from hearth_server.ids import new_id
from hearth_server.services.events.places import give_on
from hearth_server.services.groups.belonging import take_out, withdraw
from hearth_server.services.groups.invites import weakest
from hearth_server.services.groups.presence import see_out
from hearth_server.services.moderation.subjects import Pointed, Subject, find_subject
from hearth_server.services.paging import Page, cut, pack, unpack
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import entitled, entitled_to_change, standing_in
from hearth_server.services.store import Tx

_ACTIONS: Final[dict[SanctionKind, str]] = {
    "mute": "muted",
    "remove": "put_out",
    "bar": "barred",
    "ban": "banned",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """What is to be done to whom, why, and for how long; no minutes: for good."""

    whom: Pointed
    kind: SanctionKind
    reason: str
    norm_item: int | None = None
    minutes: int | None = None
    report_id: str | None = None


@dataclass(frozen=True, slots=True)
class SanctionView:
    """A sanction with the people in it, for moderators only."""

    sanction: Sanction
    people: Mapping[str, Account]


@dataclass(frozen=True, slots=True)
class _Effect:
    """What the live rooms are told once a sanction is kept."""

    sanction: Sanction
    rooms: Sequence[str]
    text: str
    standing: Standing
    stranded: Sequence[str]


class Sanctions:
    """Puts sanctions in force, lists and lifts them."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def impose(self, ref: str, measure: Measure, caller: Caller) -> SanctionView | Refusal:
        """Put a sanction in force.

        It counts from before it is kept: whoever is banned must not slip in while the disk works.
        Only if keeping it fails, and the moderator is told so, it is taken back.
        """
        parts = self._parts
        sanction_id = new_id()
        try:
            async with parts.store.writing() as tx:
                effect = await self._decide(tx, ref, measure, caller, sanction_id)
                kept = [] if isinstance(effect, Refusal) else [effect.sanction]
                views = await _with_people(tx, kept)
        except Exception:
            parts.sanctions.drop(sanction_id)
            raise
        if isinstance(effect, Refusal):
            return effect
        self._tell(effect)
        return views[0]

    async def listing(
        self, ref: str, cursor: str | None, limit: int, caller: Caller
    ) -> Page[SanctionView] | Refusal:
        """List sanctions, newest first, lifted and expired ones too."""
        after = unpack(cursor, int, str)
        if isinstance(after, Refusal):
            return after
        async with self._parts.store.reading() as tx:
            standing = await entitled(self._parts, tx, ref, caller, Right.SEE_REPORTS)
            if isinstance(standing, Refusal):
                return standing
            key = tuple(after) if after else None
            found = await tx.moderation.sanctions(standing.group.id, key, limit + 1)
            items, more = cut(found, limit)
            views = await _with_people(tx, items)
        last = items[-1] if more else None
        return Page(views, pack(last.created_ms, last.id) if last else None)

    async def lift(self, ref: str, sanction_id: str, caller: Caller) -> SanctionView | Refusal:
        """Take a sanction back. Whoever a ban took out of the group is what they were before."""
        parts = self._parts
        async with parts.store.writing() as tx:
            found = await self._liftable(tx, ref, sanction_id, caller)
            if isinstance(found, Refusal):
                return found
            standing, sanction = found
            group, now_ms = standing.group, parts.now_ms()
            lifted = replace(sanction, lifted_ms=now_ms, lifted_by=caller.account.id)
            await tx.moderation.lift_sanction(lifted)
            back = sanction.kind == "ban" and await self._take_back(tx, standing, sanction)
            await tx.moderation.note(
                "lifted",
                caller.account.id,
                group.id,
                sanction.account_id,
                {"sanction": sanction.id, "kind": sanction.kind, "back": back},
                now_ms,
            )
            (view,) = await _with_people(tx, [lifted])
        # Only now: until it is kept that the sanction is lifted, it is not.
        parts.sanctions.drop(sanction.id)
        async with parts.store.reading() as tx:
            after = await standing_in(parts, tx, group, sanction.account_id)
        parts.live.standing_changed(after)
        parts.announcer.moderation(group.id)
        return view

    async def _decide(
        self, tx: Tx, ref: str, measure: Measure, caller: Caller, sanction_id: str
    ) -> _Effect | Refusal:
        right = RIGHT_TO[measure.kind]
        standing = await entitled_to_change(self._parts, tx, ref, caller, right)
        if isinstance(standing, Refusal):
            return standing
        group = standing.group
        subject = await find_subject(self._parts, tx, group, measure.whom)
        if isinstance(subject, Refusal):
            return subject
        member = await tx.groups.membership(group.id, subject.account_id)
        refusal = may_sanction(
            standing.role,
            member.role if member else None,
            oneself=subject.account_id == caller.account.id,
            kind=measure.kind,
            room=subject.room_id is not None,
        )
        if refusal is not None:
            return refusal
        norm = await self._cited(tx, group, measure)
        if isinstance(norm, Refusal):
            return norm
        sanction = await self._sanction(tx, group, measure, subject, sanction_id)
        sanction = replace(sanction, by_id=caller.account.id)
        self._parts.sanctions.put(sanction)
        await tx.moderation.add_sanction(sanction)
        stranded: Sequence[str] = ()
        if measure.kind == "ban":
            stranded = await self._expel(tx, group, subject.account_id, member)
        await self._note(tx, sanction, member)
        rooms = (await tx.groups.room_ids([group.id]))[group.id]
        if measure.kind in ("bar", "remove") and subject.room_id is not None:
            rooms = [subject.room_id]
        after = await standing_in(self._parts, tx, group, subject.account_id)
        return _Effect(sanction, rooms, _told(group, sanction, norm), after, stranded)

    async def _cited(self, tx: Tx, group: Group, measure: Measure) -> str | Refusal:
        """Return the text of the norm that is cited, "" for none."""
        norm = ""
        if measure.norm_item is not None:
            norms = await tx.groups.norms(group.id, group.norms_version)
            if norms is None or measure.norm_item >= len(norms.items):
                return Refusal("invalid_input", "There is no norm with this number.")
            norm = norms.items[measure.norm_item].text
        if measure.report_id is not None:
            report = await tx.moderation.report(measure.report_id)
            if report is None or report.group_id != group.id:
                return Refusal("report_not_found", "There is no such report in this group.")
        return norm

    async def _sanction(
        self, tx: Tx, group: Group, measure: Measure, subject: Subject, sanction_id: str
    ) -> Sanction:
        now_ms = self._parts.now_ms()
        lasting = measure.minutes is not None and measure.kind != "remove"
        devices = frozenset[bytes]()
        if measure.kind == "ban":
            devices = await tx.moderation.devices_of(subject.account_id)
        return Sanction(
            id=sanction_id,
            group_id=group.id,
            account_id=subject.account_id,
            kind=measure.kind,
            created_ms=now_ms,
            room_id=subject.room_id if measure.kind in ("bar", "remove") else None,
            norm_item=measure.norm_item,
            reason=measure.reason,
            report_id=measure.report_id,
            expires_ms=now_ms + (measure.minutes or 0) * MINUTE_MS if lasting else None,
            devices=devices,
        )

    async def _expel(
        self, tx: Tx, group: Group, account_id: str, member: Membership | None
    ) -> Sequence[str]:
        await withdraw(self._parts, tx, group.id, account_id)
        if member is not None:
            return await take_out(self._parts, tx, group, member)
        # A visitor may have a place at an event, too.
        await give_on(self._parts, tx, account_id, group.id)
        return ()

    async def _note(self, tx: Tx, sanction: Sanction, member: Membership | None) -> None:
        details: dict[str, object] = {
            "sanction": sanction.id,
            "reason": sanction.reason,
            "norm_item": sanction.norm_item,
            "room": sanction.room_id,
            "until_ms": sanction.expires_ms,
        }
        if member is not None:
            # What lifting a ban gives back.
            details |= {
                "role": str(member.role),
                "joined_ms": member.joined_ms,
                "signed_version": member.signed_version,
                "read_line": member.read_line,
            }
        await tx.moderation.note(
            _ACTIONS[sanction.kind],
            sanction.by_id,
            sanction.group_id,
            sanction.account_id,
            details,
            sanction.created_ms,
        )

    async def _liftable(
        self, tx: Tx, ref: str, sanction_id: str, caller: Caller
    ) -> tuple[Standing, Sanction] | Refusal:
        standing = await entitled_to_change(self._parts, tx, ref, caller, Right.SEE_REPORTS)
        if isinstance(standing, Refusal):
            return standing
        group = standing.group
        sanction = await tx.moderation.sanction(sanction_id)
        if sanction is None or sanction.group_id != group.id:
            return Refusal("sanction_not_found", "There is no such sanction in this group.")
        if sanction.account_id == caller.account.id or not standing.may(RIGHT_TO[sanction.kind]):
            return Refusal("not_allowed", "Somebody else has to lift this sanction.")
        if (refusal := await self._too_strong(tx, standing, sanction)) is not None:
            return refusal
        if not sanction.in_force(self._parts.now_ms()):
            return Refusal("sanction_over", "This sanction is over already.")
        return standing, sanction

    async def _too_strong(self, tx: Tx, standing: Standing, sanction: Sanction) -> Refusal | None:
        by = None
        if sanction.by_id is not None and sanction.by_id != standing.account_id:
            by = await tx.groups.membership(sanction.group_id, sanction.by_id)
        if by is not None and standing.role is not None and by.role.rank > standing.role.rank:
            return Refusal("not_allowed", "Somebody with a stronger role decided this. Ask them.")
        # Also once who decided it is gone: whoever could not have done it does not undo it.
        if may_act_on(standing.role, await self._role_of(tx, sanction)):
            return None
        return Refusal("not_allowed", "Their role is not below yours. Ask an owner.")

    async def _role_of(self, tx: Tx, sanction: Sanction) -> Role | None:
        """Return the role of whom it is against; of whom a ban took out of the group, the last."""
        member = await tx.groups.membership(sanction.group_id, sanction.account_id)
        if member is not None or sanction.kind != "ban":
            return member.role if member is not None else None
        before = await _noted(tx, sanction)
        return Role(str(before["role"])) if before is not None and "role" in before else None

    async def _take_back(self, tx: Tx, standing: Standing, ban: Sanction) -> bool:
        """Make a banned person the member they were; say whether they are one now."""
        group = standing.group
        details = await _noted(tx, ban)
        account = await tx.identity.account(ban.account_id)
        if details is None or "role" not in details or account is None or not account.usable:
            return False
        before = await tx.groups.membership(group.id, ban.account_id)
        if before is not None:
            return not weakest(before.role)
        role = Role(str(details["role"]))
        if role is Role.GUEST:
            await tx.groups.add_guest(group.id, ban.account_id, self._parts.now_ms())
            return False
        signed, joined = details["signed_version"], details["joined_ms"]
        read = details["read_line"]
        return await tx.groups.add_member(
            Membership(
                group_id=group.id,
                account_id=ban.account_id,
                # Whoever lifts a ban gives no role that they could not give otherwise.
                role=role if may_act_on(standing.role, role) else Role.MEMBER,
                joined_ms=joined if isinstance(joined, int) else self._parts.now_ms(),
                signed_version=signed if isinstance(signed, int) else None,
                read_line=read if isinstance(read, int) else 0,
            )
        )

    def _tell(self, effect: _Effect) -> None:
        sanction, live = effect.sanction, self._parts.live
        if sanction.kind != "mute":
            # Whoever let them into a gathering before is asked again.
            self._parts.waiting.put_out(sanction.account_id)
            live.put_out(sanction.account_id, effect.rooms, effect.text)
            see_out(self._parts, effect.stranded, effect.rooms)
        if sanction.kind in ("mute", "ban"):
            told = effect.text if sanction.kind == "mute" else ""
            live.standing_changed(effect.standing, told=told)
        self._parts.announcer.moderation(sanction.group_id)


async def _noted(tx: Tx, ban: Sanction) -> Mapping[str, object] | None:
    """Return what was noted of a ban: what lifting it gives back."""
    notes = await tx.moderation.audit_about(ban.group_id, "banned", ban.account_id, 20)
    return next((each.details for each in notes if each.details["sanction"] == ban.id), None)


async def _with_people(tx: Tx, sanctions: Sequence[Sanction]) -> list[SanctionView]:
    named = {
        each
        for sanction in sanctions
        for each in (sanction.account_id, sanction.by_id, sanction.lifted_by)
        if each is not None
    }
    people = await tx.identity.accounts(named)
    return [SanctionView(each, people) for each in sanctions]


def _told(group: Group, sanction: Sanction, norm: str) -> str:
    """Return what the person reads: what was done, for how long, why, and by which norm."""
    what = {
        "mute": f"Nobody hears or reads you in {group.name}: you are muted",
        "remove": "You were asked to leave the room",
        "bar": "You may not enter this room any more",
        "ban": f"You are banned from {group.name}",
    }[sanction.kind]
    if sanction.expires_ms is not None:
        minutes = max(1, round((sanction.expires_ms - sanction.created_ms) / MINUTE_MS))
        what += f" for {_span(minutes)}"
    said = f"{what}. Reason: {sanction.reason}" if sanction.reason else f"{what}."
    if norm:
        said += f" Norm {(sanction.norm_item or 0) + 1}: {norm}"
    # The reason always fits; of a long norm there is all of it on the group's page.
    return said if len(said) <= TEXT_LENGTH else f"{said[: TEXT_LENGTH - 1]}…"


def _span(minutes: int) -> str:
    for unit, one, many in ((24 * 60, "a day", "days"), (60, "an hour", "hours")):
        if minutes % unit == 0:
            count = minutes // unit
            return one if count == 1 else f"{count} {many}"
    return f"{minutes} min"
