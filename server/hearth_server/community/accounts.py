"""People as the node knows them: accounts, their sessions, and who is calling."""

from dataclasses import dataclass
from typing import Literal

AccountKind = Literal["member", "guest"]
SessionKind = Literal["browser", "headset", "guest"]
BoundaryMode = Literal["off", "non_friends", "all"]


@dataclass(frozen=True, slots=True)
class Boundary:
    """Somebody's personal boundary: towards whom, and how wide."""

    mode: BoundaryMode = "non_friends"
    radius_m: float = 0.6


@dataclass(frozen=True, slots=True)
class Card:
    """What one person may see of another: enough to draw a face."""

    id: str
    name: str
    primary: str
    secondary: str
    pattern: int


@dataclass(frozen=True, slots=True)
class Account:
    """A person. `handle` is the name to sign in and to be mentioned with; guests have none."""

    id: str
    name: str
    handle: str | None = None
    kind: AccountKind = "member"
    operator: bool = False
    primary: str = "#ff9a4d"
    secondary: str = "#8fb8de"
    pattern: int = 0
    language: str = ""
    time_zone: str = ""
    boundary: Boundary = Boundary()
    created_ms: int = 0
    disabled_ms: int | None = None
    deleted_ms: int | None = None

    @property
    def usable(self) -> bool:
        """Whether anybody may act as this account."""
        return self.disabled_ms is None and self.deleted_ms is None

    @property
    def card(self) -> Card:
        """What others may see."""
        return Card(self.id, self.name, self.primary, self.secondary, self.pattern)


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in device. `room_id` is the only room of a guest."""

    id: str
    account_id: str
    kind: SessionKind
    label: str
    created_ms: int
    seen_ms: int
    expires_ms: int
    room_id: str | None = None
    device_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request: a person on a device."""

    account: Account
    session: Session
