"""Getting in, sans I/O: from an open TCP connection to `welcome`, as bytes in and bytes out.

First the opening handshake, then the wire's `hello`. Bytes that come after `welcome` in the same
read are handed on untouched.
"""

import secrets
from dataclasses import dataclass

from websockets.frames import Frame, Opcode

from hearth_loadtest.handshake import Handshake
from hearth_protocol import codec, control
from hearth_protocol.errors import MalformedFrame
from hearth_protocol.fields import Device
from hearth_protocol.kernels.scan import CLOSE, CONTROL, PING, PONG

_HEADER_LIMIT = 16 * 1024


@dataclass(frozen=True)
class Door:
    """Where to knock and what to show."""

    url: str
    ticket: str
    device: Device = "desktop"
    features: tuple[str, ...] = ()


def client_frame(opcode: int, payload: bytes) -> bytes:
    """A whole masked frame, ready to send."""
    return Frame(Opcode(opcode), payload).serialize(mask=True)


def message_frame(message: control.AnyClientMessage) -> bytes:
    """A control message as a whole masked frame."""
    return client_frame(CONTROL + 2, codec.encode(message))


def close_frame(code: int = 1000) -> bytes:
    """A closing frame with a code and no words."""
    return client_frame(CLOSE, code.to_bytes(2, "big"))


def close_reason(payload: bytes) -> str:
    """The close code of a closing frame's payload, as text for a table of failures."""
    return f"closed {int.from_bytes(payload[:2], 'big')}" if len(payload) >= 2 else "closed"


@dataclass(frozen=True)
class Reply:
    """What a message means for a bot that is in: bytes to answer with, or why it is over."""

    answer: bytes = b""
    over: str | None = None
    error: str | None = None
    pong: control.Pong | None = None


def reply_to(kind: int, payload: bytes) -> Reply:
    """Say what to do about a frame (kind as in `kernels.scan`) that is not a snapshot."""
    if kind == PING:
        return Reply(answer=client_frame(PONG, payload))
    if kind == CLOSE:
        return Reply(over=close_reason(payload))
    return _reply_to_message(payload) if kind == CONTROL else Reply()


def _reply_to_message(payload: bytes) -> Reply:
    try:
        message = codec.decode_server(payload)
    except MalformedFrame as fault:
        return Reply(error=f"unreadable message: {fault.reason.name.lower()}")
    if isinstance(message, control.Closing):
        return Reply(over=message.reason)
    if isinstance(message, control.ErrorMessage):
        return Reply(error=message.code)
    return Reply(pong=message if isinstance(message, control.Pong) else None)


class FrameCutter:
    """Cuts a server's stream into frames, one Python object each: for the few at the door."""

    def __init__(self, data: bytes = b"") -> None:
        """Begin with some bytes of the stream."""
        self._bytes = bytearray(data)

    def add(self, data: bytes | bytearray | memoryview) -> None:
        """Append bytes."""
        self._bytes += data

    @property
    def rest(self) -> bytes:
        """What has not been cut yet."""
        return bytes(self._bytes)

    def next_frame(self) -> tuple[int, bytes] | None:
        """Cut one whole frame off the front, as (opcode, payload); None if there is none."""
        data = self._bytes
        if len(data) < 2:
            return None
        length, begin = data[1] & 127, 2
        if length >= 126:
            begin = 4 if length == 126 else 10
            if len(data) < begin:
                return None
            length = int.from_bytes(data[2:begin], "big")
        if len(data) < begin + length:
            return None
        opcode, payload = data[0] & 15, bytes(data[begin : begin + length])
        del data[: begin + length]
        return opcode, payload


class Entry:
    """One connection's way in. Feed it what was read, send what it hands out."""

    def __init__(self, door: Door) -> None:
        """Prepare the handshake for a door; `opening` is to be sent first."""
        self._door = door
        self._handshake = Handshake(door.url)
        self.opening = self._handshake.request
        self._head = bytearray()
        self._frames = FrameCutter()
        self._shaken = False
        self._welcome: bytes | None = None
        #: Who one is, once `welcome` has come.
        self.participant: int | None = None
        self.failure: str | None = None

    def feed(self, data: bytes | bytearray | memoryview) -> bytes:
        """Take bytes from the server; return bytes for it.

        Afterwards `participant` or `failure` may be set. With `participant`, `rest` holds what
        follows.
        """
        out = b""
        if self._shaken:
            self._frames.add(data)
        else:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                if len(self._head) > _HEADER_LIMIT:
                    self.failure = "handshake: endless header"
                return b""
            self._frames.add(self._head[end + 4 :])
            out = self._shake(bytes(self._head[: end + 4]))
            if self.failure:
                return b""
        while self.participant is None and self.failure is None:
            frame = self._frames.next_frame()
            if frame is None:
                break
            out += self._take(*frame)
        return out

    @property
    def welcome(self) -> control.Welcome | None:
        """What the server said, in full; None before it has.

        Raises:
            MalformedFrame: It is no sound `welcome`.
        """
        if self._welcome is None:
            return None
        message = codec.decode_server(self._welcome)
        assert isinstance(message, control.Welcome)
        return message

    @property
    def said_hello(self) -> bool:
        """Whether the server may have seated this bot already."""
        return self._shaken

    @property
    def rest(self) -> bytes:
        """What came after `welcome`, to be read as the stream's beginning."""
        return self._frames.rest

    def _shake(self, head: bytes) -> bytes:
        """Check the answer to the upgrade request; return `hello`."""
        fault = self._handshake.fault_of(head)
        if fault is not None:
            self.failure = f"handshake: {fault}"
            return b""
        self._shaken = True
        hello = control.Hello(
            ticket=self._door.ticket,
            client=control.ClientInfo(name="hearth-loadtest", version="1"),
            features=list(self._door.features),
            device=self._door.device,
        )
        return message_frame(hello)

    def _take(self, opcode: int, payload: bytes) -> bytes:
        """Look at one frame before `welcome`."""
        if opcode == Opcode.BINARY and payload[:1] != b"\xc1":
            try:
                message = codec.unpack(payload)
            except MalformedFrame as fault:
                self.failure = f"unreadable message: {fault.reason.name.lower()}"
                return b""
            if message["t"] == "welcome":
                self._take_welcome(payload, message.get("participant"))
                return b""
        reply = reply_to(CONTROL if opcode == Opcode.BINARY else opcode, payload)
        self.failure = reply.over or reply.error
        return reply.answer

    def _take_welcome(self, payload: bytes, participant: object) -> None:
        """Look at no more of it than every bot needs: the whole check is a tenth of a join."""
        if not isinstance(participant, int) or participant < 1:
            self.failure = "unreadable message: bad_field"
            return
        self._welcome = payload
        self.participant = participant


def mask_key() -> int:
    """A random mask for all frames of one bot: as the RFC asks, but not new for each frame."""
    return secrets.randbits(32)
