"""Refusals, and the one table that turns them into HTTP statuses. Knows no framework.

A refusal is a value, not an exception: rules return it, shells translate it. Its `code` is
stable and for programs; its `text` is for the person and says what to do next.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """A decision against a request, explained.

    Attributes:
        code: stable snake_case name, a key of `HTTP_STATUS`.
        text: one or two plain sentences that say what to do.
        retry_after_s: when trying again may help, else None.
        about: what programs need besides, by name: whose doors one waits before, for example.
    """

    code: str
    text: str
    retry_after_s: float | None = None
    about: tuple[tuple[str, str], ...] = ()


HTTP_STATUS: dict[str, int] = {
    "bad_request": 400,
    "invalid_input": 422,
    "not_json": 400,
    "too_large": 413,
    "unauthorized": 401,
    "foreign_origin": 403,
    "forbidden": 403,
    "not_found": 404,
    "room_not_found": 404,
    "code_not_found": 404,
    "method_not_allowed": 405,
    "room_full": 409,
    "sign_in_needed": 401,
    "not_allowed": 403,
    "not_a_member": 403,
    "norms_unsigned": 403,
    "muted": 403,
    "banned": 403,
    "barred": 403,
    "group_archived": 409,
    "group_not_found": 404,
    "stale_version": 409,
    "already_here": 409,
    "line_empty": 422,
    "line_too_long": 422,
    "line_deleted": 409,
    "line_not_kept": 409,
    "key_used": 409,
    "reaction_unknown": 422,
    "too_many_attempts": 429,
    "bad_cursor": 422,
    "wrong_sign_in": 401,
    "wrong_password": 403,
    "weak_password": 422,
    "handle_taken": 409,
    "account_disabled": 403,
    "account_not_found": 404,
    "link_unknown": 404,
    "link_used": 410,
    "link_expired": 410,
    "invite_unknown": 404,
    "invite_used": 410,
    "invite_expired": 410,
    "guests_off": 403,
    "signed_in_already": 409,
    "last_owner": 409,
    "list_full": 409,
    "device_not_found": 404,
    "passkeys_unavailable": 403,
    "passkey_refused": 403,
    "passkey_not_found": 404,
    "pairing_unknown": 404,
    "pairing_expired": 410,
    "not_oneself": 422,
    "unblock_first": 409,
    "busy": 503,
    "room_archived": 409,
    "too_many_rooms": 409,
    "nothing_to_undo": 409,
    "design_twice": 422,
    "design_outside": 422,
    "design_zone": 422,
    "design_close": 422,
    "design_arrival": 422,
    "group_full": 409,
    "invite_needed": 403,
    "answer_needed": 422,
    "member_not_found": 404,
    "report_not_found": 404,
    "report_closed": 409,
    "report_claimed": 409,
    "report_open": 409,
    "sanction_not_found": 404,
    "sanction_over": 409,
    "line_not_found": 404,
    "event_not_found": 404,
    "occurrence_not_found": 404,
    "event_over": 409,
    "event_cancelled": 409,
    "event_full": 409,
    "no_offer": 409,
    "place_kept": 409,
    "rsvp_here": 409,
    "nobody_waits": 404,
    "gathering_waits": 409,
    "plan_not_found": 404,
    "plan_archived": 409,
    "too_many_plans": 409,
    "too_many_cues": 422,
    "plan_too_long": 422,
    "cue_twice": 422,
    "cue_length": 422,
    "cue_time": 422,
    "cue_breath": 422,
    "cue_unknown": 422,
    "pose_unknown": 422,
    "pose_refused": 422,
    "pose_not_found": 404,
    "pose_needed": 409,
    "too_many_poses": 409,
    "starter_unknown": 422,
    "stale_timeline": 409,
    "not_running": 409,
    "already_running": 409,
    "no_plan": 409,
    "internal_error": 500,
    "starting": 503,
    "stopping": 503,
}

TITLES: dict[str, str] = {
    "bad_request": "The request could not be understood",
    "invalid_input": "Some of the input cannot be used",
    "not_json": "The body is not JSON",
    "too_large": "The request is too large",
    "unauthorized": "A key is needed",
    "foreign_origin": "Request from another site",
    "forbidden": "Not allowed",
    "not_found": "Nothing here",
    "room_not_found": "No such room",
    "code_not_found": "No such join code",
    "method_not_allowed": "Not possible here",
    "room_full": "The room is full",
    "sign_in_needed": "Sign in first",
    "not_allowed": "Not allowed",
    "not_a_member": "For members only",
    "norms_unsigned": "The norms are not signed",
    "muted": "Muted",
    "banned": "Banned",
    "barred": "Barred from this room",
    "group_archived": "The group is archived",
    "group_not_found": "No such group",
    "stale_version": "Somebody else changed this",
    "already_here": "Already here on another device",
    "line_empty": "Nothing to read",
    "line_too_long": "The line is too long",
    "line_deleted": "The line was taken away",
    "line_not_kept": "The line was not kept",
    "key_used": "The key is used",
    "reaction_unknown": "No such reaction",
    "too_many_attempts": "Too many attempts",
    "bad_cursor": "This list cannot go on from there",
    "wrong_sign_in": "Wrong handle or password",
    "wrong_password": "Wrong password",
    "weak_password": "This password is too easy to guess",
    "handle_taken": "The handle is taken",
    "account_disabled": "The account is switched off",
    "account_not_found": "No such person",
    "link_unknown": "No such link",
    "link_used": "The link was used already",
    "link_expired": "The link has expired",
    "invite_unknown": "No such invite",
    "invite_used": "The invite is used up",
    "invite_expired": "The invite has expired",
    "guests_off": "No guests for now",
    "signed_in_already": "Signed in already",
    "last_owner": "A group needs an owner",
    "list_full": "The list is full",
    "device_not_found": "No such device",
    "passkeys_unavailable": "No passkeys here",
    "passkey_refused": "The passkey was not accepted",
    "passkey_not_found": "No such passkey",
    "pairing_unknown": "No such code",
    "pairing_expired": "The code has expired",
    "not_oneself": "Not with oneself",
    "unblock_first": "Unblock first",
    "busy": "Busy for a moment",
    "room_archived": "The room is archived",
    "too_many_rooms": "Too many rooms",
    "nothing_to_undo": "Nothing to undo",
    "design_twice": "Two parts with one name",
    "design_outside": "Outside the walls",
    "design_zone": "A zone cannot be there",
    "design_close": "Too close together",
    "design_arrival": "People would arrive inside something",
    "group_full": "The group is full",
    "invite_needed": "By invitation only",
    "answer_needed": "The group asks a question",
    "member_not_found": "No such member",
    "report_not_found": "No such report",
    "report_closed": "The report is closed",
    "report_claimed": "Somebody else is on it",
    "report_open": "Nobody is on it yet",
    "sanction_not_found": "No such sanction",
    "sanction_over": "The sanction is over",
    "line_not_found": "No such line",
    "event_not_found": "No such event",
    "occurrence_not_found": "Not on that day",
    "event_over": "It is over",
    "event_cancelled": "It was cancelled",
    "event_full": "It is full",
    "no_offer": "No place is kept",
    "place_kept": "Your place is kept anyway",
    "rsvp_here": "You are in it",
    "nobody_waits": "Nobody waits there",
    "gathering_waits": "The doors are not open for you yet",
    "plan_not_found": "No such plan",
    "plan_archived": "The plan is put away",
    "too_many_plans": "Too many plans",
    "too_many_cues": "Too many cues",
    "plan_too_long": "The plan is too long",
    "cue_twice": "Two cues with one name",
    "cue_length": "A cue is too short",
    "cue_time": "A cue begins at the wrong time",
    "cue_breath": "A breath is too fast",
    "cue_unknown": "No such cue",
    "pose_unknown": "A cue names a pose that is not there",
    "pose_refused": "Nobody can take this pose",
    "pose_not_found": "No such pose",
    "pose_needed": "A plan needs this pose",
    "too_many_poses": "Too many poses",
    "starter_unknown": "No such plan to begin with",
    "stale_timeline": "Somebody else moved the plan",
    "not_running": "The plan does not go on",
    "already_running": "The plan goes on already",
    "no_plan": "No plan",
    "internal_error": "Something broke on the server",
    "starting": "The server is still warming up",
    "stopping": "The server is stopping",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An RFC 9457 problem: what `application/problem+json` carries."""

    status: int
    code: str
    title: str
    detail: str
    errors: tuple[dict[str, str], ...] = field(default=())
    about: tuple[tuple[str, str], ...] = ()

    def body(self) -> dict[str, object]:
        """Return the members of the problem document."""
        body: dict[str, object] = {
            "type": f"urn:hearth:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = list(self.errors)
        return {**body, **dict(self.about)}


def to_problem(refusal: Refusal) -> Problem:
    """Translate a refusal for HTTP. An unlisted code is our fault, so it becomes a 500."""
    code = refusal.code if refusal.code in HTTP_STATUS else "internal_error"
    return Problem(HTTP_STATUS[code], code, TITLES[code], refusal.text, about=refusal.about)
