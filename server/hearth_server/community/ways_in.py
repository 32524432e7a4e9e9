"""What lets somebody in besides a password: links, passkeys, paired headsets."""

from dataclasses import dataclass
from typing import Literal

SetupPurpose = Literal["owner", "reset"]
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
