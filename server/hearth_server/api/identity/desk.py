"""What every route of people works with: the use cases, the caller's device, the limits."""

from fastapi import Request, Response

from hearth_server.api.answers import answer
from hearth_server.api.groups.desk import AccountBucket
from hearth_server.api.identity.models import MeOut
from hearth_server.api.identity.origins import relying_party
from hearth_server.api.limits import Budget
from hearth_server.api.people import CommunityParts
from hearth_server.api.problems import Refused
from hearth_server.api.visitors import Visitor
from hearth_server.community.accounts import Caller
from hearth_server.community.devices import device_label
from hearth_server.errors import Refusal
from hearth_server.services.identity.admin import Admin
from hearth_server.services.identity.devices import Devices
from hearth_server.services.identity.guests import Guests
from hearth_server.services.identity.links import SetupLinks
from hearth_server.services.identity.overview import Overview
from hearth_server.services.identity.own import OwnAccount
from hearth_server.services.identity.pairing import PairingDesk
from hearth_server.services.identity.passkeys import Passkeys
from hearth_server.services.identity.registering import Registering
from hearth_server.services.identity.signed_in import Doorstep, SignedIn
from hearth_server.services.identity.signing_in import SigningIn
from hearth_server.services.identity.ties import Ties
from hearth_server.services.sessions import DeviceFacts


class IdentityDesk:
    """One for all routes of people, because some of its parts remember failures."""

    def __init__(self, parts: CommunityParts) -> None:
        self.parts = parts
        self.people = parts.people
        self.services = parts.services
        self.overview = Overview(parts.services)
        self.links = SetupLinks(parts.services)
        self.registering = Registering(parts.services, self.links)
        self.guests = Guests(parts.services, self.registering)
        self.signing_in = SigningIn(parts.services)
        self.devices = Devices(parts.services)
        self.passkeys = Passkeys(parts.services)
        self.pairing = PairingDesk(parts.services)
        self.own = OwnAccount(parts.services, self.signing_in, self.passkeys)
        self.ties = Ties(parts.services)
        self.admin = Admin(parts.services)

    def take(self, budget: Budget, request: Request) -> None:
        """Count an attempt from this address.

        Raises:
            Refused: there were too many.
        """
        visitor = Visitor(self.parts.api, request)
        refusal = self.parts.api.limits.take(budget, visitor.address)
        if refusal is not None:
            raise Refused(refusal)

    def take_of(self, budget: Budget, request: Request, caller: Caller) -> None:
        """Count what an account does.

        Raises:
            Refused: there was too much.
        """
        # Exempt where addresses are: a node on one machine has nobody to be afraid of.
        exempt = Visitor(self.parts.api, request).address.exempt
        bucket = AccountBucket(caller.account.id, exempt)
        refusal = self.parts.api.limits.take(budget, bucket)
        if refusal is not None:
            raise Refused(refusal)

    def give_back(self, budget: Budget, request: Request) -> None:
        """The attempt came to something: it does not count."""
        self.parts.api.limits.give_back(budget, Visitor(self.parts.api, request).address)

    async def doorstep(
        self, request: Request, response: Response, previous: Caller | None = None
    ) -> Doorstep:
        """Return where a sign-in comes from; a browser without a name of its own gets one."""
        label = device_label(request.headers.get("user-agent", "")[:512])
        device = self.people.name_device(request, response)
        caller = previous or await self.people.caller(request)
        facts = DeviceFacts("browser", label, device)
        return Doorstep(facts, caller.session if caller else None)

    async def me(
        self, request: Request, caller: Caller | None, codes: tuple[str, ...] = ()
    ) -> MeOut:
        """Return what a client asks first."""
        passkeys = not isinstance(relying_party(self.parts.api, request), Refusal)
        return MeOut.of(await self.overview.me(caller), passkeys=passkeys, codes=codes)

    async def welcome(self, request: Request, cookies: Response, signed_in: SignedIn) -> Response:
        """Answer a sign-in: who they are now, and the cookies that say so."""
        caller = Caller(signed_in.account, signed_in.opened.session)
        me = answer(await self.me(request, caller, signed_in.recovery_codes))
        return self.with_cookies(request, cookies, signed_in, me)

    def with_cookies(
        self, request: Request, cookies: Response, signed_in: SignedIn, response: Response
    ) -> Response:
        """Put a sign-in's cookies, and those set on the way to it, on an answer."""
        self.people.sign_in(request, response, signed_in.opened)
        for name, value in cookies.raw_headers:
            if name == b"set-cookie":
                response.raw_headers.append((name, value))
        return response
