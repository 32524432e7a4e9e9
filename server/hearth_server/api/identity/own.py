"""One's own account: how one appears, password, recovery codes, devices, everything, the end."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from hearth_server.api.answers import Id, answer, done, refusals
from hearth_server.api.declared import Routes
from hearth_server.api.identity.desk import IdentityDesk
from hearth_server.api.identity.models import MeOut
from hearth_server.api.identity.own_models import (
    ChangeRequest,
    CodesOut,
    ConfirmRequest,
    DeviceOut,
    DevicesOut,
    PasswordRequest,
    ProofRequest,
)
from hearth_server.api.limits import Budget
from hearth_server.api.problems import ok
from hearth_server.community.accounts import Caller
from hearth_server.services.identity.own import Changes


class OwnApi:
    """The routes below /me."""

    def __init__(self, desk: IdentityDesk) -> None:
        self._desk = desk

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("people")
        add = router.add
        add(
            "/me",
            self.change,
            methods=["PATCH"],
            summary="Change how one appears, in the room one is in, too",
            response_model=MeOut,
            responses=refusals(401, 422, 429),
        )
        add(
            "/me",
            self.delete,
            methods=["DELETE"],
            summary="Delete one's account",
            status_code=204,
            responses=refusals(401, 403, 409, 422, 429),
        )
        add(
            "/me/export",
            self.export,
            summary="Everything that is kept about oneself",
            responses=refusals(401),
        )
        add(
            "/me/password",
            self.password,
            methods=["PUT"],
            summary="Change one's password; other devices are signed out",
            status_code=204,
            responses=refusals(401, 403, 422, 429, 503),
        )
        add(
            "/me/recovery-codes",
            self.codes,
            methods=["POST"],
            summary="New recovery codes in place of the old",
            response_model=CodesOut,
            responses=refusals(401, 403, 422, 429, 503),
        )
        add(
            "/me/devices",
            self.devices,
            summary="Where one is signed in",
            response_model=DevicesOut,
            responses=refusals(401),
        )
        add(
            "/me/devices",
            self.end_others,
            methods=["DELETE"],
            summary="Sign every other device out",
            status_code=204,
            responses=refusals(401),
        )
        add(
            "/me/devices/{session_id}",
            self.end_device,
            methods=["DELETE"],
            summary="Sign a device out",
            status_code=204,
            responses=refusals(401, 404, 422),
        )
        return router

    async def change(self, body: ChangeRequest, request: Request) -> Response:
        """Change name, colours, pattern, language or time zone."""
        desk = self._desk
        caller = await desk.people.anybody(request)
        changes = Changes(
            name=body.name,
            primary=body.primary.lower() if body.primary else None,
            secondary=body.secondary.lower() if body.secondary else None,
            pattern=body.pattern,
            language=body.language,
            time_zone=body.time_zone,
        )
        # Rooms show it to everybody at once.
        desk.take_of(Budget.PROFILE, request, caller)
        account = await desk.own.change(caller, changes)
        return answer(await desk.me(request, Caller(account, caller.session)))

    async def delete(self, body: ProofRequest, request: Request) -> Response:
        """Delete one's account: it cannot be undone."""
        desk = self._desk
        caller = await desk.people.anybody(request)
        ok(await desk.own.delete(caller, body.proof()))
        response = done()
        desk.people.sign_out(request, response)
        return response

    async def export(self, request: Request) -> Response:
        """Return one JSON file with everything that is kept about oneself."""
        desk = self._desk
        kept = await desk.own.export(await desk.people.anybody(request))
        return JSONResponse(
            kept,
            headers={
                "cache-control": "no-store",
                "content-disposition": 'attachment; filename="hearth-export.json"',
            },
        )

    async def password(self, body: PasswordRequest, request: Request) -> Response:
        """Change one's password."""
        desk = self._desk
        caller = await desk.people.member(request)
        ok(await desk.signing_in.change_password(caller, body.current, body.password))
        return done()

    async def codes(self, body: ConfirmRequest, request: Request) -> Response:
        """Make new recovery codes; the old ones are worth nothing from now on."""
        desk = self._desk
        caller = await desk.people.member(request)
        codes = ok(await desk.signing_in.renew_codes(caller, body.password))
        return answer(CodesOut(codes=list(codes)))

    async def devices(self, request: Request) -> Response:
        """List the devices that are signed in."""
        desk = self._desk
        caller = await desk.people.anybody(request)
        found = await desk.devices.listing(caller)
        items = [DeviceOut.of(session, caller.session.id) for session in found]
        return answer(DevicesOut(items=items))

    async def end_device(self, session_id: Id, request: Request) -> Response:
        """Sign one device out, wherever it is."""
        desk = self._desk
        ok(await desk.devices.end(await desk.people.anybody(request), session_id))
        return done()

    async def end_others(self, request: Request) -> Response:
        """Sign every device but this one out."""
        desk = self._desk
        await desk.devices.end_others(await desk.people.anybody(request))
        return done()
