"""Ways in: who am I, set-up links, invites, accounts, guests, signing in and out."""

from fastapi import Request, Response

from hearth_server.api.answers import answer, done, refusals
from hearth_server.api.declared import Routes
from hearth_server.api.identity.desk import IdentityDesk
from hearth_server.api.identity.invites import InviteLookOut, invite_out
from hearth_server.api.identity.models import (
    GuestRequest,
    LookRequest,
    MeOut,
    RegisterRequest,
    SetupLookOut,
    SetupRequest,
    SignInRequest,
    UpgradeRequest,
)
from hearth_server.api.limits import Budget
from hearth_server.api.problems import Refused, ok
from hearth_server.community.handles import clean_handle
from hearth_server.errors import Refusal
from hearth_server.services.identity.guests import GuestLook
from hearth_server.services.identity.registering import NewPerson


class EntranceApi:
    """The routes by which people come in and go."""

    def __init__(self, desk: IdentityDesk) -> None:
        self._desk = desk

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("people")
        add = router.add
        add("/me", self.me, summary="Who is signed in here", response_model=MeOut)
        add(
            "/setup/look",
            self.look_setup,
            methods=["POST"],
            summary="What a set-up link is for",
            response_model=SetupLookOut,
            responses=refusals(404, 410, 422, 429),
        )
        add(
            "/setup",
            self.set_up,
            methods=["POST"],
            summary="Become the operator, or set a new password, by a set-up link",
            responses=refusals(404, 409, 410, 422, 429, 503),
            response_model=MeOut,
        )
        add(
            "/invites/look",
            self.look_invite,
            methods=["POST"],
            summary="Where an invite leads",
            response_model=InviteLookOut,
            responses=refusals(404, 410, 422, 429),
        )
        add(
            "/accounts",
            self.register,
            methods=["POST"],
            summary="Make an account by an invite",
            responses=refusals(404, 409, 410, 422, 429, 503),
            response_model=MeOut,
        )
        add(
            "/guests",
            self.enter_as_guest,
            methods=["POST"],
            summary="Come in as a guest by a guest link",
            responses=refusals(403, 404, 409, 410, 422, 429, 503),
            response_model=MeOut,
        )
        add(
            "/me/upgrade",
            self.upgrade,
            methods=["POST"],
            summary="Make an account of a guest's",
            responses=refusals(401, 409, 422, 429, 503),
            response_model=MeOut,
        )
        add(
            "/session",
            self.sign_in,
            methods=["POST"],
            summary="Sign in with a password, or with a recovery code and a new password",
            responses=refusals(401, 403, 422, 429, 503),
            response_model=MeOut,
        )
        add(
            "/session",
            self.sign_out,
            methods=["DELETE"],
            summary="Sign this device out",
            status_code=204,
        )
        return router

    async def me(self, request: Request) -> Response:
        """Tell who is signed in, and what is new for them."""
        return answer(await self._desk.me(request, await self._desk.people.caller(request)))

    async def look_setup(self, body: LookRequest, request: Request) -> Response:
        """Tell what a set-up link is for, without using it up."""
        self._desk.take(Budget.BAD_LINK, request)
        link = ok(await self._desk.links.look(body.token))
        self._desk.give_back(Budget.BAD_LINK, request)
        handle = link.account.handle if link.account else None
        return answer(SetupLookOut(purpose=link.purpose, handle=handle))

    async def set_up(self, body: SetupRequest, request: Request, cookies: Response) -> Response:
        """Use a set-up link."""
        desk = self._desk
        desk.take(Budget.BAD_LINK, request)
        person = None
        if body.name is not None and body.handle is not None:
            person = NewPerson(body.name, body.handle, body.password)
        doorstep = await desk.doorstep(request, cookies)
        signed_in = ok(await desk.registering.set_up(body.token, person, body.password, doorstep))
        desk.give_back(Budget.BAD_LINK, request)
        return await desk.welcome(request, cookies, signed_in)

    async def look_invite(self, body: LookRequest, request: Request) -> Response:
        """Tell where an invite leads, without using it up."""
        desk = self._desk
        desk.take(Budget.BAD_LINK, request)
        caller = await desk.people.caller(request)
        shown = ok(await invite_out(desk.services, desk.registering, body.token, caller))
        desk.give_back(Budget.BAD_LINK, request)
        return answer(shown)

    async def register(
        self, body: RegisterRequest, request: Request, cookies: Response
    ) -> Response:
        """Make an account."""
        desk = self._desk
        desk.take(Budget.REGISTER, request)
        person = NewPerson(
            name=body.name,
            handle=body.handle,
            password=body.password,
            primary=body.primary.lower(),
            secondary=body.secondary.lower(),
            pattern=body.pattern,
        )
        doorstep = await desk.doorstep(request, cookies)
        signed_in = ok(await desk.registering.register(body.invite, person, doorstep))
        desk.give_back(Budget.REGISTER, request)
        return await desk.welcome(request, cookies, signed_in)

    async def enter_as_guest(
        self, body: GuestRequest, request: Request, cookies: Response
    ) -> Response:
        """Let a guest in."""
        desk = self._desk
        desk.take(Budget.GUEST, request)
        caller = await desk.people.caller(request)
        if caller is not None and caller.account.kind == "member":
            raise Refused(
                Refusal("signed_in_already", "You are signed in. Open the link's room as yourself.")
            )
        look = GuestLook(body.name, body.primary.lower(), body.secondary.lower(), body.pattern)
        doorstep = await desk.doorstep(request, cookies, caller)
        signed_in = ok(await desk.guests.enter(body.invite, look, doorstep))
        return await desk.welcome(request, cookies, signed_in)

    async def upgrade(self, body: UpgradeRequest, request: Request, cookies: Response) -> Response:
        """Make a member of a guest, who keeps what they wrote."""
        desk = self._desk
        caller = await desk.people.anybody(request)
        desk.take(Budget.REGISTER, request)
        doorstep = await desk.doorstep(request, cookies, caller)
        signed_in = ok(await desk.guests.upgrade(caller, body.handle, body.password, doorstep))
        desk.give_back(Budget.REGISTER, request)
        return await desk.welcome(request, cookies, signed_in)

    async def sign_in(self, body: SignInRequest, request: Request, cookies: Response) -> Response:
        """Sign in. Every wrong answer looks the same and takes the same work."""
        desk = self._desk
        desk.take(Budget.SIGN_IN, request)
        # What is no handle at all is nobody's: it goes the same way as an unknown one.
        handle = clean_handle(body.handle) or ""
        doorstep = await desk.doorstep(request, cookies)
        if body.recovery_code is None:
            found = await desk.signing_in.by_password(handle, body.password, doorstep)
        else:
            found = await desk.signing_in.by_recovery_code(
                handle, body.recovery_code, body.password, doorstep
            )
        signed_in = ok(found)
        desk.give_back(Budget.SIGN_IN, request)
        return await desk.welcome(request, cookies, signed_in)

    async def sign_out(self, request: Request) -> Response:
        """Sign this device out; it is no error if it was not signed in."""
        desk = self._desk
        response = done()
        caller = await desk.people.caller(request)
        if caller is not None:
            await desk.devices.end(caller, caller.session.id)
        desk.people.sign_out(request, response)
        return response
