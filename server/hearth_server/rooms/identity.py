"""Who a participant of a group's room is: their account, and what they may do right now."""

from dataclasses import dataclass
from typing import Final

from hearth_protocol.group_room import BoundaryMode, PersonalBoundary, Role, You
from hearth_protocol.limits import BOUNDARY_MAX_M, BOUNDARY_MIN_M
from hearth_protocol.voice import MutedBy
from hearth_server.community.accounts import Account, Boundary
from hearth_server.community.groups import Standing
from hearth_server.community.permissions import Right
from hearth_server.community.relations import RelationBook
from hearth_server.community.spans import DAY_MS

NEW_FOR_MS: Final = 7 * DAY_MS
#: Where everybody has to keep a boundary towards everybody, it is an arm's length at least.
ARM_M: Final = 0.6
#: How far others are kept from somebody who left the safe place's door open, and from everybody
#: while a gathering keeps silence: nobody can say no.
SAFE_BOUNDARY: Final = Boundary("all", BOUNDARY_MAX_M)


@dataclass(slots=True, eq=False)
class Identity:
    """A person behind a participant.

    Attributes:
        account: theirs, as it was when they came.
        standing: what they are in the room's group; replaced when it changes.
        boundary: what they wish for, before norms and the safe place have a say.
        device: hash of their browser's long-lived cookie.
        session_id: of the session they came with.
        safe: they are in the safe place.
        quiet: they stand in a quiet zone.
        calm: the gathering they are in keeps silence.
        no_touch: they are in a class, where nobody comes within anybody's reach unasked.
    """

    account: Account
    standing: Standing
    boundary: Boundary
    device: bytes | None = None
    session_id: str | None = None
    safe: bool = False
    quiet: bool = False
    calm: bool = False
    no_touch: bool = False

    @property
    def account_id(self) -> str:
        """Whose this is."""
        return self.account.id

    def may(self, right: Right) -> bool:
        """Say whether they have a right in the room's group."""
        return self.standing.may(right)

    @property
    def on_duty(self) -> bool:
        """Whether they answer reports: nobody can block them away from a room they look after."""
        return self.standing.on_duty

    @property
    def role(self) -> Role:
        """What others are told they are."""
        role = self.standing.role
        return "listener" if role is None or self.standing.listener else role.value

    def is_new(self, now_ms: int) -> bool:
        """Say whether they came to the group in the last days."""
        joined_ms = self.standing.joined_ms
        return joined_ms is not None and now_ms - joined_ms < NEW_FOR_MS

    @property
    def silenced(self) -> bool:
        """Whether nobody may hear them, whatever they do with their microphone."""
        return self.silenced_by is not None

    @property
    def silenced_by(self) -> MutedBy | None:
        """Why nobody may hear them: what lasts longest first, a quiet zone they can walk out of."""
        if self.safe:
            return "safe"
        if not self.may(Right.SPEAK):
            if "mute" in self.standing.sanctions:
                return "group"
            return "unsigned" if self.standing.listener else "rights"
        return "zone" if self.quiet else None

    def boundary_in_force(self, *, forced: bool) -> Boundary:
        """Return how near others may come: the stricter of wish, norms, silence and safe place."""
        if self.safe or self.calm:
            return SAFE_BOUNDARY
        if not (forced or self.no_touch):
            return self.boundary
        return Boundary("all", max(self.boundary.radius_m, ARM_M))

    def you(self, *, forced: bool, companion: bool) -> You:
        """Return what they are told of themselves."""
        return You(
            account=self.account_id,
            role=self.role,
            rights=sorted(right.value for right in self.standing.rights),
            companion=companion,
            listener=self.role == "listener",
            boundary=wire_boundary(self.boundary_in_force(forced=forced)),
        )


def wire_boundary(boundary: Boundary) -> PersonalBoundary:
    """Return a boundary as the wire has it."""
    mode: BoundaryMode = boundary.mode
    radius_m = min(max(boundary.radius_m, BOUNDARY_MIN_M), BOUNDARY_MAX_M)
    return PersonalBoundary(mode=mode, radius_m=radius_m)


def blocked_apart(book: RelationBook, a: Identity, b: Identity) -> bool:
    """Say whether a block keeps two people apart in a room.

    A block of somebody on duty has no effect: nobody gets out of a moderator's sight that way.
    """
    one, other = a.account_id, b.account_id
    return (book.blocked(one, other) and not b.on_duty) or (
        book.blocked(other, one) and not a.on_duty
    )
