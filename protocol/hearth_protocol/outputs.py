"""What the two session machines share: phases, and the things they give back."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from hearth_protocol.control import (
    AnyClientMessage,
    AnyServerMessage,
    ChatLine,
    ErrorMessage,
    Hide,
    ProfileChange,
    React,
)
from hearth_protocol.errors import CloseCode
from hearth_protocol.framing import FrameKind
from hearth_protocol.limits import U32_MAX
from hearth_protocol.voice import HearingWish, Mute, VoiceOffer

Request: TypeAlias = ChatLine | React | Hide | ProfileChange | VoiceOffer | Mute | HearingWish


class Phase(StrEnum):
    """Where a conversation stands."""

    NEW = "new"
    AWAITING_HELLO = "awaiting_hello"
    ADMITTING = "admitting"
    AWAITING_WELCOME = "awaiting_welcome"
    OPEN = "open"
    CLOSED = "closed"


# --- what the machines give back --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Received:
    """A sound message for the layer above."""

    message: AnyClientMessage | AnyServerMessage


@dataclass(frozen=True, slots=True)
class Hot:
    """A pose or snapshot, passed through unread; the view is of the bytes that came in."""

    kind: FrameKind
    payload: memoryview


@dataclass(frozen=True, slots=True)
class Answered:
    """A request of this client was answered; `error` is None when it was carried out."""

    request: Request
    error: ErrorMessage | None


@dataclass(frozen=True, slots=True)
class Send:
    """Bytes to send now, as one binary message."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """Close the WebSocket with this code; nothing comes after it."""

    code: CloseCode
    text: str


Output: TypeAlias = Received | Hot | Answered | Send | Close


def server_ms(now_s: float) -> int:
    """Give server time (u32, wrapping) for seconds since the node's epoch."""
    return int(now_s * 1000.0) & U32_MAX
