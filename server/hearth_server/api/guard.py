"""Wraps the whole HTTP application: security headers on every answer, a ceiling on every body.

Plain ASGI, because a framework middleware costs a task per request on the rooms' own loop.
"""

import re

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 64 * 1024
#: A session plan may have five hundred cues.
MAX_PLAN_BYTES = 512 * 1024
_PLAN = re.compile(r"^/api/v1/(groups/[^/]+/plans|plans/[^/]+)$")
_HOST = re.compile(rb"^[A-Za-z0-9.\-_\[\]:]{1,255}$")

# No Strict-Transport-Security: with a certificate of one's own it would take away the very
# button with which a headset's owner accepts it. A reverse proxy may add it.
_FIXED = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"xr-spatial-tracking=(self), microphone=(self), gamepad=(self), fullscreen=(self), "
        b"screen-wake-lock=(self), camera=(), geolocation=(), payment=(), usb=()",
    ),
]


def content_policy(host: bytes) -> bytes:
    """Return the Content-Security-Policy for pages served at `host`.

    three.js makes images and workers from blobs and data URLs. Older Safari does not count a
    WebSocket to the same host as 'self', so it is named.
    """
    sockets = b" ws://%s wss://%s" % (host, host) if _HOST.match(host) else b""
    return (
        b"default-src 'self'; script-src 'self'; style-src 'self'; "
        b"img-src 'self' blob: data:; font-src 'self' data:; media-src 'self' blob:; "
        b"worker-src 'self' blob:; connect-src 'self' blob: data:%s; "
        b"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ) % sockets


class Guard:
    """The outermost layer of an ASGI application."""

    def __init__(self, app: ASGIApp, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        policy = (b"content-security-policy", content_policy(host))
        received = 0
        most = self._max_body_bytes
        if scope["method"] in ("POST", "PUT") and _PLAN.match(scope["path"]):
            most = max(most, MAX_PLAN_BYTES)

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                extra = [pair for pair in (policy, *_FIXED) if pair[0] not in present]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        async def guarded_receive() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > most:
                    raise HTTPException(413)  # the framework passes only its own through
            return message

        if _declared_length(scope) > most:
            await _refuse(guarded_send, most)
            return
        await self._app(scope, guarded_receive, guarded_send)


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Send, most: int) -> None:
    body = (
        b'{"type":"urn:hearth:problem:too_large","title":"The request is too large","status":413,'
        b'"code":"too_large","detail":"Send at most %d KiB."}' % (most // 1024)
    )
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
