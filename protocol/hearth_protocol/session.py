"""One connection's conversation without I/O: bytes and time in, messages and refusals out.

Two machines, one for each end. Time is an argument, in seconds of any clock that only runs
forward; on the server it has to be the one whose milliseconds are server time. Neither machine
owns a socket: the shell sends the bytes of `Send`, carries out `Close`, and acts on `Received`.

The server's side:

    phase            hello        ping    leave     other requests   pose      silence
    AWAITING_HELLO   ADMITTING    close   close     close            close     close 4408 at 5 s
    ADMITTING        error        pong    Received  error            dropped   -
    OPEN             error        pong    Received  Received         Hot       close 4422 at 20 s
    CLOSED           nothing is read any more

`welcome()` leads from ADMITTING to OPEN, `close()` from anywhere to CLOSED. The client's side
is NEW → (hello) → AWAITING_WELCOME → (welcome) → OPEN → CLOSED.
"""

from hearth_protocol.client_session import ClientPolicy, ClientSession
from hearth_protocol.outputs import (
    Answered,
    Close,
    Hot,
    Output,
    Phase,
    Received,
    Request,
    Send,
    server_ms,
)
from hearth_protocol.server_session import ServerPolicy, ServerSession

__all__ = [
    "Answered",
    "ClientPolicy",
    "ClientSession",
    "Close",
    "Hot",
    "Output",
    "Phase",
    "Received",
    "Request",
    "Send",
    "ServerPolicy",
    "ServerSession",
    "server_ms",
]
