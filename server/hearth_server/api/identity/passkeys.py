"""Passkeys: making them, signing in with them. Only where browsers allow them."""

from fastapi import Request, Response

from hearth_server.api.answers import answer, done, refusals
from hearth_server.api.declared import Routes
from hearth_server.api.identity.desk import IdentityDesk
from hearth_server.api.identity.models import MeOut
from hearth_server.api.identity.origins import relying_party
from hearth_server.api.identity.own_models import (
    AskedOut,
    PasskeyOut,
    PasskeyRequest,
    PasskeySignInRequest,
    PasskeysOut,
    ProofRequest,
)
from hearth_server.api.limits import Budget
from hearth_server.api.problems import ok
from hearth_server.services.identity.passkeys import Asked


class PasskeysApi:
    """The routes of passkeys."""

    def __init__(self, desk: IdentityDesk) -> None:
        self._desk = desk

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("people")
        add = router.add
        add(
            "/session/passkey/options",
            self.ask,
            methods=["POST"],
            summary="A challenge that any passkey for this address answers",
            response_model=AskedOut,
            responses=refusals(403, 429),
        )
        add(
            "/session/passkey",
            self.sign_in,
            methods=["POST"],
            summary="Sign in with a passkey",
            response_model=MeOut,
            responses=refusals(403, 422, 429),
        )
        add(
            "/me/passkeys/options",
            self.ask_new,
            methods=["POST"],
            summary="A challenge that makes a new passkey",
            response_model=AskedOut,
            responses=refusals(401, 403, 409, 422, 429, 503),
        )
        add(
            "/me/passkeys",
            self.keep,
            methods=["POST"],
            summary="Keep a new passkey",
            status_code=201,
            response_model=PasskeyOut,
            responses=refusals(401, 403, 422),
        )
        add(
            "/me/passkeys",
            self.listing,
            summary="One's passkeys",
            response_model=PasskeysOut,
            responses=refusals(401),
        )
        add(
            "/me/passkeys/{credential_id}",
            self.drop,
            methods=["DELETE"],
            summary="Forget a passkey",
            status_code=204,
            responses=refusals(401, 404, 422),
        )
        return router

    async def ask(self, request: Request) -> Response:
        """Begin a sign-in: the challenge holds for five minutes and one answer."""
        desk = self._desk
        desk.take(Budget.SIGN_IN, request)
        party = ok(relying_party(desk.parts.api, request))
        return _asked(desk.passkeys.ask(party))

    async def sign_in(
        self, body: PasskeySignInRequest, request: Request, cookies: Response
    ) -> Response:
        """Sign in with the answer of an authenticator."""
        desk = self._desk
        doorstep = await desk.doorstep(request, cookies)
        signed_in = ok(await desk.passkeys.sign_in(body.challenge_id, body.credential, doorstep))
        desk.give_back(Budget.SIGN_IN, request)
        return await desk.welcome(request, cookies, signed_in)

    async def ask_new(self, body: ProofRequest, request: Request) -> Response:
        """Begin making a passkey: it outlives this sign-in, so that it is really oneself counts."""
        desk = self._desk
        caller = await desk.people.member(request)
        party = ok(relying_party(desk.parts.api, request))
        return _asked(ok(await desk.own.ask_passkey(caller, body.proof(), party)))

    async def keep(self, body: PasskeyRequest, request: Request) -> Response:
        """Keep the passkey that an authenticator made."""
        desk = self._desk
        caller = await desk.people.member(request)
        kept = await desk.passkeys.keep(caller, body.challenge_id, body.credential, body.name)
        return answer(PasskeyOut.of(ok(kept)), 201)

    async def listing(self, request: Request) -> Response:
        """List one's passkeys."""
        desk = self._desk
        found = await desk.passkeys.listing(await desk.people.member(request))
        return answer(PasskeysOut(items=[PasskeyOut.of(passkey) for passkey in found]))

    async def drop(self, credential_id: str, request: Request) -> Response:
        """Forget a passkey; it opens nothing from now on."""
        desk = self._desk
        ok(await desk.passkeys.drop(await desk.people.member(request), credential_id))
        return done()


def _asked(asked: Asked) -> Response:
    return answer(AskedOut(options=asked.options, challenge_id=asked.challenge_id))
