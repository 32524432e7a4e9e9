"""What can go wrong on the wire: reasons, close codes, error codes and the exception tree.

The tree:

    ProtocolError
    ├── LocalFault     our own code broke the rules; a bug, never told to the other side
    └── RemoteFault    the other side broke the rules; carries a close code
        └── MalformedFrame   …because its bytes mean nothing; carries the reason
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final


class Malformed(IntEnum):
    """Why bytes were refused.

    The number is what kernels return (negated where they return lengths); 0 means fine.
    """

    TOO_SHORT = 1  # ends inside a header or a piece
    TOO_LONG = 2  # a fixed-size frame, or the whole snapshot, has bytes left over
    NOT_HOT = 3  # a hot frame does not begin with 0xC1
    UNKNOWN_KIND = 4  # the second byte of a hot frame is not a known kind
    BAD_LANE_COUNT = 5  # n_lanes above 64
    BAD_LANE_CODE = 6  # a combination the table does not have
    EMPTY_LANE = 7  # refers to a baseline this lane does not have
    OUT_OF_RANGE = 8  # a quantised value outside its range, after adding the difference
    BAD_COARSE_COUNT = 9  # more coarse records than 16
    BAD_CORRECTION = 10  # an unknown reason or a non-finite position
    NON_FINITE = 11  # NaN or infinity
    BAD_QUATERNION = 12  # norm² outside 0.9 … 1.1
    BAD_FRAME = 13  # WebSocket: reserved bits, opcode, mask or length not allowed here
    NOT_MSGPACK = 14  # not exactly one msgpack value within the limits
    NOT_A_MAP = 15  # msgpack, but not a map with a text `t`
    UNKNOWN_MESSAGE = 16  # `t` names no message of this direction
    BAD_FIELD = 17  # a field is missing, of the wrong type or beyond its limit
    BAD_ID = 18  # participant id 0


class Return(StrEnum):
    """What a client does by itself after a close."""

    RESUME = "resume"
    JOIN = "join"
    ASK = "ask"


class CloseCode(IntEnum):
    """WebSocket close codes, with the names used in `closing.reason` and in metrics."""

    NORMAL = 1000
    PROTOCOL_ERROR = 1002
    TEXT_REFUSED = 1003
    TOO_BIG = 1009
    MOVED = 4307
    MALFORMED = 4400
    TICKET_UNKNOWN = 4401
    TICKET_EXPIRED = 4402
    TICKET_REPLAYED = 4403
    NO_SUCH_ROOM = 4404
    VERSION_UNSUPPORTED = 4405
    ROOM_FULL = 4406
    HELLO_TIMEOUT = 4408
    REPLACED = 4409
    REMOVED = 4410
    AT_THE_DOOR = 4411
    FLOOD = 4420
    TOO_SLOW = 4421
    IDLE_TIMEOUT = 4422
    INVALID_POSE = 4424
    SERVER_STOPPING = 4450
    INTERNAL = 4500

    @property
    def label(self) -> str:
        """Give the stable snake_case name."""
        return self.name.lower()

    @property
    def advice(self) -> str:
        """Give the sentence that tells the person what happened and what to do."""
        return CLOSE_ADVICE[self]

    @property
    def back(self) -> Return:
        """Give what a client does next by itself."""
        return _BACK.get(self, Return.ASK)


CLOSE_ADVICE: Final[dict[CloseCode, str]] = {
    CloseCode.NORMAL: "You left the room.",
    CloseCode.PROTOCOL_ERROR: "The connection broke the WebSocket rules. Reload the page.",
    CloseCode.TEXT_REFUSED: "This server speaks binary messages only. Update your client.",
    CloseCode.TOO_BIG: "A message was too large. Reload the page.",
    CloseCode.MOVED: "This room moved to another machine. Join it again.",
    CloseCode.MALFORMED: "The server could not read a message. Reload the page.",
    CloseCode.TICKET_UNKNOWN: "This ticket is not known here. Enter the room again.",
    CloseCode.TICKET_EXPIRED: "This ticket is too old. Enter the room again.",
    CloseCode.TICKET_REPLAYED: "This ticket was already used. Enter the room again.",
    CloseCode.NO_SUCH_ROOM: "This room does not exist any more. Choose another one.",
    CloseCode.VERSION_UNSUPPORTED: "Client and server are too far apart. Reload the page.",
    CloseCode.ROOM_FULL: "This room is full. Try again later or choose another one.",
    CloseCode.HELLO_TIMEOUT: "The connection was opened but said nothing. Try again.",
    CloseCode.REPLACED: "You are here from another window or device, so this one stopped.",
    CloseCode.REMOVED: "You were asked to leave this room.",
    CloseCode.AT_THE_DOOR: "You are at the door of this room now, and may wait there.",
    CloseCode.FLOOD: "Too many messages came from this connection. Wait a moment, then rejoin.",
    CloseCode.TOO_SLOW: "Your connection could not keep up. Move closer to the router or retry.",
    CloseCode.IDLE_TIMEOUT: "Nothing was heard from you for a while. Enter again when ready.",
    CloseCode.INVALID_POSE: "Your device kept sending impossible movements. Reload the page.",
    CloseCode.SERVER_STOPPING: "The server is stopping. Try again in a minute.",
    CloseCode.INTERNAL: "The server made a mistake. Try again.",
}

_BACK: Final[dict[CloseCode, Return]] = {
    CloseCode.MOVED: Return.JOIN,
    CloseCode.AT_THE_DOOR: Return.JOIN,
    CloseCode.TICKET_UNKNOWN: Return.JOIN,
    CloseCode.TICKET_EXPIRED: Return.JOIN,
    CloseCode.TICKET_REPLAYED: Return.JOIN,
    CloseCode.TOO_SLOW: Return.RESUME,
    CloseCode.IDLE_TIMEOUT: Return.RESUME,
    CloseCode.SERVER_STOPPING: Return.RESUME,
    CloseCode.INTERNAL: Return.RESUME,
}


class ErrorCode(StrEnum):
    """Codes of the `error` message: the connection goes on."""

    UNKNOWN_KIND = "unknown_kind"
    MALFORMED = "malformed"
    DUPLICATE_RID = "duplicate_rid"
    TOO_MANY_REQUESTS = "too_many_requests"
    RATE_LIMITED = "rate_limited"
    NO_SUCH_PARTICIPANT = "no_such_participant"
    NOT_ALLOWED = "not_allowed"
    LIST_FULL = "list_full"
    POSE_REJECTED = "pose_rejected"
    VOICE_UNAVAILABLE = "voice_unavailable"
    VOICE_REFUSED = "voice_refused"
    NO_SUCH_THING = "no_such_thing"
    TAKEN = "taken"
    TOO_FAR = "too_far"
    LOCKED = "locked"
    UNAVAILABLE = "unavailable"
    NO_GATHERING = "no_gathering"
    NOT_RUNNING = "not_running"
    STALE = "stale"
    NO_SUCH_ASK = "no_such_ask"


ERROR_ADVICE: Final[dict[ErrorCode, str]] = {
    ErrorCode.UNKNOWN_KIND: "`t` names no message the server knows; it was ignored.",
    ErrorCode.MALFORMED: "A field is missing, of the wrong type or beyond its limit.",
    ErrorCode.DUPLICATE_RID: "A request with this `rid` is still unanswered.",
    ErrorCode.TOO_MANY_REQUESTS: "32 requests are unanswered; wait for an answer.",
    ErrorCode.RATE_LIMITED: "Too many of this kind in a short time; wait a moment.",
    ErrorCode.NO_SUCH_PARTICIPANT: "Nobody with this id is in the room.",
    ErrorCode.NOT_ALLOWED: "This participant may not do that here.",
    ErrorCode.LIST_FULL: "No more participants can be hidden during this visit.",
    ErrorCode.POSE_REJECTED: "A pose was dropped; the text says why. At most once a second.",
    ErrorCode.VOICE_UNAVAILABLE: "There is no voice here at the moment; `voice` says when.",
    ErrorCode.VOICE_REFUSED: "The offer cannot be answered; the text says why.",
    ErrorCode.NO_SUCH_THING: "There is no place or object with this id in the room.",
    ErrorCode.TAKEN: "Somebody else has it at the moment.",
    ErrorCode.TOO_FAR: "It is out of reach; come closer.",
    ErrorCode.LOCKED: "It is fixed in its place.",
    ErrorCode.UNAVAILABLE: "This cannot be done at the moment; try again.",
    ErrorCode.NO_GATHERING: "No gathering goes on in this room.",
    ErrorCode.NOT_RUNNING: "The gathering or its plan is not where this could be done.",
    ErrorCode.STALE: "Somebody else moved the plan since; look where it is now.",
    ErrorCode.NO_SUCH_ASK: "This is not asked, or not any more.",
}


class ProtocolError(Exception):
    """Anything that goes wrong in this package."""


class LocalFault(ProtocolError):
    """Our own side broke the rules: a bug in the caller."""


class RemoteFault(ProtocolError):
    """The other side broke the rules."""

    def __init__(self, close_code: CloseCode, detail: str) -> None:
        super().__init__(detail)
        self.close_code = close_code
        self.detail = detail


class MalformedFrame(RemoteFault):
    """Bytes that mean nothing, with the reason."""

    def __init__(self, reason: Malformed, detail: str = "") -> None:
        super().__init__(CloseCode.MALFORMED, detail or reason.name.lower())
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Refusal:
    """A decision against the other side, made by rules rather than by a fault."""

    close_code: CloseCode
    text: str
