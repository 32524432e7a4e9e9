"""One WebSocket on one transport: bytes to messages and back (RFC 6455). Knows no room.

Handshake, control frames, fragments, pings and closing go through the sans-I/O parser of the
websockets library, which is only ever fed whole frames. A pose takes the short way past it: one
copy, still masked, into the row the simulation reads at the next tick (`hearth_sim` ingest).
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from hearth_protocol.errors import CloseCode
from hearth_protocol.limits import (
    HOT_MARK,
    INBOX_STRIDE,
    MAX_UP,
    POSE_BYTES,
    POSE_FRAME_BYTES,
)
from hearth_protocol.version import SUBPROTOCOL
from hearth_server.logs import logger
from hearth_server.realtime.framing import INCOMPLETE, REFUSED, frame_end
from hearth_server.realtime.socket_plane import SocketPlane

# After our close frame the other side has this long to answer before the connection is cut.
CLOSE_TIMEOUT_S: Final = 2.0
_FIN_BINARY: Final = 0x82
_MASKED_POSE: Final = 0x80 | POSE_BYTES
_NEVER: Final = -1
# A line per connection is too many; what goes wrong is counted under its close code.
_log = logger("hearth.wire")
_LIBRARY_LOG: Final = logging.getLogger("hearth.websocket")
_LIBRARY_LOG.setLevel(logging.ERROR)
_UNMASKED: Final = bytes((_FIN_BINARY, _MASKED_POSE, 0, 0, 0, 0))


@dataclass(frozen=True, slots=True)
class PoseSeat:
    """Where a participant's poses go: their row of the shared arrays.

    Attributes:
        slot: the participant's slot.
        inbox: flat memoryview of the world's inbox bytes.
        arrived: memoryview of u32 server milliseconds by slot.
        now_ms: reads server time, u32 milliseconds.
        plane: reads and writes plain sockets in bulk, if this system has one.
    """

    slot: int
    inbox: memoryview
    arrived: memoryview
    now_ms: Callable[[], int]
    plane: SocketPlane | None

    @property
    def row(self) -> slice:
        """The part of `inbox` that holds one masked pose frame."""
        begin = self.slot * INBOX_STRIDE
        return slice(begin, begin + POSE_FRAME_BYTES)


class Wire(asyncio.Protocol):
    """A server-side WebSocket; subclasses decide what requests and messages mean."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.transport: asyncio.Transport = None  # type: ignore[assignment]
        self.poses_in = 0
        self.ws = ServerProtocol(
            subprotocols=[Subprotocol(SUBPROTOCOL)], max_size=MAX_UP, logger=_LIBRARY_LOG
        )
        # Length of a read that may be a lone pose; _NEVER while anything else is pending.
        self._pose_length = _NEVER
        self._seat: PoseSeat | None = None
        self._inbox: Any = None
        self._row: Any = None
        self._arrived: Any = None
        self._slot = 0
        self._now_ms: Any = None
        self._tail = b""
        self._fragments: list[bytes] = []
        # Set once the parser was given bytes it will refuse: from then on it gets all of them.
        self._surrendered = False
        self._cut: asyncio.TimerHandle | None = None

    # --- what subclasses add ---------------------------------------------------------------

    def request_received(self, request: Request) -> None:
        """An upgrade request arrived: answer with `accept` or `reject`."""
        raise NotImplementedError

    def message_received(self, payload: bytes) -> None:
        """A whole binary message arrived that is no pose for the inbox."""
        raise NotImplementedError

    def frame_received(self) -> bool:
        """Count one frame that did not take the short way; False stops reading on."""
        return True

    def pong_received(self, payload: bytes) -> None:
        """The other side answered a ping."""

    def closed_by(self, code: int, remote: bool) -> None:
        """A close code is settled: by the other side's frame, or by ours over a fault."""

    def failed(self) -> None:
        """Our own code failed over what was received: end this connection."""
        self.close(CloseCode.INTERNAL)

    # --- reading -----------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Take bytes from the transport; the short way for a lone pose."""
        if (
            len(data) == self._pose_length
            and data[1] == _MASKED_POSE
            and data[0] == _FIN_BINARY
            and data[2] ^ data[6] == HOT_MARK
        ):
            self._inbox[self._row] = data
            self._arrived[self._slot] = self._now_ms()
            self.poses_in += 1
        else:
            try:
                self._read(data)
            except Exception:
                # A mistake of ours ends this connection and nobody else's.
                _log.exception("connection failed")
                self.failed()

    def sit_down(self, seat: PoseSeat) -> None:
        """Open the short way for poses; the socket plane reads from now on if it can."""
        self._seat = seat
        self._inbox, self._row = seat.inbox, seat.row
        self._arrived, self._slot, self._now_ms = seat.arrived, seat.slot, seat.now_ms
        if seat.plane is not None:
            seat.plane.add(seat.slot, self.transport, self)
        self._rearm()

    def stand_up(self) -> None:
        """Shut the short way: nothing that still arrives moves anybody."""
        seat, self._seat = self._seat, None
        self._pose_length = _NEVER
        if seat is not None and seat.plane is not None and seat.plane.carries(seat.slot):
            seat.plane.remove(seat.slot)
            if not self.transport.is_closing():
                self.transport.resume_reading()

    def poses_read(self) -> int:
        """Return how many poses came on this connection, by whichever way."""
        seat = self._seat
        if seat is None or seat.plane is None or not seat.plane.carries(seat.slot):
            return self.poses_in
        return self.poses_in + int(seat.plane.poses[seat.slot])

    def _rearm(self) -> None:
        """Allow the short way again if nothing unfinished is waiting."""
        free = not self._tail and not self._surrendered and self.ws.current_size is None
        seat = self._seat
        ready = free and seat is not None and self.is_open
        self._pose_length = POSE_FRAME_BYTES if ready else _NEVER
        if seat is not None and seat.plane is not None:
            seat.plane.whole[seat.slot] = ready

    def _read(self, data: bytes) -> None:
        if self._tail:
            data, self._tail = self._tail + data, b""
        if self._surrendered or self.ws.state is not State.OPEN:
            self._parse(data)
            return
        at = 0
        while at < len(data) and self.is_open:
            end = at + POSE_FRAME_BYTES
            if (
                self._seat is not None
                and end <= len(data)
                and data[at] == _FIN_BINARY
                and data[at + 1] == _MASKED_POSE
                and data[at + 2] ^ data[at + 6] == HOT_MARK
                and self.ws.current_size is None
            ):
                self._take_pose(data[at:end])
                at = end
                continue
            end = frame_end(data, at)
            if end == INCOMPLETE:
                self._tail = data[at:]
                break
            if end == REFUSED:
                self._surrendered = True
                end = len(data)
            self._parse(data[at:end])
            at = end
        self._rearm()

    def _take_pose(self, frame: bytes) -> None:
        self._inbox[self._row] = frame
        self._arrived[self._slot] = self._now_ms()
        self.poses_in += 1

    def _parse(self, data: bytes) -> None:
        ws = self.ws
        ws.receive_data(data)
        for event in ws.events_received():
            if isinstance(event, Request):
                self.request_received(event)
            elif isinstance(event, Frame) and self.is_open:
                if not self.frame_received():
                    break
                self._frame(event)
            elif isinstance(event, Frame) and event.opcode is Opcode.CLOSE:
                self._peer_closed()
        self.flush()
        if ws.parser_exc is not None and ws.close_sent is not None and self._cut is None:
            self._cut_later()
            self.closed_by(int(ws.close_sent.code), remote=False)

    def _frame(self, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.BINARY | Opcode.CONT:
                self._fragments.append(bytes(frame.data))
                if frame.fin:
                    payload = b"".join(self._fragments)
                    self._fragments.clear()
                    self._message(payload)
            case Opcode.TEXT:
                self.close(CloseCode.TEXT_REFUSED)
            case Opcode.PONG:
                self.pong_received(bytes(frame.data))
            case _:
                pass  # the parser has queued the pong to a ping

    def _message(self, payload: bytes) -> None:
        if self._seat is not None and len(payload) == POSE_BYTES and payload[0] == HOT_MARK:
            self._take_pose(_UNMASKED + payload)  # came in fragments, or with a long header
        else:
            self.message_received(payload)

    def _peer_closed(self) -> None:
        received = self.ws.close_rcvd
        if received is not None and self._cut is None:
            self._cut_later()
            self.closed_by(int(received.code), remote=True)

    # --- writing -----------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether messages may still be exchanged."""
        return self.ws.state is State.OPEN

    def flush(self) -> None:
        """Write what the parser wants sent: handshake, pongs, close frames, the end."""
        transport = self.transport
        self._mark_written()
        for part in self.ws.data_to_send():
            if transport.is_closing():
                return
            if part:
                transport.write(part)
            elif self.ws.close_rcvd is None and transport.can_write_eof():
                # We gave up on the other side: read on until it noticed, else a reset would
                # throw away the close frame that tells it why.
                transport.write_eof()
            else:
                transport.close()

    def send(self, frames: bytes) -> None:
        """Write whole frames that are packed already."""
        if self.is_open and not self.transport.is_closing():
            self._mark_written()
            self.transport.write(frames)

    def _mark_written(self) -> None:
        seat = self._seat
        if seat is not None and seat.plane is not None and seat.plane.carries(seat.slot):
            seat.plane.written.add(seat.slot)

    def write_rest(self, rest: memoryview) -> None:
        """Send what the socket did not take of a snapshot, before anything else.

        A copy: the transport keeps it until it is sent, and the arena is written again at the
        next tick. With a view, one observer could get another's bytes.
        """
        if not self.transport.is_closing():
            self._mark_written()
            self.transport.write(bytes(rest))

    def ping(self) -> None:
        """Ask for a sign of life."""
        if self.is_open:
            self.ws.send_ping(b"hearth")
            self.flush()

    def close(self, code: CloseCode) -> None:
        """Say goodbye with a code; the connection is cut if no answer comes."""
        if not self.is_open:
            return
        self._cut_later()
        self.ws.send_close(code, code.label)
        self.flush()
        self.closed_by(int(code), remote=False)

    def abort(self) -> None:
        """Cut the connection now."""
        if self._cut is not None:
            self._cut.cancel()
        self.stand_up()
        self.transport.abort()

    def _cut_later(self) -> None:
        self.stand_up()
        if self._cut is None:
            self._cut = self.loop.call_later(CLOSE_TIMEOUT_S, self.transport.abort)

    # --- the transport's life ------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        # uvloop's transports are no subclasses of asyncio's, they only look like them.
        self.transport = cast("asyncio.Transport", transport)

    def eof_received(self) -> bool:
        """The other side stopped sending: nothing more can be expected from it."""
        self.stand_up()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget timers and rows."""
        self.stand_up()
        if self._cut is not None:
            self._cut.cancel()
