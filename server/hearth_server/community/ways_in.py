"""What lets somebody in besides a password: links, invites, passkeys, paired headsets."""

from dataclasses import dataclass
from typing import Literal

SetupPurpose = Literal["owner", "reset"]
InviteKind = Literal["account", "member", "guest"]
PairingState = Literal["waiting", "approved", "refused", "spent"]


@dataclass(frozen=True, slots=True)
class SetupLink:
    """A one-time link: to make the owner's account, or to give an account a new password."""

    purpose: SetupPurpose
    account_id: str | None
    created_ms: int
    expires_ms: int
    used_ms: int | None = None


@dataclass(frozen=True, slots=True)
class InviteLink:
    """An invite as whoever holds its link uses it.

    Attributes:
        kind: to the node (account), to a group (member), or into one room as a guest.
        group_id: which group; None for an invite to the node.
        room_id: the guest's room.
    """

    id: str
    kind: InviteKind
    group_id: str | None
    room_id: str | None
    uses_left: int
    expires_ms: int
    revoked_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Passkey:
    """A credential that an authenticator keeps. `id` is the credential's own, base64url."""

    id: str
    account_id: str
    public_key: bytes
    sign_count: int
    name: str
    transports: tuple[str, ...]
    created_ms: int
    used_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Pairing:
    """A headset that asked to be let in by somebody's other device."""

    id: str
    account_id: str | None
    label: str
    state: PairingState
    created_ms: int
    expires_ms: int
