"""Headsets signed in from another device: ask, poll; look, approve or refuse."""

from typing import Literal

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict

from hearth_server.api.answers import answer, done, refusals
from hearth_server.api.declared import Routes
from hearth_server.api.identity.desk import IdentityDesk
from hearth_server.api.identity.models import MeOut
from hearth_server.api.identity.own_models import (
    AskingOut,
    CodeRequest,
    DecisionRequest,
    PairingOut,
    PairingRequest,
    PollRequest,
)
from hearth_server.api.limits import Budget
from hearth_server.api.problems import ok
from hearth_server.community.accounts import Caller
from hearth_server.community.devices import device_label
from hearth_server.services.identity.pairing import LIFE_MS, POLL_EVERY_S


class PollOut(BaseModel):
    """How far it is. `me` is there once, with the cookie, when somebody approved."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "waiting", "me": None}]})

    state: Literal["waiting", "approved", "refused", "expired"]
    me: MeOut | None = None


class PairingsApi:
    """The routes of pairing."""

    def __init__(self, desk: IdentityDesk) -> None:
        self._desk = desk

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("people")
        add = router.add
        add(
            "/pairings",
            self.start,
            methods=["POST"],
            summary="A headset asks to be signed in from another device",
            status_code=201,
            response_model=PairingOut,
            responses=refusals(422, 429, 503),
        )
        add(
            "/pairings/poll",
            self.poll,
            methods=["POST"],
            summary="The headset asks how far it is",
            response_model=PollOut,
            responses=refusals(404, 422, 429),
        )
        add(
            "/me/pairings/look",
            self.look,
            methods=["POST"],
            summary="Which headset shows a code",
            response_model=AskingOut,
            responses=refusals(401, 403, 404, 410, 422, 429),
        )
        add(
            "/me/pairings",
            self.decide,
            methods=["POST"],
            summary="Sign the headset that shows a code in as oneself, or send it away",
            status_code=204,
            responses=refusals(401, 403, 404, 410, 422, 429),
        )
        return router

    async def start(self, body: PairingRequest, request: Request) -> Response:
        """Give a headset a code to show."""
        desk = self._desk
        desk.take(Budget.PAIR_START, request)
        label = body.label or device_label(request.headers.get("user-agent", "")[:512])
        started = ok(await desk.pairing.start(label))
        out = PairingOut(
            code=started.code,
            secret=started.secret,
            expires_in_s=LIFE_MS // 1000,
            poll_every_s=round(POLL_EVERY_S),
        )
        return answer(out, 201)

    async def poll(self, body: PollRequest, request: Request, cookies: Response) -> Response:
        """Tell a headset how far it is, and sign it in once it is approved."""
        desk = self._desk
        desk.take(Budget.PAIR_CODE, request)
        doorstep = await desk.doorstep(request, cookies)
        found = ok(await desk.pairing.poll(body.secret, doorstep))
        desk.give_back(Budget.PAIR_CODE, request)
        signed_in = found.signed_in
        if signed_in is None:
            return answer(PollOut(state=found.state))
        me = await desk.me(request, Caller(signed_in.account, signed_in.opened.session))
        return desk.with_cookies(
            request, cookies, signed_in, answer(PollOut(state=found.state, me=me))
        )

    async def look(self, body: CodeRequest, request: Request) -> Response:
        """Show what the headset calls itself, so that its owner recognises it."""
        desk = self._desk
        caller = await desk.people.member(request)
        desk.take(Budget.PAIR_CODE, request)
        pairing = ok(await desk.pairing.look(caller, body.code))
        desk.give_back(Budget.PAIR_CODE, request)
        return answer(AskingOut(label=pairing.label, asked_ms=pairing.created_ms))

    async def decide(self, body: DecisionRequest, request: Request) -> Response:
        """Answer the headset that shows a code, once."""
        desk = self._desk
        caller = await desk.people.member(request)
        desk.take(Budget.PAIR_CODE, request)
        ok(await desk.pairing.decide(caller, body.code, approve=body.approve))
        desk.give_back(Budget.PAIR_CODE, request)
        return done()
