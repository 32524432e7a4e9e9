"""Who makes a request: reads and writes the cookies of sessions and devices, and refuses forgeries.

A page of another site can make a browser send our cookies with a form or a fetch. It cannot
forge `Sec-Fetch-Site` or `Origin`, and a form cannot send JSON; both are asked of every request
that changes something.
"""

from dataclasses import dataclass
from typing import Final

from fastapi import Request, Response

from hearth_server.api.problems import Problems, Refused
from hearth_server.api.visitors import ApiParts, Visitor
from hearth_server.community.accounts import Caller
from hearth_server.errors import Refusal
from hearth_server.services.parts import ServiceParts
from hearth_server.services.sessions import NewSession, Sessions
from hearth_server.tokens import fresh_token

SESSION_COOKIE: Final = "hearth_session"
DEVICE_COOKIE: Final = "hearth_device"
_HOST_PREFIX: Final = "__Host-"
_DEVICE_LIFE_S: Final = 400 * 86_400
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_SIGN_IN: Final = Refusal("sign_in_needed", "Sign in first, then try again.")


class People:
    """Finds the person behind a request."""

    def __init__(self, parts: ApiParts, services: ServiceParts) -> None:
        self._parts = parts
        self._sessions = Sessions(services)

    async def caller(self, request: Request) -> Caller | None:
        """Return who is signed in, guests included; None for nobody."""
        token = request.cookies.get(self._name(SESSION_COOKIE, request))
        return await self._sessions.caller(token) if token else None

    async def anybody(self, request: Request) -> Caller:
        """Return who is signed in, guests included.

        Raises:
            Refused: nobody is.
        """
        caller = await self.caller(request)
        if caller is None:
            raise Refused(_SIGN_IN)
        return caller

    async def member(self, request: Request) -> Caller:
        """Return who is signed in with an account of their own.

        Raises:
            Refused: nobody, or a guest.
        """
        caller = await self.anybody(request)
        if caller.account.kind == "guest":
            raise Refused(
                Refusal("not_allowed", "Guests cannot do this. Keep your place: make an account.")
            )
        return caller

    async def operator(self, request: Request) -> Caller:
        """Return the operator who is signed in.

        Raises:
            Refused: it is somebody else.
        """
        caller = await self.member(request)
        if not caller.account.operator:
            raise Refused(Refusal("not_allowed", "Only those who run this server may do this."))
        return caller

    def check_origin(self, request: Request) -> None:
        """Let through what changes nothing, and what this site's own pages ask for.

        Raises:
            Refused: another site's page may have made the browser ask.
        """
        if request.method in _SAFE:
            return
        site = request.headers.get("sec-fetch-site")
        foreign = Visitor(self._parts, request).foreign()
        if foreign is None and site not in (None, "same-origin", "none"):
            foreign = Refusal(
                "foreign_origin", "Open this site itself; others may not ask for you."
            )
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        empty = request.headers.get("content-length", "0") == "0" and (
            "transfer-encoding" not in request.headers
        )
        if foreign is None and media_type != "application/json" and not empty:
            foreign = Refusal("not_json", "Send JSON with content-type application/json.")
        if foreign is not None:
            raise Refused(foreign)

    def device(self, request: Request) -> str | None:
        """Return the random name of the caller's browser, if it has one."""
        return request.cookies.get(self._name(DEVICE_COOKIE, request))

    def sign_in(self, request: Request, response: Response, opened: NewSession) -> None:
        """Give a session's token to the browser."""
        life_s = (opened.session.expires_ms - opened.session.seen_ms) // 1000
        self._set(request, response, SESSION_COOKIE, opened.token, life_s)

    def sign_out(self, request: Request, response: Response) -> None:
        """Take the session's token away."""
        self._set(request, response, SESSION_COOKIE, "", 0)

    def name_device(self, request: Request, response: Response) -> str:
        """Return the browser's random name; give it one if it has none."""
        device = self.device(request)
        if device is None:
            device = fresh_token()
            self._set(request, response, DEVICE_COOKIE, device, _DEVICE_LIFE_S)
        return device

    def _set(
        self, request: Request, response: Response, name: str, value: str, life_s: int
    ) -> None:
        response.set_cookie(
            self._name(name, request),
            value,
            max_age=life_s,
            path="/",
            secure=self._encrypted(request),
            httponly=True,
            samesite="lax",
        )

    def _name(self, name: str, request: Request) -> str:
        # The prefix makes browsers refuse the cookie from anywhere but this very host over https.
        return _HOST_PREFIX + name if self._encrypted(request) else name

    def _encrypted(self, request: Request) -> bool:
        return Visitor(self._parts, request).scheme() == "https"


@dataclass(frozen=True, slots=True)
class CommunityParts:
    """What the routers of the community work with."""

    api: ApiParts
    services: ServiceParts
    problems: Problems
    people: People
