"""The worker's sockets: one UDP and one TCP socket per local address, all on one port.

A socket bound to a wildcard may answer from another address than the one it was asked at, and a
browser drops such an answer; hence one socket per address. Binds, reports and sends; the data
plane does the reading.
"""

import errno
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import ifaddr

from hearth_server.voice.addresses import unpack_address

BUFFER_BYTES: Final = 4 << 20
MAX_ADDRESSES: Final = 16
_PORT_TRIES: Final = 20
_FORCE: Final = {socket.SO_RCVBUF: 33, socket.SO_SNDBUF: 32}  # SO_RCVBUFFORCE, SO_SNDBUFFORCE
_WILDCARDS: Final = {"0.0.0.0": socket.AF_INET, "::": socket.AF_INET6}


class BindError(Exception):
    """The port cannot be had. `code` names why, the text says what to do."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class UdpPath:
    """Where a peer is behind one of our UDP sockets. Equal paths are the same path."""

    mux: "Mux"
    socket_index: int
    address: bytes

    @property
    def kind(self) -> Literal["udp"]:
        """How packets travel."""
        return "udp"

    def send(self, data: bytes) -> bool:
        """Send STUN, DTLS or RTCP; False if the socket's buffer is full."""
        return self.mux.send(self.socket_index, self.address, data)


@dataclass(frozen=True, slots=True)
class Mux:
    """Bound sockets.

    Attributes:
        port: the one port.
        addresses: what was bound, in the order of the sockets.
        udp: non-blocking UDP sockets.
        tcp: TCP sockets, bound and not listening yet.
    """

    port: int
    addresses: tuple[str, ...]
    udp: tuple[socket.socket, ...]
    tcp: tuple[socket.socket, ...]

    def __hash__(self) -> int:
        return id(self)

    def send(self, socket_index: int, address: bytes, data: bytes) -> bool:
        """Send a datagram; False if it could not leave (the peer's own repeats cover that)."""
        try:
            self.udp[socket_index].sendto(data, unpack_address(address))
        except OSError:
            return False
        return True

    def buffer_bytes(self, option: int) -> int:
        """Return the smallest SO_RCVBUF or SO_SNDBUF of the UDP sockets, as the kernel counts."""
        return min(each.getsockopt(socket.SOL_SOCKET, option) for each in self.udp)

    def close(self) -> None:
        """Close all sockets."""
        for each in (*self.udp, *self.tcp):
            each.close()


def bind(hosts: Sequence[str], port: int) -> Mux:
    """Bind each host, "0.0.0.0" and "::" standing for all local addresses of their family.

    Args:
        hosts: addresses in text.
        port: 0 for any port that UDP and TCP of every address have free.

    Raises:
        BindError: with a named reason.
    """
    wanted, required = expand(hosts)
    for _ in range(_PORT_TRIES):
        try:
            return _bind_all(wanted, required, port)
        except BindError as fault:
            if port or fault.code != "port_taken":
                raise
    raise BindError("port_taken", "No free port was found; choose one with --voice-port.")


def expand(hosts: Iterable[str]) -> tuple[list[str], set[str]]:
    """Return the addresses to bind and which of them the operator named outright.

    Loopback comes last: a person on this machine can use any of the others too.
    """
    hosts = list(hosts)
    named = [found for host in hosts if host not in _WILDCARDS for found in _resolve(host)]
    families = {_WILDCARDS[host] for host in hosts if host in _WILDCARDS}
    found = [host for host in _local_addresses() if _family(host) in families]
    found.sort(key=lambda host: host.startswith("127.") or host == "::1")
    return list(dict.fromkeys(named + found))[:MAX_ADDRESSES], set(named)


def _resolve(host: str) -> list[str]:
    """Return the addresses of a name such as "localhost"; an address is its own."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except OSError as fault:
        raise BindError(
            "address_unknown", f"{host} is no address and no name of one: check --host."
        ) from fault
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _local_addresses() -> list[str]:
    """Return this machine's addresses; link-local ones need a scope that a candidate lacks."""
    texts = ["127.0.0.1", "::1"]
    for adapter in ifaddr.get_adapters():
        for address in adapter.ips:
            text = address.ip if isinstance(address.ip, str) else address.ip[0]
            if not text.lower().startswith(("fe80:", "169.254.")):
                texts.append(text)
    return list(dict.fromkeys(texts))


def _bind_all(wanted: Sequence[str], required: set[str], port: int) -> Mux:
    addresses: list[str] = []
    udp: list[socket.socket] = []
    tcp: list[socket.socket] = []
    try:
        for host in wanted:
            try:
                pair = _bind_pair(host, port)
            except OSError as fault:
                if host not in required and fault.errno == errno.EADDRNOTAVAIL:
                    continue  # an address that has gone, or IPv6 that is switched off
                raise _explain(fault, host, port) from fault
            addresses.append(host)
            udp.append(pair[0])
            tcp.append(pair[1])
            port = pair[0].getsockname()[1]
        if not addresses:
            raise BindError("no_address", "This machine has no address to bind for voice.")
    except BaseException:
        for each in (*udp, *tcp):
            each.close()
        raise
    return Mux(port, tuple(addresses), tuple(udp), tuple(tcp))


def _bind_pair(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    family = _family(host)
    udp = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    tcp = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        if family == socket.AF_INET6:
            udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            tcp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            _enlarge(udp, option)
        # TCP only: for UDP this option lets two programs share a port and lose packets.
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        udp.bind((host, port))
        tcp.bind((host, udp.getsockname()[1]))
        tcp.listen(128)
    except OSError:
        udp.close()
        tcp.close()
        raise
    return udp, tcp


def _enlarge(udp: socket.socket, option: int) -> None:
    """Ask for a big buffer, beyond net.core.*mem_max where the process may."""
    try:
        udp.setsockopt(socket.SOL_SOCKET, _FORCE[option], BUFFER_BYTES)
    except OSError:
        udp.setsockopt(socket.SOL_SOCKET, option, BUFFER_BYTES)


def _explain(fault: OSError, host: str, port: int) -> BindError:
    if fault.errno == errno.EADDRINUSE:
        return BindError(
            "port_taken",
            f"Port {port} of {host} is taken by another program: stop it, or choose another port "
            "with --voice-port.",
        )
    if fault.errno == errno.EACCES:
        return BindError(
            "port_forbidden",
            f"Port {port} is for privileged programs: choose one above 1023 with --voice-port.",
        )
    if fault.errno == errno.EADDRNOTAVAIL:
        return BindError(
            "address_not_local",
            f"{host} is no address of this machine: name one that is, or 0.0.0.0 for all, and "
            "tell people the outside address with --voice-advertise.",
        )
    return BindError("bind_failed", f"Port {port} of {host} cannot be used: {fault.strerror}.")


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
