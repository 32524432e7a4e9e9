"""Where the node listens: its sockets, its certificate, its addresses on the local network."""

import errno
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hearth_server.api.door import LanFacts
from hearth_server.settings import Settings

if TYPE_CHECKING:  # cryptography takes a tenth of a second that plain http need not pay
    from hearth_server.certificates import HostNames

BACKLOG = 2048


class StartupFault(Exception):
    """The node cannot start here; the message names cause and fix in one line."""


@dataclass(frozen=True, slots=True)
class ServedCertificate:
    """The files https is served with, and what people compare."""

    cert: Path
    key: Path
    leaf_sha256: str
    ca_sha256: str | None = None
    ca_pem: bytes | None = None


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket, or say in one line why not."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        raise StartupFault(
            f"--host {host}: there is no such address. Fix: use 127.0.0.1, 0.0.0.0 or an address "
            "of this machine."
        ) from None
    dual = family == socket.AF_INET6 and host == "::" and socket.has_dualstack_ipv6()
    try:
        bound = socket.create_server(
            (address[0], port), family=family, backlog=BACKLOG, dualstack_ipv6=dual
        )
    except OSError as error:
        raise StartupFault(_why_not(error.errno, host, port)) from None
    bound.setblocking(False)
    return bound


def _why_not(number: int | None, host: str, port: int) -> str:
    match number:
        case errno.EADDRINUSE:
            return (
                f"port {port} on {host} is in use. Fix: stop the program that has it, or choose "
                "another with --port."
            )
        case errno.EACCES:
            return f"port {port} needs special rights. Fix: choose a --port above 1023."
        case errno.EADDRNOTAVAIL:
            return (
                f"--host {host} is no address of this machine. Fix: use 127.0.0.1, 0.0.0.0 or one "
                "that is."
            )
        case _:
            return f"cannot listen on {host} port {port}. Fix: choose another --host or --port."


def certificate_for(settings: Settings, wall_s: float) -> ServedCertificate:
    """Return the operator's certificate, or the node's own, made when needed."""
    from hearth_server.certificates import (  # noqa: PLC0415  # see above
        ensure_identity,
        fingerprint_of_file,
        machine_names,
    )

    if settings.cert is not None and settings.key is not None:
        return ServedCertificate(settings.cert, settings.key, fingerprint_of_file(settings.cert))
    now = datetime.fromtimestamp(wall_s, UTC)
    own = ensure_identity(settings.data_dir / "tls", machine_names(), now)
    return ServedCertificate(own.cert, own.key, own.leaf_sha256, own.ca_sha256, own.ca_pem)


def lan_facts(settings: Settings, served: ServedCertificate, ports: Sequence[int]) -> LanFacts:
    """Return how the local network reaches this node through `ports` (https, plain http)."""
    from hearth_server.certificates import machine_names  # noqa: PLC0415  # see above

    host = machine_names()
    return LanFacts(
        hosts=(*(found := reachable(settings.bind_host, host)), *host.names, "127.0.0.1"),
        reachable=len(found),
        https_port=ports[0],
        http_port=ports[1],
        leaf_sha256=served.leaf_sha256,
        ca_sha256=served.ca_sha256,
        ca_pem=served.ca_pem,
    )


def reachable(bind_host: str, host: "HostNames") -> list[str]:
    """Return the addresses others can use, the best first.

    Args:
        bind_host: what the sockets listen on; one address alone narrows the list to itself.
        host: what the machine is called.
    """
    numeric = str(socket.getaddrinfo(bind_host, None, type=socket.SOCK_STREAM)[0][4][0])
    if not ipaddress.ip_address(numeric).is_unspecified:
        return [bind_host]
    found = [str(address) for address in host.addresses if not address.is_loopback]
    return found if ":" in bind_host else [address for address in found if ":" not in address]
