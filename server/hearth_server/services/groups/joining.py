"""Joining a group: openly, by asking, by an invite. Never twice, never beyond its size."""

from dataclasses import dataclass, replace
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.groups import Group, Membership, Standing
from hearth_server.community.membership import FULL, Invite, JoinRequest, may_join
from hearth_server.community.norms import Signature, may_sign
from hearth_server.community.permissions import Right, Role
from hearth_server.community.ports.groups import Asked, Search
from hearth_server.errors import Refusal
from hearth_server.ids import new_id
from hearth_server.services.groups.invites import USED, opened, weakest
from hearth_server.services.groups.page import GroupPages, GroupView
from hearth_server.services.paging import Page, cut, pack, unpack
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import (
    NO_GROUP,
    banned_from,
    entitled,
    entitled_to_change,
    hidden,
    standing_for,
    standing_in,
)
from hearth_server.services.store import Tx

_STARTING: Final = Refusal("starting", "The server is still reading who may come. Wait a moment.")
_NO_REQUEST: Final = Refusal("not_found", "This request is not here. It may be withdrawn.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody brings who wants to join."""

    invite: str | None = None
    answer: str = ""
    signature: Signature | None = None


class Joining:
    """Lets people in."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._pages = GroupPages(parts)

    async def join(self, ref: str, wish: Wish, caller: Caller) -> GroupView | Refusal:
        """Make somebody a member, or keep that they ask; the same again changes nothing."""
        async with self._parts.store.writing() as tx:
            group = await tx.groups.held(ref)
            if group is None:
                return NO_GROUP
            before = await standing_for(self._parts, tx, group, caller)
            refusal = await self._admit(tx, before, wish, caller)
            if refusal is not None:
                return refusal
            page = await self._pages.page_in(tx, group.id, caller)
        if not isinstance(page, Refusal) and page.standing.rights != before.rights:
            self._parts.live.standing_changed(page.standing)
        if not isinstance(page, Refusal) and page.standing.role is None:
            self._parts.announcer.moderation(group.id)  # somebody asks, and waits
        return page

    async def requests(
        self, ref: str, cursor: str | None, limit: int, caller: Caller
    ) -> Page[Asked] | Refusal:
        """List who asks to join, the longest waiting first."""
        after = unpack(cursor, int, str)
        if isinstance(after, Refusal):
            return after
        async with self._parts.store.reading() as tx:
            standing = await entitled(self._parts, tx, ref, caller, Right.ANSWER_REQUESTS)
            if isinstance(standing, Refusal):
                return standing
            search = Search(after=tuple(after) if after else None, limit=limit + 1)
            found = await tx.groups.requests(standing.group.id, search)
        items, more = cut(found, limit)
        last = items[-1].request if more else None
        return Page(items, pack(last.created_ms, last.id) if last else None)

    async def answer(
        self, ref: str, request_id: str, accept: bool, caller: Caller
    ) -> Refusal | None:
        """Accept or decline a request."""
        parts = self._parts
        async with parts.store.writing() as tx:
            standing = await entitled_to_change(parts, tx, ref, caller, Right.ANSWER_REQUESTS)
            if isinstance(standing, Refusal):
                return standing
            group = standing.group
            request = await tx.groups.request(request_id)
            if request is None or request.group_id != group.id or request.state != "open":
                return _NO_REQUEST
            if accept and (refusal := await self._accept(tx, group, request)) is not None:
                return refusal
            now_ms = parts.now_ms()
            await tx.groups.close_request(
                replace(
                    request,
                    state="accepted" if accept else "declined",
                    decided_by=caller.account.id,
                    decided_ms=now_ms,
                )
            )
            action = "request_accepted" if accept else "request_declined"
            await tx.moderation.note(
                action, caller.account.id, group.id, request.account_id, {}, now_ms
            )
            after = await standing_in(parts, tx, group, request.account_id)
        if accept:
            parts.live.standing_changed(after)
        parts.announcer.moderation(group.id)
        return None

    async def _accept(self, tx: Tx, group: Group, request: JoinRequest) -> Refusal | None:
        now_ms = self._parts.now_ms()
        if self._parts.sanctions.banned(group.id, request.account_id, None, now_ms) is not None:
            return Refusal("banned", "They are banned. Lift the ban first.")
        account = await tx.identity.account(request.account_id)
        if account is None or not account.usable:
            return _NO_REQUEST
        member = await tx.groups.membership(group.id, request.account_id)
        if member is not None and not weakest(member.role):
            return None
        joined = Membership(group.id, request.account_id, Role.MEMBER, now_ms)
        return None if await tx.groups.add_member(joined) else FULL

    async def _admit(
        self, tx: Tx, standing: Standing, wish: Wish, caller: Caller
    ) -> Refusal | None:
        """Do what a wish comes to; nothing is changed when it is refused."""
        group = standing.group
        invite = await self._invite(tx, standing, wish)
        if isinstance(invite, Refusal):
            return invite
        if wish.signature is not None:
            norms = await tx.groups.norms(group.id, group.norms_version)
            if (refusal := may_sign(norms, wish.signature)) is not None:
                return refusal
        if not weakest(standing.role):
            await self._sign(tx, group, wish, caller)
            return None
        outcome = may_join(group, invited=invite is not None, answer=wish.answer)
        if isinstance(outcome, Refusal):
            return outcome
        if outcome == "ask":
            await self._ask(tx, group, wish.answer, caller)
            return None
        return await self._enter(tx, group, wish, invite, caller)

    async def _invite(self, tx: Tx, standing: Standing, wish: Wish) -> Invite | Refusal | None:
        """Return the invite that leads in, None if somebody comes without or is in already."""
        group = standing.group
        if not self._parts.sanctions.loaded:
            return _STARTING
        if "ban" in standing.sanctions:
            return banned_from(group)
        if not weakest(standing.role):
            return None
        if wish.invite is None:
            return NO_GROUP if hidden(standing) else None
        invite = await opened(self._parts, tx, wish.invite, group)
        return NO_GROUP if isinstance(invite, Refusal) and hidden(standing) else invite

    async def _enter(
        self, tx: Tx, group: Group, wish: Wish, invite: Invite | None, caller: Caller
    ) -> Refusal | None:
        account_id, now_ms = caller.account.id, self._parts.now_ms()
        # Before anything else is written: a refusal after it would have to be undone.
        if invite is not None and not await tx.groups.use_invite(invite.id, account_id, now_ms):
            return USED
        member = Membership(group.id, account_id, Role.MEMBER, now_ms)
        if not await tx.groups.add_member(member):
            raise RuntimeError("a held group filled up by itself")
        if (asked := await tx.groups.open_request(group.id, account_id)) is not None:
            await tx.groups.close_request(replace(asked, state="accepted", decided_ms=now_ms))
        await self._sign(tx, group, wish, caller)
        details = {"invite": invite.id} if invite is not None else {}
        await tx.moderation.note("joined", account_id, group.id, account_id, details, now_ms)
        return None

    async def _ask(self, tx: Tx, group: Group, answer: str, caller: Caller) -> None:
        if await tx.groups.open_request(group.id, caller.account.id) is not None:
            return
        request = JoinRequest(
            id=new_id(),
            group_id=group.id,
            account_id=caller.account.id,
            answer=answer,
            state="open",
            created_ms=self._parts.now_ms(),
        )
        await tx.groups.add_request(request)

    async def _sign(self, tx: Tx, group: Group, wish: Wish, caller: Caller) -> None:
        if wish.signature is not None:
            now_ms = self._parts.now_ms()
            await tx.groups.sign(group.id, caller.account.id, wish.signature, now_ms)
