"""Who is calling: the client's address behind trusted proxies, and whether its Origin is ours.

The WebSocket bypasses every HTTP middleware, so these rules are plain functions of the peer and
the headers; app.py hands the same object to both shells.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from hearth_server.settings import Settings, is_loopback

Headers = Sequence[tuple[bytes, bytes]]
_FORWARDING = (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via")
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


@dataclass(frozen=True, slots=True)
class ClientAddress:
    """Where a request comes from.

    Attributes:
        host: the client's address, or "" if unknown.
        bucket: what limits count by: the address, or the /64 of an IPv6 one.
        local: a direct connection from this very machine, no proxy between.
        exempt: local, and the node serves this machine only: address limits do not apply.
    """

    host: str
    bucket: str
    local: bool
    exempt: bool


class AddressRules:
    """Reads addresses and origins as the operator's settings say."""

    def __init__(self, settings: Settings) -> None:
        self._loopback_only = settings.loopback_only
        self._trusts_proxies = settings.proxy_headers
        self._proxies = [
            ipaddress.ip_network(entry, strict=False) for entry in settings.trusted_proxies
        ]
        self._public = urlsplit(settings.public_url) if settings.public_url else None

    def client(self, peer_host: str | None, headers: Headers) -> ClientAddress:
        """Return the client's address given the socket's peer and the request headers.

        A proxy that nobody announced must not make the whole world look like this machine, so
        any forwarding header ends `local`.
        """
        host = peer_host or ""
        forwarded = any(name in _FORWARDING for name, _ in headers)
        if forwarded and self._trusts_proxies and self._is_proxy(host):
            chain = b",".join(value for name, value in headers if name == b"x-forwarded-for")
            host = self._first_stranger(chain.decode("latin-1").split(","), host)
        local = not forwarded and is_loopback(host)
        return ClientAddress(host, _bucket(host), local, local and self._loopback_only)

    def scheme(self, own: str, peer_host: str | None, headers: Headers) -> str:
        """Return "https" or "http" as the person's browser used it."""
        if self._trusts_proxies and self._is_proxy(peer_host or ""):
            for name, value in headers:
                if name == b"x-forwarded-proto" and value in (b"http", b"https"):
                    return value.decode()
        return own

    def origin_allowed(self, origin: str | None, host: str | None) -> bool:
        """Say whether an Origin header is absent (not a browser) or this site's own.

        The scheme is not compared: a proxy ends https before us. Host and port are.
        """
        if origin is None:
            return True
        try:
            parts = urlsplit(origin)
            theirs = (parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme))
            if not parts.hostname or parts.scheme not in ("http", "https"):
                return False
            if self._public and theirs == (
                self._public.hostname,
                self._public.port or _DEFAULT_PORTS[self._public.scheme],
            ):
                return True
            ours = urlsplit(f"{parts.scheme}://{host or ''}")
            return theirs == (ours.hostname, ours.port or _DEFAULT_PORTS[parts.scheme])
        except ValueError:
            return False

    def _first_stranger(self, chain: Iterable[str], peer: str) -> str:
        """Walk from our side of the proxy chain to the first address we do not trust.

        Whatever stands left of it was written by the client and means nothing.
        """
        last = peer
        for entry in reversed([_bare(part) for part in chain]):
            try:
                ipaddress.ip_address(entry)
            except ValueError:
                return last
            last = entry
            if not self._is_proxy(entry):
                return entry
        return last

    def _is_proxy(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None) or address
        return any(mapped in net for net in self._proxies if net.version == mapped.version)


def _bare(entry: str) -> str:
    """Return an X-Forwarded-For entry without port and brackets."""
    entry = entry.strip()
    if entry.startswith("["):
        return entry[1:].split("]")[0]
    return entry.split(":")[0] if entry.count(":") == 1 else entry


@lru_cache(maxsize=4096)
def _bucket(host: str) -> str:
    try:
        address = ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        # One household or one attacker owns a whole /64.
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
