"""The client's end of a connection, without I/O; used by bots and tests."""

from dataclasses import dataclass, field
from typing import Any

from hearth_protocol.codec import Bytes, check_server, encode, unpack
from hearth_protocol.control import (
    SERVER_MESSAGES,
    Ack,
    AnyClientMessage,
    Closing,
    ErrorMessage,
    Hello,
    Leave,
    Ping,
    Pong,
    ResumeToken,
    Welcome,
)
from hearth_protocol.errors import CloseCode, LocalFault, MalformedFrame
from hearth_protocol.framing import FrameKind, classify
from hearth_protocol.limits import HELLO_TIMEOUT_S, PING_EVERY_S, SILENCE_TIMEOUT_S, U32_MAX
from hearth_protocol.outputs import Answered, Close, Hot, Output, Phase, Received, Request, Send
from hearth_protocol.voice import VoiceAnswer


@dataclass(frozen=True, slots=True)
class ClientPolicy:
    """How a client behaves; `pass_over` names messages that it does not want to read."""

    welcome_timeout_s: float = 2 * HELLO_TIMEOUT_S
    ping_every_s: float = PING_EVERY_S
    silence_timeout_s: float = SILENCE_TIMEOUT_S
    pass_over: frozenset[str] = field(default_factory=frozenset)


class ClientSession:
    """The client's end of one connection."""

    def __init__(self, now_s: float, policy: ClientPolicy | None = None) -> None:
        self.phase = Phase.NEW
        self.policy = policy or ClientPolicy()
        self.welcome: Welcome | None = None
        self.resume_token: str | None = None
        self.rtt_s: float | None = None
        self._began_s = now_s
        self._heard_s = now_s
        self._said_s = now_s
        self._next_rid = 1
        self._next_ping = 1
        self._pings: dict[int, float] = {}
        self._unanswered: dict[int, Request] = {}

    @property
    def deadline_s(self) -> float | None:
        """When `tick` has to be called next if nothing else happens."""
        match self.phase:
            case Phase.AWAITING_WELCOME:
                return self._began_s + self.policy.welcome_timeout_s
            case Phase.OPEN:
                return min(
                    self._said_s + self.policy.ping_every_s,
                    self._heard_s + self.policy.silence_timeout_s,
                )
            case _:
                return None

    def hello(self, message: Hello) -> bytes:
        """Begin; once."""
        if self.phase is not Phase.NEW:
            raise LocalFault(f"hello while {self.phase}")
        self.phase = Phase.AWAITING_WELCOME
        return encode(message)

    def send(self, message: AnyClientMessage, now_s: float) -> bytes:
        """Give the bytes of a message; the answer to one with a `rid` comes as `Answered`.

        Raises:
            LocalFault: not open, a second hello, or a `rid` that is still unanswered.
        """
        if self.phase is not Phase.OPEN or isinstance(message, Hello):
            raise LocalFault(f"{message.t} while {self.phase}")
        rid = getattr(message, "rid", None)
        if rid is not None:
            if rid in self._unanswered:
                raise LocalFault(f"request {rid} is still unanswered")
            assert isinstance(message, Request)
            self._unanswered[rid] = message
        if isinstance(message, Leave):
            self.phase = Phase.CLOSED
        self._said_s = now_s
        return encode(message)

    def next_rid(self) -> int:
        """Give a request number that is not in use."""
        rid = self._next_rid
        self._next_rid = (rid + 1) & U32_MAX
        return rid

    def said(self, now_s: float) -> None:
        """Note that a pose went out past this machine: no ping is needed for a while."""
        self._said_s = now_s

    def tick(self, now_s: float) -> list[Output]:
        """Let time pass: ping when there was nothing to say, give up on a dead line."""
        if self.phase is Phase.AWAITING_WELCOME:
            late = now_s >= self._began_s + self.policy.welcome_timeout_s
            return self._give_up(CloseCode.HELLO_TIMEOUT, "no welcome came") if late else []
        if self.phase is not Phase.OPEN:
            return []
        if now_s >= self._heard_s + self.policy.silence_timeout_s:
            return self._give_up(CloseCode.IDLE_TIMEOUT, "the server fell silent")
        if now_s < self._said_s + self.policy.ping_every_s:
            return []
        number = self._next_ping
        self._next_ping = (number + 1) & U32_MAX
        self._pings = {number: now_s}  # an answer to an older one would be worth nothing
        self._said_s = now_s
        return [Send(encode(Ping(id=number, client_ms=int(now_s * 1000.0))))]

    def receive(self, data: Bytes, now_s: float) -> list[Output]:
        """Take one whole binary message from the server."""
        if self.phase in (Phase.NEW, Phase.CLOSED):
            return []
        self._heard_s = now_s
        try:
            kind = classify(data)
            if kind is FrameKind.CONTROL:
                return self._control(unpack(data), now_s)
        except MalformedFrame as fault:
            return self._give_up(fault.close_code, fault.detail)
        if kind is FrameKind.POSE or self.phase is not Phase.OPEN:
            return self._give_up(CloseCode.MALFORMED, "a hot frame came out of place")
        return [Hot(kind, memoryview(data))]

    def _control(self, value: dict[str, Any], now_s: float) -> list[Output]:
        # What is not known, or not wanted, is passed over: the server may be newer.
        if value["t"] not in SERVER_MESSAGES or value["t"] in self.policy.pass_over:
            return []
        message = check_server(value)
        if self.phase is Phase.AWAITING_WELCOME and not isinstance(
            message, Welcome | ErrorMessage | Closing
        ):
            return self._give_up(CloseCode.MALFORMED, f"{message.t} before welcome")
        match message:
            case Welcome():
                if self.phase is Phase.OPEN:
                    return self._give_up(CloseCode.MALFORMED, "a second welcome")
                self.phase = Phase.OPEN
                self.welcome = message
                self.resume_token = message.resume
                self._said_s = now_s
            case ResumeToken():
                self.resume_token = message.token
            case Pong():
                sent_s = self._pings.pop(message.id, None)
                self.rtt_s = self.rtt_s if sent_s is None else now_s - sent_s
            case VoiceAnswer():
                self._unanswered.pop(message.rid, None)
            case Ack() | ErrorMessage() if message.rid in self._unanswered:
                request = self._unanswered.pop(message.rid)
                return [Answered(request, message if isinstance(message, ErrorMessage) else None)]
            case _:
                pass
        return [Received(message)]

    def _give_up(self, code: CloseCode, text: str) -> list[Output]:
        self.phase = Phase.CLOSED
        return [Close(code, text)]
