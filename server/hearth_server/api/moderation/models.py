"""The JSON of moderation, with examples for its OpenAPI page."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hearth_server.api.answers import ShortId, example
from hearth_server.api.cards import PERSON_EXAMPLE, CardOut
from hearth_server.api.texts import line_of, text_of
from hearth_server.community.accounts import Account
from hearth_server.community.groups import SanctionKind
from hearth_server.community.moderation import MINUTES_MAX, Report, ReportAct, ReportState
from hearth_server.community.norms import ITEMS_MAX
from hearth_server.services.moderation.auditing import AuditView
from hearth_server.services.moderation.reports import Complaint, ReportView
from hearth_server.services.moderation.sanctions import Measure, SanctionView
from hearth_server.services.moderation.subjects import Pointed

TEXT_LONGEST: Final = 2000
REASON_LONGEST: Final = 280
OUTCOME_LONGEST: Final = 500
_ID: Final = "k7qf2mwdx5abzr4c"

_SANCTION: Final[JsonDict] = {
    "id": "p4fa6xq2ndw7bkzs",
    "kind": "mute",
    "subject": PERSON_EXAMPLE,
    "room": None,
    "norm_item": 1,
    "reason": "Spoke over everybody.",
    "report": None,
    "by": {**PERSON_EXAMPLE, "id": _ID, "name": "Mara"},
    "created_ms": 1793170800000,
    "until_ms": 1793171400000,
    "lifted_ms": None,
    "lifted_by": None,
    "active": True,
}

Participant = Annotated[int, Field(ge=1, le=2**32 - 1)]
NormItem = Annotated[int, Field(ge=0, lt=ITEMS_MAX)]
Reason = Annotated[str, Field(max_length=1200), AfterValidator(line_of(REASON_LONGEST))]
Outcome = Annotated[str, Field(max_length=2000), AfterValidator(text_of(OUTCOME_LONGEST))]
ReportText = Annotated[str, Field(max_length=8000), AfterValidator(text_of(TEXT_LONGEST, 1))]


class ReportIn(BaseModel):
    """What to tell the moderators: about somebody, a line, or the group as such."""

    model_config = example(account=_ID, norm_item=2, text="He came much too close, twice.")

    text: ReportText
    account: ShortId | None = None
    room: ShortId | None = None
    participant: Participant | None = None
    line: Annotated[int, Field(ge=1, le=2**53 - 1)] | None = None
    norm_item: NormItem | None = None

    def complaint(self) -> Complaint:
        """Return what the use case wants."""
        named = self.account is not None or self.participant is not None
        whom = Pointed(self.account, self.room, self.participant) if named else None
        return Complaint(self.text, whom, self.line, self.norm_item)


class ReportedOut(BaseModel):
    """That a report has arrived. Its text is for the moderators."""

    id: str
    state: ReportState
    created_ms: int

    @classmethod
    def of(cls, report: Report) -> Self:
        """Show a report to whoever made it."""
        return cls(id=report.id, state=report.state, created_ms=report.created_ms)


class ReportActIn(BaseModel):
    """What to do with a report; an outcome goes with `close`."""

    model_config = example(act="close", outcome="Talked to both. They keep apart.")

    act: ReportAct
    outcome: Outcome = ""


class ReportSubjectOut(CardOut):
    """Whom a report is about; `name_then` is what they were called when it was made."""

    name_then: str


class ReportOut(BaseModel):
    """A report, for moderators."""

    id: str
    state: ReportState
    text: str
    reporter: CardOut | None = Field(description="null for whom the report is about")
    subject: ReportSubjectOut | None
    room: str | None
    line: int | None
    line_text: str
    norms_version: int | None
    norm_item: int | None
    claimed_by: CardOut | None
    closed_by: CardOut | None
    outcome: str
    created_ms: int
    closed_ms: int | None

    @classmethod
    def of(cls, view: ReportView) -> Self:
        """Show a report with the people in it."""
        report, people = view.report, view.people
        subject = _card(people, report.subject_id)
        return cls(
            id=report.id,
            state=report.state,
            text=report.text,
            reporter=_card(people, report.reporter_id),
            subject=ReportSubjectOut(**subject.model_dump(), name_then=report.subject_name)
            if subject is not None
            else None,
            room=report.room_id,
            line=report.line_id,
            line_text=report.line_text,
            norms_version=report.norms_version,
            norm_item=report.norm_item,
            claimed_by=_card(people, report.claimed_by),
            closed_by=_card(people, report.closed_by),
            outcome=report.outcome,
            created_ms=report.created_ms,
            closed_ms=report.closed_ms,
        )


class SanctionIn(BaseModel):
    """What to do against whom, and why. Without `minutes` it is for good."""

    model_config = example(
        account=_ID, kind="mute", norm_item=1, reason="Spoke over everybody.", minutes=10
    )

    kind: SanctionKind
    reason: Reason
    account: ShortId | None = None
    room: ShortId | None = None
    participant: Participant | None = None
    norm_item: NormItem | None = None
    minutes: Annotated[int, Field(ge=1, le=MINUTES_MAX)] | None = None
    report: ShortId | None = None

    def measure(self) -> Measure:
        """Return what the use case wants."""
        return Measure(
            whom=Pointed(self.account, self.room, self.participant),
            kind=self.kind,
            reason=self.reason,
            norm_item=self.norm_item,
            minutes=self.minutes,
            report_id=self.report,
        )


class SanctionOut(BaseModel):
    """A sanction. `until_ms` null is for good; `active` says whether it counts now."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SANCTION]})

    id: str
    kind: SanctionKind
    subject: CardOut | None = Field(description="whom it is against")
    room: str | None
    norm_item: int | None
    reason: str
    report: str | None
    by: CardOut | None = Field(description="who decided it")
    created_ms: int
    until_ms: int | None
    lifted_ms: int | None
    lifted_by: CardOut | None
    active: bool

    @classmethod
    def of(cls, view: SanctionView, now_ms: int) -> Self:
        """Show a sanction; the devices of the banned are nobody's business."""
        sanction, people = view.sanction, view.people
        return cls(
            id=sanction.id,
            kind=sanction.kind,
            subject=_card(people, sanction.account_id),
            room=sanction.room_id,
            norm_item=sanction.norm_item,
            reason=sanction.reason,
            report=sanction.report_id,
            by=_card(people, sanction.by_id),
            created_ms=sanction.created_ms,
            until_ms=sanction.expires_ms,
            lifted_ms=sanction.lifted_ms,
            lifted_by=_card(people, sanction.lifted_by),
            active=sanction.in_force(now_ms),
        )


class AuditOut(BaseModel):
    """One act of somebody who may do more than others."""

    id: int
    action: str
    actor: CardOut | None
    subject: CardOut | None
    details: dict[str, Any]
    created_ms: int

    @classmethod
    def of(cls, view: AuditView) -> Self:
        """Show a line of the audit table."""
        line = view.line
        return cls(
            id=line.id,
            action=line.action,
            actor=_card(view.people, line.actor_id),
            subject=_card(view.people, line.subject_id),
            details=dict(line.details),
            created_ms=line.created_ms,
        )


def _card(people: Mapping[str, Account], account_id: str | None) -> CardOut | None:
    account = people.get(account_id) if account_id is not None else None
    return CardOut.of(account.card) if account is not None else None
