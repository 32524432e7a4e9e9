"""At which address passkeys can be made and used: a secure one with a name, no bare number.

Browsers tie a passkey to a domain (WebAuthn Level 3, section 5.1.2: the effective domain must be
a valid domain) and offer them in secure contexts only.
"""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from hearth_server.api.visitors import ApiParts, Visitor
from hearth_server.errors import Refusal
from hearth_server.services.identity.passkeys import RelyingParty

_NOT_HERE: Final = Refusal(
    "passkeys_unavailable",
    "Passkeys work only over https at an address with a name. Use your password here.",
)
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def relying_party(parts: ApiParts, request: Request) -> RelyingParty | Refusal:
    """Return for whom an authenticator is to answer at the address the browser shows."""
    public = parts.settings.public_url
    scheme = Visitor(parts, request).scheme()
    url = public or f"{scheme}://{request.headers.get('host', '')}"
    try:
        split = urlsplit(url)
        host, port = split.hostname or "", split.port
    except ValueError:
        return _NOT_HERE
    local = host == "localhost" or host.endswith(".localhost")
    if not _is_name(host) or (split.scheme != "https" and not local):
        return _NOT_HERE
    shown = "" if port in (None, _DEFAULT_PORTS.get(split.scheme)) else f":{port}"
    return RelyingParty(host, f"{split.scheme}://{host}{shown}")


def _is_name(host: str) -> bool:
    if not host or len(host) > 253:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return all(char.isascii() and (char.isalnum() or char in "-.") for char in host)
    return False
