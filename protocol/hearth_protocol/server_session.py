"""The server's end of a connection, without I/O; `session` prints its table of states."""

from dataclasses import dataclass
from typing import Any

from hearth_protocol.codec import Bytes, check_client, encode, unpack
from hearth_protocol.control import (
    SERVER_MESSAGES,
    Ack,
    AnyClientMessage,
    AnyServerMessage,
    Closing,
    ErrorMessage,
    Hello,
    Leave,
    Ping,
    Pong,
    Welcome,
)
from hearth_protocol.errors import CloseCode, ErrorCode, LocalFault, Malformed, MalformedFrame
from hearth_protocol.framing import FrameKind, classify
from hearth_protocol.limits import (
    HELLO_TIMEOUT_S,
    REQUESTS_MAX,
    SILENCE_TIMEOUT_S,
    TEXT_LENGTH,
    U32_MAX,
)
from hearth_protocol.outputs import Close, Hot, Output, Phase, Received, Send, server_ms
from hearth_protocol.version import OLDEST_VERSION, VERSION, common_features, speaks
from hearth_protocol.voice import VoiceAnswer


@dataclass(frozen=True, slots=True)
class ServerPolicy:
    """What a server grants its connections."""

    hello_timeout_s: float = HELLO_TIMEOUT_S
    silence_timeout_s: float = SILENCE_TIMEOUT_S
    features: frozenset[str] = frozenset()


class ServerSession:
    """The server's end of one connection."""

    def __init__(self, now_s: float, policy: ServerPolicy | None = None) -> None:
        self.phase = Phase.AWAITING_HELLO
        self.policy = policy or ServerPolicy()
        self.hello: Hello | None = None
        self._opened_s = now_s
        self._heard_s = now_s
        self._unanswered: set[int] = set()

    @property
    def features(self) -> tuple[str, ...]:
        """The features both ends speak; empty before `hello`."""
        return common_features(self.hello.features, self.policy.features) if self.hello else ()

    @property
    def deadline_s(self) -> float | None:
        """When `tick` has to be called next if nothing else happens."""
        match self.phase:
            case Phase.AWAITING_HELLO:
                return self._opened_s + self.policy.hello_timeout_s
            case Phase.OPEN:
                return self._heard_s + self.policy.silence_timeout_s
            case _:
                return None

    def heard(self, now_s: float) -> None:
        """Note a sign of life that went past this machine, such as a pose on the short way."""
        self._heard_s = now_s

    def tick(self, now_s: float) -> list[Output]:
        """Let time pass: close what said nothing for too long."""
        deadline_s = self.deadline_s
        if deadline_s is None or now_s < deadline_s:
            return []
        hello_missing = self.phase is Phase.AWAITING_HELLO
        return self.close(CloseCode.HELLO_TIMEOUT if hello_missing else CloseCode.IDLE_TIMEOUT)

    def receive(self, data: Bytes, now_s: float) -> list[Output]:
        """Take one whole binary message."""
        if self.phase is Phase.CLOSED:
            return []
        self._heard_s = now_s
        try:
            kind = classify(data)
            if kind is FrameKind.CONTROL:
                return self._control(unpack(data), now_s)
        except MalformedFrame as fault:
            return self.close(fault.close_code, fault.detail)
        if kind is FrameKind.SNAPSHOT or self.phase is Phase.AWAITING_HELLO:
            return self.close(CloseCode.MALFORMED, "this hot frame is not for a client to send")
        return [Hot(kind, memoryview(data))] if self.phase is Phase.OPEN else []

    def receive_text(self) -> list[Output]:
        """Take a text message: there are none."""
        return self.close(CloseCode.TEXT_REFUSED)

    def welcome(self, message: Welcome) -> bytes:
        """Admit the client.

        Raises:
            LocalFault: nobody is waiting to be admitted.
        """
        if self.phase is not Phase.ADMITTING:
            raise LocalFault(f"welcome while {self.phase}")
        self.phase = Phase.OPEN
        return encode(message)

    def send(self, message: AnyServerMessage) -> bytes:
        """Give the bytes of a message that answers no request.

        Raises:
            LocalFault: not open, or a kind that another method sends.
        """
        if self.phase is not Phase.OPEN:
            raise LocalFault(f"{message.t} while {self.phase}")
        answers = isinstance(message, Welcome | Ack | Closing | VoiceAnswer)
        if answers or message.t not in SERVER_MESSAGES:
            raise LocalFault(f"{message.t} is not sent this way")
        return encode(message)

    def answer(self, message: VoiceAnswer) -> bytes:
        """Answer a request whose answer says more than that it was carried out."""
        self._settle(message.rid)
        return encode(message)

    def ack(self, rid: int) -> bytes:
        """Answer a request that was carried out."""
        self._settle(rid)
        return encode(Ack(rid=rid))

    def refuse(self, rid: int, code: ErrorCode, text: str) -> bytes:
        """Answer a request that was not."""
        self._settle(rid)
        return _error(code, text, rid)

    def close(
        self, code: CloseCode, text: str | None = None, retry_after_s: float | None = None
    ) -> list[Output]:
        """End the conversation: a `closing` message, then the code. Twice does nothing."""
        if self.phase is Phase.CLOSED:
            return []
        self.phase = Phase.CLOSED
        said = (text or code.advice)[:TEXT_LENGTH]
        closing = Closing(reason=code.label, text=said, retry_after_s=retry_after_s)
        return [Send(encode(closing)), Close(code, said)]

    def _settle(self, rid: int) -> None:
        if rid not in self._unanswered:
            raise LocalFault(f"request {rid} is not waiting for an answer")
        self._unanswered.discard(rid)

    def _control(self, value: dict[str, Any], now_s: float) -> list[Output]:
        if self.phase is Phase.AWAITING_HELLO:
            return self._hello(value)
        try:
            message = check_client(value)
        except MalformedFrame as fault:
            unknown = fault.reason is Malformed.UNKNOWN_MESSAGE
            code = ErrorCode.UNKNOWN_KIND if unknown else ErrorCode.MALFORMED
            return [Send(_error(code, fault.detail, _rid_of(value)))]
        match message:
            case Ping():
                pong = Pong(id=message.id, client_ms=message.client_ms, server_ms=server_ms(now_s))
                return [Send(encode(pong))]
            case Leave():
                return [Received(message)]
            case _ if isinstance(message, Hello) or self.phase is Phase.ADMITTING:
                text = "wait for `welcome`; `hello` is said once"
                return [Send(_error(ErrorCode.NOT_ALLOWED, text, _rid_of(value)))]
            case _:
                return self._request(message)

    def _hello(self, value: dict[str, Any]) -> list[Output]:
        version = value.get("v")
        # Looked at before anything else: a hello of another version may have other fields.
        if value["t"] == "hello" and isinstance(version, int) and not speaks(version):
            text = f"This server speaks versions {OLDEST_VERSION} to {VERSION}, not {version}."
            return self.close(CloseCode.VERSION_UNSUPPORTED, text)
        message = check_client(value)
        if not isinstance(message, Hello):
            return self.close(CloseCode.MALFORMED, "the first message has to be `hello`")
        self.phase = Phase.ADMITTING
        self.hello = message
        return [Received(message)]

    def _request(self, message: AnyClientMessage) -> list[Output]:
        rid = getattr(message, "rid", None)
        if rid is not None:
            if rid in self._unanswered:
                return [Send(_error(ErrorCode.DUPLICATE_RID, "this `rid` is in use", rid))]
            if len(self._unanswered) >= REQUESTS_MAX:
                text = f"{REQUESTS_MAX} requests are unanswered"
                return [Send(_error(ErrorCode.TOO_MANY_REQUESTS, text, rid))]
            self._unanswered.add(rid)
        return [Received(message)]


def _rid_of(value: dict[str, Any]) -> int | None:
    rid = value.get("rid")
    sound = isinstance(rid, int) and not isinstance(rid, bool) and 0 <= rid <= U32_MAX
    return rid if sound else None


def _error(code: ErrorCode, text: str, rid: int | None) -> bytes:
    return encode(ErrorMessage(code=code.value, text=text[:TEXT_LENGTH], rid=rid))
