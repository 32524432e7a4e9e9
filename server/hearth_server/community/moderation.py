"""Reports and sanctions: who may act on whom, and what happens to a report."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from hearth_server.community.groups import SanctionKind
from hearth_server.community.permissions import Right, Role, may_act_on
from hearth_server.errors import Refusal

ReportState = Literal["open", "claimed", "closed"]
ReportAct = Literal["claim", "release", "close"]
MINUTES_MAX: Final = 366 * 24 * 60

RIGHT_TO: Final[dict[SanctionKind, Right]] = {
    "mute": Right.MUTE_MEMBERS,
    "remove": Right.REMOVE_MEMBERS,
    "bar": Right.BAR_MEMBERS,
    "ban": Right.BAN_MEMBERS,
}


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody told the moderators. Name and line are kept as they were then.

    Attributes:
        reporter_id: who told it; empty where it is not for the viewer (`as_seen_by`).
    """

    id: str
    group_id: str
    reporter_id: str
    created_ms: int
    room_id: str | None = None
    subject_id: str | None = None
    subject_name: str = ""
    line_id: int | None = None
    line_text: str = ""
    norms_version: int | None = None
    norm_item: int | None = None
    text: str = ""
    state: ReportState = "open"
    claimed_by: str | None = None
    closed_by: str | None = None
    outcome: str = ""
    closed_ms: int | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act of somebody with a right that others have not."""

    id: int
    action: str
    actor_id: str | None
    subject_id: str | None
    details: Mapping[str, object]
    created_ms: int


def may_sanction(
    actor: Role | None, subject: Role | None, *, oneself: bool, kind: SanctionKind, room: bool
) -> Refusal | None:
    """Say why one may not sanction another, the right for the kind apart.

    Args:
        actor: role of who acts.
        subject: role of whom it is about; None for a visitor.
        oneself: whether both are the same person.
        kind: what is to be done.
        room: whether a room was named.
    """
    if oneself:
        return Refusal("not_allowed", "This is you. To be less here, leave the room or the group.")
    if not may_act_on(actor, subject):
        return Refusal("not_allowed", "Their role is not below yours. Ask an owner.")
    if kind == "bar" and not room:
        return Refusal("invalid_input", "Say from which room to bar them.")
    return None


def may_see_report(role: Role | None, viewer_id: str, subject_id: str | None) -> bool:
    """Say whether a moderator may see a report: not those about themselves, but for owners."""
    return subject_id != viewer_id or role is Role.OWNER


def as_seen_by(report: Report, viewer_id: str) -> Report:
    """Give a report without who wrote it to the person it is about, whatever their role."""
    return replace(report, reporter_id="") if report.subject_id == viewer_id else report


def next_state(
    report: Report, act: ReportAct, actor: str, actor_role: Role | None, claimer: Role | None
) -> ReportState | Refusal:
    """Decide what becomes of a report.

    What a colleague works on is theirs, until they let go or somebody stronger takes over.

    Args:
        report: as it is.
        act: what is to be done.
        actor: account of who does it.
        actor_role: role of who does it.
        claimer: role of who claimed it.
    """
    if report.state == "closed":
        return Refusal("report_closed", "This report is closed already.")
    if report.state == "claimed" and report.claimed_by != actor:
        if claimer is not None and not may_act_on(actor_role, claimer):
            return Refusal("report_claimed", "Somebody else is on it. Ask them to release it.")
    elif act == "release" and report.state == "open":
        return Refusal("report_open", "Nobody has claimed this report.")
    return {"claim": "claimed", "release": "open", "close": "closed"}[act]  # type: ignore[return-value]
