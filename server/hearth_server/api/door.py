"""The door for other devices on the local network: addresses, codes and the pages around them.

Serves two applications: the main one (`/lan`, `/j`, `/ca.crt`) and the small plain-http one whose
only purpose is to lead to https and to say beforehand what the browser will show.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from hearth_server.api import pages
from hearth_server.api.addresses import AddressRules, ClientAddress
from hearth_server.api.codes import JoinCodes
from hearth_server.api.guard import Guard
from hearth_server.api.limits import AddressLimits, Budget
from hearth_server.community.codes import LENGTH, normalise

STATIC = Path(__file__).parent / "static"
_STATIC_TYPES = {
    "pages.css": "text/css",
    "pages.js": "text/javascript",
    "ember.svg": "image/svg+xml",
}
_ROOM_PREFIX = "/r/"


@dataclass(frozen=True, slots=True)
class LanFacts:
    """How this node is reached on the local network.

    Attributes:
        hosts: addresses and names, the best first; IPv6 ones without brackets.
        reachable: how many of them, from the first, are addresses others can use.
        https_port: port of the node itself.
        http_port: port of the plain-http page.
        leaf_sha256: fingerprint of the certificate being served.
        ca_sha256: fingerprint of the node's own authority, None with --cert.
        ca_pem: the authority itself, None with --cert.
    """

    hosts: tuple[str, ...]
    reachable: int
    https_port: int
    http_port: int
    leaf_sha256: str
    ca_sha256: str | None = None
    ca_pem: bytes | None = None

    def https_url(self, host: str) -> str:
        """Return the node's address for one of the hosts, without a path."""
        return f"https://{bracketed(host)}:{self.https_port}"

    def http_url(self, host: str) -> str:
        """Return the address of the plain-http page for one of the hosts."""
        return f"http://{bracketed(host)}:{self.http_port}"


def bracketed(host: str) -> str:
    """Return a host as URLs write it."""
    return f"[{host}]" if ":" in host else host


@dataclass(frozen=True, slots=True)
class DoorParts:
    """What the door needs. `room_name` answers None for a room that is not there."""

    codes: JoinCodes
    limits: AddressLimits
    addresses: AddressRules
    room_names: Callable[[], Mapping[str, str]]
    lan: LanFacts | None


class Door:
    """Join codes and the pages that lead in."""

    def __init__(self, parts: DoorParts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Routes of the main application."""
        return [
            Route("/j", self.type_code),
            Route("/j/{code}", self.follow_code),
            Route("/lan", self.invite),
            Route("/ca.crt", self.authority),
            Route("/pages/{name}", self.static),
        ]

    def plain_http(self) -> Guard:
        """The application for the plain-http port: everything leads to https."""
        return Guard(
            Starlette(
                routes=[
                    Route("/j", self.type_code_first),
                    Route("/j/{code}", self.warn_then_code),
                    Route("/ca.crt", self.authority),
                    Route("/pages/{name}", self.static),
                    Route("/healthz", _alive),
                    Route("/{path:path}", self.warn),
                ]
            )
        )

    async def type_code(self, request: Request) -> Response:
        """The form, or with ?code= the way to the room."""
        typed = request.query_params.get("code")
        if typed is None:
            return _html(pages.join_code())
        found = self._look_up(request, typed)
        return found if isinstance(found, Response) else _to_room(found)

    async def follow_code(self, request: Request) -> Response:
        """A code as a link."""
        found = self._look_up(request, request.path_params["code"])
        return found if isinstance(found, Response) else _to_room(found)

    async def type_code_first(self, request: Request) -> Response:
        """On plain http: the form; then the warning explained, with the room as the target."""
        typed = request.query_params.get("code")
        if typed is None:
            return _html(pages.join_code())
        found = self._look_up(request, typed)
        return found if isinstance(found, Response) else self._warned(request, found)

    async def warn_then_code(self, request: Request) -> Response:
        """On plain http, where a scanned picture leads."""
        found = self._look_up(request, request.path_params["code"])
        return found if isinstance(found, Response) else self._warned(request, found)

    async def warn(self, request: Request) -> Response:
        """On plain http, whatever was asked for."""
        path = request.url.path
        if path.startswith("/api/") or path == "/rt":
            return PlainTextResponse(
                f"Use {self._https_url(request)}: this port only leads there.\n", 426
            )
        if path.startswith(_ROOM_PREFIX):
            room_id = path.removeprefix(_ROOM_PREFIX)
            return self._warned(request, room_id if room_id in self._parts.room_names() else None)
        return self._warned(request, None)

    async def invite(self, request: Request) -> Response:
        """How somebody nearby gets in."""
        import segno  # noqa: PLC0415  # nobody else pays for it at start

        lan = self._parts.lan
        if lan is None:
            return RedirectResponse("/", 303)
        http_url = lan.http_url(lan.hosts[0])
        ways = []
        for room_id, name in list(self._parts.room_names().items())[:8]:
            code = self._parts.codes.code(room_id)
            picture = segno.make(f"{http_url}/j/{code}", error="m")
            svg = picture.svg_inline(scale=4, border=2, omitsize=True)
            ways.append(pages.Way(name, code, svg))
        return _html(
            pages.invite(pages.Invitation(http_url, tuple(ways), lan.leaf_sha256, lan.ca_sha256))
        )

    async def authority(self, request: Request) -> Response:
        """The node's own authority, as phones expect it."""
        lan = self._parts.lan
        if lan is None or lan.ca_pem is None:
            return PlainTextResponse(
                "This Hearth has no authority of its own; its certificate comes from elsewhere.\n",
                404,
            )
        return Response(
            lan.ca_pem,
            media_type="application/x-x509-ca-cert",
            headers={"content-disposition": 'attachment; filename="hearth-ca.crt"'},
        )

    async def static(self, request: Request) -> Response:
        """Style and script of the pages above."""
        name = request.path_params["name"]
        if name not in _STATIC_TYPES:
            return PlainTextResponse("Nothing here.\n", 404)
        body = (STATIC / name).read_bytes()
        headers = {"cache-control": "no-cache"}
        return Response(body, media_type=_STATIC_TYPES[name], headers=headers)

    def _look_up(self, request: Request, typed: str) -> str | Response:
        """Return the room id of a code, or the page that says why not."""
        address = self._address(request)
        limits = self._parts.limits
        if (refusal := limits.spent(Budget.JOIN_CODE, address)) is not None:
            return _html(pages.join_code(refusal.text), 429)
        room_id = self._parts.codes.room(typed)
        if room_id is not None:
            return room_id
        limits.take(Budget.JOIN_CODE, address)
        code = normalise(typed)
        if len(code) != LENGTH:
            text = f"A code has {LENGTH} characters; this one has {len(code)}."
        else:
            text = f"No room has the code {code[:3]} {code[3:]}. Check it with who invited you."
        return _html(pages.join_code(text, typed), 404)

    def _warned(self, request: Request, room_id: str | None) -> Response:
        lan = self._parts.lan
        assert lan is not None, "the plain-http page exists on a local network only"
        base = self._https_url(request)
        return _html(
            pages.before_the_warning(
                pages.Warned(
                    target_url=f"{base}{_ROOM_PREFIX}{room_id}" if room_id else f"{base}/",
                    host=base.removeprefix("https://"),
                    leaf_sha256=lan.leaf_sha256,
                    ca_sha256=lan.ca_sha256,
                    browser=browser_of(request.headers.get("user-agent", "")),
                    room_name=self._parts.room_names().get(room_id) if room_id else None,
                )
            )
        )

    def _https_url(self, request: Request) -> str:
        """Return https at the host the person typed, if it is one of ours."""
        lan = self._parts.lan
        assert lan is not None
        try:
            typed = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        except ValueError:
            typed = ""
        return lan.https_url(typed if typed in lan.hosts else lan.hosts[0])

    def _address(self, request: Request) -> ClientAddress:
        peer = request.client.host if request.client else None
        return self._parts.addresses.client(peer, request.scope["headers"])


def browser_of(user_agent: str) -> str:
    """Say whose certificate warning a person is about to see."""
    if "OculusBrowser" in user_agent:
        return "quest"
    if "Firefox/" in user_agent and "Mobile/" not in user_agent:
        return "firefox"
    # Every browser on an iPhone is Safari inside and shows Safari's words.
    if "iPhone" in user_agent or "iPad" in user_agent:
        return "safari"
    if "Safari/" in user_agent and "Chrom" not in user_agent and "Android" not in user_agent:
        return "safari"
    return "chrome"


async def _alive(request: Request) -> Response:
    return PlainTextResponse("ok\n")


def _to_room(room_id: str) -> Response:
    return RedirectResponse(f"{_ROOM_PREFIX}{room_id}", 303, {"cache-control": "no-store"})


def _html(content: str, status: int = 200) -> Response:
    return HTMLResponse(content, status, {"cache-control": "no-store"})
