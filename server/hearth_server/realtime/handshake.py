"""Whether an upgrade request may become a realtime connection. Pure: request in, refusal out."""

from http import HTTPStatus
from typing import Final

from websockets.datastructures import Headers, MultipleValuesError
from websockets.http11 import Request

from hearth_protocol.version import SUBPROTOCOL
from hearth_server.errors import HTTP_STATUS, Refusal
from hearth_server.realtime.ports import Addresses

PATH: Final = "/rt"


def check_upgrade(request: Request, addresses: Addresses) -> Refusal | None:
    """Say why this upgrade is refused, or None.

    An Origin may be absent (not a browser); if there is one it must be this site's own, else any
    page on the web could act in the name of whoever visits it.
    """
    if request.path.partition("?")[0] != PATH:
        return Refusal("not_found", f"Realtime connections are at {PATH}.")
    try:
        origin = request.headers.get("Origin")
        host = request.headers.get("Host")
    except MultipleValuesError:
        return Refusal("bad_request", "Send the Origin and Host headers once.")
    if not addresses.origin_allowed(origin, host):
        return Refusal(
            "foreign_origin",
            "Pages of other sites may not connect here. Open the room at its own address.",
        )
    if SUBPROTOCOL not in offered_subprotocols(request.headers):
        return Refusal(
            "bad_request",
            f"Offer the WebSocket subprotocol {SUBPROTOCOL}; update the client if it does not.",
        )
    return None


def http_status(refusal: Refusal) -> HTTPStatus:
    """Return the status a refused upgrade is answered with."""
    return HTTPStatus(HTTP_STATUS.get(refusal.code, 500))


def header_pairs(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Return headers the way ASGI spells them: lower-case names, bytes."""
    return [
        (name.lower().encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in headers.raw_items()
    ]


def offered_subprotocols(headers: Headers) -> list[str]:
    """Return the subprotocols a client named, in its order of preference."""
    return [
        name.strip()
        for value in headers.get_all("Sec-WebSocket-Protocol")
        for name in value.split(",")
    ]
