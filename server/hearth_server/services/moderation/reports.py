"""Reports: what somebody tells the moderators, and what becomes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hearth_server.community.accounts import Account, Caller
from hearth_server.community.groups import Group
from hearth_server.community.moderation import (
    Report,
    ReportAct,
    ReportState,
    as_seen_by,
    may_see_report,
    next_state,
)
from hearth_server.community.permissions import Right, Role
from hearth_server.community.ports.moderation import Queue
from hearth_server.community.spaces import lets_in
from hearth_server.community.talk import Viewer, may_see
from hearth_server.errors import Refusal
from hearth_server.ids import new_id
from hearth_server.services.groups.page import hidden_reports_of
from hearth_server.services.moderation.subjects import NOBODY, Pointed, Subject, find_subject
from hearth_server.services.paging import Page, cut, pack, unpack
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import entitled, entitled_to_change, standing_for
from hearth_server.services.store import Tx

_NO_REPORT = Refusal("report_not_found", "There is no such report in this group.")
_NO_LINE = Refusal("line_not_found", "There is no such line in this group any more.")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody reports: whom or what, against which norm, in their own words."""

    text: str
    whom: Pointed | None = None
    line_id: int | None = None
    norm_item: int | None = None


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report with the people in it, for moderators only."""

    report: Report
    people: dict[str, Account]


class Reports:
    """Takes reports, and works through them."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def make(self, ref: str, complaint: Complaint, caller: Caller) -> Report | Refusal:
        """Keep a report, with name and line as they are now."""
        parts = self._parts
        async with parts.store.writing() as tx:
            standing = await entitled(parts, tx, ref, caller, Right.SEE_GROUP)
            if isinstance(standing, Refusal):
                return standing
            group = standing.group
            report = await self._about(tx, group, complaint, caller)
            if isinstance(report, Refusal):
                return report
            if report.subject_id == caller.account.id:
                return Refusal("not_allowed", "This is about yourself. Choose somebody else.")
            await tx.moderation.add_report(report)
        self._parts.announcer.moderation(group.id, report.subject_id)
        return report

    async def listing(
        self,
        ref: str,
        states: Sequence[ReportState],
        cursor: str | None,
        limit: int,
        caller: Caller,
    ) -> Page[ReportView] | Refusal:
        """List reports, the longest waiting first. Those about the viewer are for owners only."""
        after = unpack(cursor, int, str)
        if isinstance(after, Refusal):
            return after
        async with self._parts.store.reading() as tx:
            standing = await entitled(self._parts, tx, ref, caller, Right.SEE_REPORTS)
            if isinstance(standing, Refusal):
                return standing
            queue = Queue(
                states=frozenset(states),
                not_about=hidden_reports_of(standing),
                after=tuple(after) if after else None,
                limit=limit + 1,
            )
            found = await tx.moderation.reports(standing.group.id, queue)
            found = [as_seen_by(each, caller.account.id) for each in found]
            items, more = cut(found, limit)
            people = await _people(tx, items)
        last = items[-1] if more else None
        return Page(
            [ReportView(each, people) for each in items],
            pack(last.created_ms, last.id) if last else None,
        )

    async def act(
        self, ref: str, report_id: str, act: ReportAct, outcome: str, caller: Caller
    ) -> ReportView | Refusal:
        """Claim a report, let it go, or close it with what came of it."""
        parts = self._parts
        async with parts.store.writing() as tx:
            standing = await entitled_to_change(parts, tx, ref, caller, Right.SEE_REPORTS)
            if isinstance(standing, Refusal):
                return standing
            group = standing.group
            report = await tx.moderation.report(report_id)
            if (
                report is None
                or report.group_id != group.id
                or not may_see_report(standing.role, caller.account.id, report.subject_id)
            ):
                return _NO_REPORT
            claimer = await self._role_of(tx, group, report.claimed_by)
            state = next_state(report, act, caller.account.id, standing.role, claimer)
            if isinstance(state, Refusal):
                return state
            now_ms, me = parts.now_ms(), caller.account.id
            changed = replace(
                report,
                state=state,
                claimed_by={"open": None, "claimed": me, "closed": report.claimed_by}[state],
                closed_by=me if state == "closed" else None,
                closed_ms=now_ms if state == "closed" else None,
                outcome=outcome if state == "closed" else "",
            )
            await tx.moderation.save_report(changed)
            action = {"claim": "claimed", "release": "released", "close": "closed"}[act]
            # Without its subject: who is reported may be a moderator and read this.
            details = {"report": report.id}
            await tx.moderation.note(f"report_{action}", me, group.id, None, details, now_ms)
            shown = as_seen_by(changed, me)
            people = await _people(tx, [shown])
        parts.announcer.moderation(group.id, changed.subject_id)
        return ReportView(shown, people)

    async def _about(
        self, tx: Tx, group: Group, complaint: Complaint, caller: Caller
    ) -> Report | Refusal:
        norms = await tx.groups.norms(group.id, group.norms_version)
        cited = complaint.norm_item
        if cited is not None and (norms is None or cited >= len(norms.items)):
            return Refusal("invalid_input", "There is no norm with this number.")
        subject: Subject | Refusal | None = None
        line_text = ""
        if complaint.line_id is not None:
            said = await tx.moderation.line_said(group.id, complaint.line_id)
            if said is None or not await self._readable(tx, group, complaint.line_id, caller):
                return _NO_LINE
            line_text = said.text
            if said.author_id is not None:
                subject = await find_subject(self._parts, tx, group, Pointed(said.author_id))
                subject = None if subject is NOBODY else subject
        elif complaint.whom is not None:
            subject = await find_subject(self._parts, tx, group, complaint.whom)
        if isinstance(subject, Refusal):
            return subject
        return Report(
            id=new_id(),
            group_id=group.id,
            reporter_id=caller.account.id,
            created_ms=self._parts.now_ms(),
            room_id=subject.room_id if subject else None,
            subject_id=subject.account_id if subject else None,
            subject_name=subject.name if subject else "",
            line_id=complaint.line_id,
            line_text=line_text,
            norms_version=norms.version if norms and cited is not None else None,
            norm_item=cited,
            text=complaint.text,
        )

    async def _readable(self, tx: Tx, group: Group, line_id: int, caller: Caller) -> bool:
        """Say whether the caller could read a line, blocks apart: it may be on their screen yet."""
        line = (await tx.talk.lines([line_id])).get(line_id)
        if line is None:
            return False
        standing = await standing_for(self._parts, tx, group, caller)
        # A visitor reads what is said in a room while they are there.
        room = line.room if standing.role is None else None
        if room is not None and lets_in(room.access, standing):
            return True
        return may_see(Viewer(standing, room_id=caller.session.room_id), line)

    async def _role_of(self, tx: Tx, group: Group, account_id: str | None) -> Role | None:
        if account_id is None:
            return None
        member = await tx.groups.membership(group.id, account_id)
        return member.role if member is not None else None


async def _people(tx: Tx, reports: Sequence[Report]) -> dict[str, Account]:
    named = {
        each
        for report in reports
        for each in (report.reporter_id, report.subject_id, report.claimed_by, report.closed_by)
        if each
    }
    return await tx.identity.accounts(named)
