"""What the HTTP shell works with, and what one request may do: address, key, Origin."""

import hmac
from dataclasses import dataclass

from fastapi import Request

from hearth_server.api.addresses import AddressRules, ClientAddress
from hearth_server.api.codes import JoinCodes
from hearth_server.api.limits import AddressLimits, Budget
from hearth_server.api.ports import Readiness, RoomDirectory
from hearth_server.clock import Clock
from hearth_server.errors import Refusal
from hearth_server.metrics import Metrics
from hearth_server.settings import Settings, is_loopback
from hearth_server.tokens import Grant, TicketBook


@dataclass(frozen=True, slots=True)
class ApiParts:
    """Everything the HTTP shell works with; app.py puts it together."""

    settings: Settings
    version: str
    protocol: str
    clock: Clock
    metrics: Metrics
    tickets: TicketBook[Grant]
    limits: AddressLimits
    addresses: AddressRules
    codes: JoinCodes
    rooms: RoomDirectory
    readiness: Readiness
    vr_url: str | None = None


class Visitor:
    """What one request may do: its address, its key, its Origin."""

    def __init__(self, parts: ApiParts, request: Request) -> None:
        self._parts = parts
        self._request = request
        peer = request.client.host if request.client else None
        self.address: ClientAddress = parts.addresses.client(peer, request.scope["headers"])

    def operator(self) -> Refusal | None:
        """Say why this is not the operator, or None if the key is right."""
        key = self._parts.settings.operator_key
        if key is None:
            return Refusal(
                "forbidden", "This node has no operator key. Start it with --operator-key."
            )
        if (refusal := self._parts.limits.spent(Budget.BAD_KEY, self.address)) is not None:
            return refusal
        scheme, _, given = self._request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not given:
            return Refusal(
                "unauthorized", "Send the operator key as 'Authorization: Bearer <key>'."
            )
        if hmac.compare_digest(given.strip().encode(), key.get_secret_value().encode()):
            return None
        self._parts.limits.take(Budget.BAD_KEY, self.address)
        return Refusal("unauthorized", "This is not the operator key of this node.")

    def foreign(self) -> Refusal | None:
        """Say so if another site's page is asking."""
        headers = self._request.headers
        if self._parts.addresses.origin_allowed(headers.get("origin"), headers.get("host")):
            return None
        return Refusal(
            "foreign_origin",
            f"Open {headers.get('host', 'this node')} itself; other sites may not join from here.",
        )

    def scheme(self) -> str:
        """Return how the person's browser reaches this node: http or https."""
        request = self._request
        peer = request.client.host if request.client else None
        own = "https" if self._parts.settings.https else "http"
        return self._parts.addresses.scheme(own, peer, request.scope["headers"])

    def secure(self) -> bool:
        """Whether the person's browser counts this address as a secure context."""
        return self.scheme() == "https" or is_loopback(self._request.url.hostname or "")
