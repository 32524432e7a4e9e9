"""One open WebSocket: its limits, its outbox, and the participant it speaks for.

Poses never come by here: `wire.py` copies them into the world's inbox (next: `hearth_sim` ingest).
"""

from typing import TYPE_CHECKING, Final

from hearth_protocol.control import AnyServerMessage, ErrorMessage, Hello, Welcome
from hearth_protocol.errors import ERROR_ADVICE, CloseCode, ErrorCode
from hearth_protocol.framing import server_frame
from hearth_protocol.group_room import Ties
from hearth_protocol.limits import (
    CLIENT_HEADER_BYTES,
    INVALID_POSES_MAX,
    INVALID_POSES_WINDOW_S,
    PING_EVERY_S,
    POSE_FLOOD_FACTOR,
    POSE_FRAME_BYTES,
)
from hearth_protocol.session import (
    Close,
    Hot,
    Output,
    Received,
    Send,
    ServerPolicy,
    ServerSession,
)
from hearth_protocol.voice import VoiceAnswer
from hearth_server.realtime.handlers import handle
from hearth_server.realtime.ports import Addressed
from hearth_server.realtime.wire import Wire
from hearth_server.rooms.outbox import Outbox
from hearth_server.rooms.packing import pack
from hearth_server.rooms.participant import SHOWN_AWAY_AFTER_S, Participant
from hearth_server.rooms.ratelimit import TokenBucket

if TYPE_CHECKING:
    from hearth_server.realtime.shard import Shard

# Frames other than poses: a page that reloads its settings sends a dozen at once.
FRAMES_PER_S: Final = 40.0
FRAMES_BURST: Final = 160.0
# A network that stood still delivers what it held back: that is no flood.
POSE_BACKLOG_S: Final = 20.0
UNWRITABLE_CLOSES_AFTER_S: Final = 10.0
_PONG: Final = b"\xa1t\xa4pong"


class Connection:
    """What lies between a wire and a participant.

    Attributes:
        wire: the WebSocket.
        participant: None before hello, and after being replaced or leaving.
        companion_of: the participant this speaks for without being their avatar.
        session_id: of the account's session that a companion came with.
        ties_told: what others are to them, as last told.
        outbox: control frames for the next tick.
        needs_roster: nothing of the room was told yet on this connection.
    """

    def __init__(self, wire: Wire, shard: "Shard", address: Addressed) -> None:
        self.wire = wire
        self.shard = shard
        self.address = address
        self.participant: Participant | None = None
        self.companion_of: Participant | None = None
        self.session_id: str | None = None
        self.ties_told = Ties()
        self.outbox = Outbox()
        self.needs_roster = True
        self.session = ServerSession(shard.now_s(), ServerPolicy(features=shard.features))
        self._frames = TokenBucket(FRAMES_PER_S, FRAMES_BURST)
        self._frames_seen = 0
        self._pose_tokens = POSE_BACKLOG_S * shard.tick_hz
        self._poses_at_sweep = 0
        self._frames_at_sweep = 0
        self._acked_at_sweep = 0
        self._heard_s = self._swept_s = shard.now_s()
        self._pinged = False
        self._unacked_since_s: float | None = None
        self._rejected = 0
        self._rejected_from_s = 0.0
        self._rejection_told_s = -1.0
        shard.opened(self)

    @property
    def speaker(self) -> Participant | None:
        """Whom this connection speaks for, as their avatar or beside it."""
        return self.participant or self.companion_of

    # --- inwards -------------------------------------------------------------------------------

    def may_receive(self) -> bool:
        """Count a frame that is no plain pose; too many of them end the connection."""
        self._frames_seen += 1
        if self._frames.take(self.shard.now_s()):
            return True
        self.close(CloseCode.FLOOD, retry_after_s=10.0)
        return False

    def message(self, payload: bytes) -> None:
        """Take a whole message that was not a pose for the inbox."""
        self.shard.control_in += 1
        self.shard.bytes_in += len(payload) + CLIENT_HEADER_BYTES
        self._carry_out(self.session.receive(payload, self.shard.now_s()))

    def _carry_out(self, outputs: list[Output]) -> None:
        closing = b""
        for output in outputs:
            match output:
                case Received(Hello() as hello):
                    self.shard.hello(self, hello)
                case Received(message):
                    self._received(message)
                case Send(data) if isinstance(outputs[-1], Close):
                    closing = data
                case Send(data):
                    if data[1:8] != _PONG:
                        self.shard.metrics.input_rejected.add("bad_message")
                    self._send_now(data)
                case Close(code, _):
                    self.shard.metrics.input_rejected.add(code.label)
                    self._end(code, closing)
                case Hot():
                    pass  # between hello and welcome there is no row for it yet

    def _received(self, message: object) -> None:
        if self.participant is not None:
            handle(self.shard, self, self.participant, message)
        elif self.companion_of is not None:
            self.shard.company.companions.received(self, self.companion_of, message)
        else:  # `leave` before the welcome
            self.close(CloseCode.NORMAL)

    # --- outwards ------------------------------------------------------------------------------

    def tell(self, message: AnyServerMessage) -> None:
        """Queue a message for the next tick."""
        self.tell_packed(pack(message))

    def tell_packed(self, frames: bytes) -> None:
        """Queue frames that are packed already."""
        if not self.wire.is_open:
            return
        if self.outbox.put(frames):
            self.shard.has_mail.add(self)
        else:
            self.close(CloseCode.TOO_SLOW, retry_after_s=1.0)

    def welcome(self, message: Welcome) -> None:
        """Admit the client."""
        self.tell_packed(server_frame(self.session.welcome(message)))

    def answer(self, message: VoiceAnswer) -> None:
        """Answer a request with more than an acknowledgement."""
        self.tell_packed(server_frame(self.session.answer(message)))

    def ack(self, rid: int) -> None:
        """Answer a request that was carried out."""
        self.tell_packed(server_frame(self.session.ack(rid)))

    def refuse(self, rid: int | None, code: ErrorCode, text: str | None = None) -> None:
        """Tell that something was not done; the connection goes on."""
        self.shard.metrics.refusals.add(code.value)
        said = text or ERROR_ADVICE[code]
        if rid is None:
            self.tell(ErrorMessage(code=code.value, text=said))
        else:
            self.tell_packed(server_frame(self.session.refuse(rid, code, said)))

    def close(
        self, code: CloseCode, text: str | None = None, retry_after_s: float | None = None
    ) -> None:
        """Say why, then close. What else was queued goes out before, if the line takes it."""
        closing = self.session.close(code, text, retry_after_s)
        if closing and isinstance(closing[0], Send):
            self._end(code, closing[0].data)

    def _send_now(self, payload: bytes) -> None:
        """Send without waiting for the tick, unless that would overtake something."""
        frame = server_frame(payload)
        if self.outbox or self.wire.transport.get_write_buffer_size():
            self.tell_packed(frame)
        else:
            self.wire.send(frame)

    def _end(self, code: CloseCode, closing: bytes) -> None:
        pending = self.outbox.take() if self.outbox else b""
        self.wire.send(pending + (server_frame(closing) if closing else b""))
        self.wire.close(code)  # comes back as `wire_closed`

    # --- the end -------------------------------------------------------------------------------

    def wire_closed(self, code: int, remote: bool) -> None:
        """A close code is settled; a plain goodbye from the other side means it left for good."""
        if remote and code == CloseCode.NORMAL and self.participant is not None:
            self.shard.leave(self.participant)
        self.shard.closing(self, code)

    def lost(self) -> None:
        """The socket is gone."""
        self.shard.lost(self)

    def check_silence(self, now_s: float) -> bool:
        """Close if hello is overdue, and say whether that was so."""
        outputs = self.session.tick(now_s)
        self._carry_out(outputs)
        return bool(outputs)

    # --- once a second -------------------------------------------------------------------------

    def sweep(self, now_s: float, full: bool, acked: int) -> None:
        """About once a second: look after limits that are too slow to be counted per frame.

        Args:
            now_s: seconds since the node's start.
            full: whether as many snapshots are on their way as may be.
            acked: how many arrived so far.
        """
        poses_in = self.wire.poses_read()
        poses = max(0, poses_in - self._poses_at_sweep)
        frames = self._frames_seen - self._frames_at_sweep
        self._poses_at_sweep = poses_in
        self._frames_at_sweep = self._frames_seen
        # Measured, not assumed: ticks of an overloaded node come late or not at all.
        allowed = POSE_FLOOD_FACTOR * self.shard.tick_hz * (now_s - self._swept_s)
        self._swept_s = now_s
        backlog = POSE_BACKLOG_S * self.shard.tick_hz
        self.shard.bytes_in += poses * POSE_FRAME_BYTES
        self._pose_tokens = min(backlog, self._pose_tokens + allowed) - poses
        if self._pose_tokens < 0:
            self.close(CloseCode.FLOOD, retry_after_s=10.0)
            return
        if poses or frames:
            self._heard_s = now_s
            self._pinged = False
            self.session.heard(now_s)
            self._show_silent(False)
        else:
            silent_s = now_s - self._heard_s
            # Whoever stood there moving and now says nothing has lost the line, or will.
            if self._poses_at_sweep and silent_s >= SHOWN_AWAY_AFTER_S:
                self._show_silent(True)
            if silent_s >= PING_EVERY_S and not self._pinged:
                self._pinged = True
                self.wire.ping()
        self._carry_out(self.session.tick(now_s))
        # Who sends poses and acknowledges nothing does not read, whatever buffers swallow.
        progress, self._acked_at_sweep = acked != self._acked_at_sweep, acked
        if progress or not (full and poses):
            self._unacked_since_s = None
        elif self._unacked_since_s is None:
            self._unacked_since_s = now_s
        elif now_s - self._unacked_since_s >= UNWRITABLE_CLOSES_AFTER_S:
            self.close(CloseCode.TOO_SLOW, retry_after_s=1.0)

    def _show_silent(self, silent: bool) -> None:
        who = self.participant
        if who is not None and who.shown_away != silent:
            who.shown_away = silent
            self.shard.show_away(who)

    def pose_rejected(self, now_s: float, why: str) -> None:
        """One of the poses was dropped: say so at most once a second, end it when it goes on."""
        if now_s - self._rejected_from_s > INVALID_POSES_WINDOW_S:
            self._rejected_from_s, self._rejected = now_s, 0
        self._rejected += 1
        if self._rejected >= INVALID_POSES_MAX:
            self.close(CloseCode.INVALID_POSE)
        elif now_s - self._rejection_told_s >= 1.0:
            self._rejection_told_s = now_s
            self.refuse(None, ErrorCode.POSE_REJECTED, f"Pose dropped: {why}.")
