"""The link between the node and its voice worker: messages, bytes and framing of both ends.

One AF_UNIX stream socketpair; a frame is a little-endian u32 length and a msgpack map whose
`k` names the kind. Arrays travel as little-endian bytes (u32 participant ids). Knows no peer
and no process: `hearth_server.voice.supervisor` and `hearth_server.voice.worker` do.

The two ends are one program of one version, so a frame that cannot be read is a fault of ours
and ends the link; it is never repaired.
"""

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import ClassVar, Final, Literal, cast

import msgpack

PlaneChoice = Literal["auto", "numba", "python"]
Path = Literal["udp", "tcp"]
State = Literal["connecting", "connected", "weak", "closed"]

MAX_FRAME_BYTES: Final = 8 << 20
_LENGTH = struct.Struct("<I")


class LinkError(Exception):
    """The other end sent bytes that are no message of this version."""


@dataclass(frozen=True, slots=True)
class Config:
    """Node to worker, first and once.

    Attributes:
        hosts: addresses to bind; "0.0.0.0" and "::" stand for all local ones of that family.
        port: UDP and TCP port; 0 lets the worker choose one that is free for both.
        advertise: addresses put into answers; empty means the bound ones.
        plane: which data plane to use.
        plane_reason: why this plane, if it is not what the operator asked for; else "".
        data_dir: where compiled code may be kept if nothing better is writable.
        max_peers: offers beyond this many peers are refused.
        log_format: as `hearth_server.logs.configure` takes it.
        log_level: as `hearth_server.logs.configure` takes it.
    """

    KIND: ClassVar[str] = "config"
    hosts: tuple[str, ...]
    port: int = 0
    advertise: tuple[str, ...] = ()
    plane: PlaneChoice = "auto"
    plane_reason: str = ""
    data_dir: str = ""
    max_peers: int = 512
    log_format: Literal["console", "json"] = "console"
    log_level: str = "info"


@dataclass(frozen=True, slots=True)
class Offer:
    """Node to worker: a participant's SDP offer, answered by `Answer` or `Refused` with `rid`."""

    KIND: ClassVar[str] = "offer"
    peer: int
    rid: int
    sdp: str


@dataclass(frozen=True, slots=True)
class Close:
    """Node to worker: this participant's voice ends."""

    KIND: ClassVar[str] = "close"
    peer: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Routes:
    """Node to worker: whom these listeners hear from now on, slot by slot.

    Attributes:
        epoch: u32 that comes back in `Acked`.
        listeners: u32[n] participant ids.
        rows: u32[n, 8] participant ids of talkers, 0 for an empty slot.
    """

    KIND: ClassVar[str] = "routes"
    epoch: int
    listeners: bytes
    rows: bytes


@dataclass(frozen=True, slots=True)
class Mute:
    """Node to worker: drop everything this participant sends, or stop dropping it."""

    KIND: ClassVar[str] = "mute"
    peer: int
    on: bool


@dataclass(frozen=True, slots=True)
class Born:
    """Worker to node, first: its process id. Stays with the supervisor."""

    KIND: ClassVar[str] = "born"
    pid: int


@dataclass(frozen=True, slots=True)
class Ready:
    """Worker to node, once: offers are answered from now on.

    Attributes:
        port: the port that was bound.
        addresses: the addresses put into answers.
        plane: name of the plane in use.
        plane_reason: why this plane, when another one was wanted; else "".
        start_ms: from the start of the process to this message; the supervisor fills it in.
        receive_buffer_bytes: the smallest receive buffer the kernel granted.
        send_buffer_bytes: the smallest send buffer the kernel granted.
    """

    KIND: ClassVar[str] = "ready"
    port: int
    addresses: tuple[str, ...]
    plane: str
    plane_reason: str = ""
    start_ms: int = 0
    receive_buffer_bytes: int = 0
    send_buffer_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Worker to node: it cannot work (a taken port, say) and ends; `text` says what to do."""

    KIND: ClassVar[str] = "fault"
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Worker to node: the SDP answer to the offer `rid`."""

    KIND: ClassVar[str] = "answer"
    peer: int
    rid: int
    sdp: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Worker to node: the offer `rid` cannot be used; `text` tells the person what to do."""

    KIND: ClassVar[str] = "refused"
    peer: int
    rid: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class PeerState:
    """Worker to node: how a participant's media connection fares.

    Attributes:
        peer: participant id.
        state: "closed" is final; a new offer makes a new peer.
        path: how packets travel; "" before the first path.
        reason: why it closed, one of the names in docs; else "".
    """

    KIND: ClassVar[str] = "state"
    peer: int
    state: State
    path: Path | Literal[""] = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Edges:
    """Worker to node, within 20 ms: who began or stopped talking. u32[n] ids and u8[n] 0 or 1."""

    KIND: ClassVar[str] = "edges"
    peers: bytes
    talking: bytes


@dataclass(frozen=True, slots=True)
class Levels:
    """Worker to node, 10 Hz: u32[n] ids whose level changed; u8[n] in -dBov, 0 is loudest."""

    KIND: ClassVar[str] = "levels"
    peers: bytes
    dbov: bytes


@dataclass(frozen=True, slots=True)
class Acked:
    """Worker to node: the plane forwards by the routes of this epoch."""

    KIND: ClassVar[str] = "acked"
    epoch: int


@dataclass(frozen=True, slots=True)
class Quality:
    """Worker to node, at most 1/s per participant: how well they receive (from RTCP)."""

    KIND: ClassVar[str] = "quality"
    peer: int
    loss_pct: float
    jitter_ms: float


@dataclass(frozen=True, slots=True)
class Counts:
    """Worker to node, 1 Hz: what was counted since the last one, by name; zeros left out."""

    KIND: ClassVar[str] = "counts"
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alive:
    """Worker to node, 1 Hz: its loop turns."""

    KIND: ClassVar[str] = "alive"


@dataclass(frozen=True, slots=True)
class Lost:
    """Supervisor to its owner, never on the wire: the worker is gone, and every peer with it."""

    KIND: ClassVar[str] = "lost"
    reason: str


FromNode = Config | Offer | Close | Routes | Mute
FromWorker = (
    Born
    | Ready
    | Fault
    | Answer
    | Refused
    | PeerState
    | Edges
    | Levels
    | Acked
    | Quality
    | Counts
    | Alive
    | Lost
)
Message = FromNode | FromWorker

_KINDS: dict[str, type[Message]] = {
    kind.KIND: kind
    for kind in (
        *(Config, Offer, Close, Routes, Mute),
        *(
            Born,
            Ready,
            Fault,
            Answer,
            Refused,
            PeerState,
            Edges,
            Levels,
            Acked,
            Quality,
            Counts,
            Alive,
        ),
    )
}
_FIELDS: dict[str, tuple[str, ...]] = {
    name: tuple(each.name for each in fields(kind)) for name, kind in _KINDS.items()
}


def encode(message: Message) -> bytes:
    """Return one frame, length included."""
    kind = message.KIND
    body: bytes = msgpack.packb(
        {"k": kind, **{name: getattr(message, name) for name in _FIELDS[kind]}}
    )
    return _LENGTH.pack(len(body)) + body


def decode(body: bytes) -> Message:
    """Return the message of one frame's body.

    Raises:
        LinkError: no message of this version.
    """
    try:
        raw = msgpack.unpackb(body)
        kind = raw.pop("k")
        for name, value in raw.items():
            if isinstance(value, list):
                raw[name] = tuple(value)
        return _KINDS[kind](**raw)
    except (ValueError, TypeError, KeyError, AttributeError, msgpack.UnpackException) as fault:
        raise LinkError(f"not a message: {fault!r}") from fault


class Deframer:
    """Cuts a byte stream into messages."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Add bytes and return the messages that are now whole.

        Raises:
            LinkError: a frame is too long or no message.
        """
        held = self._held
        held += data
        messages: list[Message] = []
        at = 0
        while len(held) - at >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(held, at)
            if length > MAX_FRAME_BYTES:
                raise LinkError(f"a frame of {length} bytes")
            if len(held) - at - _LENGTH.size < length:
                break
            at += _LENGTH.size
            messages.append(decode(bytes(held[at : at + length])))
            at += length
        del held[:at]
        return messages


class LinkEnd(asyncio.Protocol):
    """One end of the link on an event loop.

    Args:
        on_message: called on the loop with each message, in order.
        on_closed: called once when the other end is gone.
    """

    def __init__(
        self, on_message: Callable[[Message], None], on_closed: Callable[[], None]
    ) -> None:
        self._on_message = on_message
        self._on_closed = on_closed
        self._deframer = Deframer()
        self._transport: asyncio.Transport | None = None
        self.closed = asyncio.Event()
        self.fault: LinkError | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        transport = cast("asyncio.Transport", transport)  # uvloop's are of no such class
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Hand on whole messages; bytes that are none end the link."""
        try:
            messages = self._deframer.feed(data)
        except LinkError as fault:
            self.fault = fault
            self.close()
            return
        for message in messages:
            self._on_message(message)

    def connection_lost(self, exc: Exception | None) -> None:
        """Remember that the other end is gone."""
        self._transport = None
        self.closed.set()
        self._on_closed()

    def send(self, message: Message) -> bool:
        """Write a message and say whether there was somebody to write to."""
        if self._transport is None or self._transport.is_closing():
            return False
        self._transport.write(encode(message))
        return True

    def close(self) -> None:
        """Close this end after what is written has gone."""
        if self._transport is not None:
            self._transport.close()
