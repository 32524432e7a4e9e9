"""Sockets: one per address, one port for all, and faults that say what to do."""

import socket

import pytest

from hearth_server.voice import mux
from hearth_server.voice.addresses import pack_address, source_of, unpack_address


def test_udp_and_tcp_of_all_addresses_share_a_port() -> None:
    sockets = mux.bind(["127.0.0.1", "127.0.0.2"], 0)
    try:
        bound = [each.getsockname() for each in (*sockets.udp, *sockets.tcp)]
        assert bound == [("127.0.0.1", sockets.port), ("127.0.0.2", sockets.port)] * 2
        assert sockets.buffer_bytes(socket.SO_RCVBUF) > 0
    finally:
        sockets.close()


def test_wildcards_stand_for_addresses_and_are_never_bound() -> None:
    sockets = mux.bind(["0.0.0.0", "::"], 0)
    try:
        assert "127.0.0.1" in sockets.addresses
        assert not {"0.0.0.0", "::"} & {each.getsockname()[0] for each in sockets.udp}
        loopback = [host in ("127.0.0.1", "::1") for host in sockets.addresses]
        assert loopback == sorted(loopback)
    finally:
        sockets.close()


def test_a_name_is_resolved() -> None:
    wanted, required = mux.expand(["localhost"])
    assert set(wanted) <= {"127.0.0.1", "::1"}
    assert required == set(wanted)


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_a_taken_port_is_named(kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            other.listen()
        with pytest.raises(mux.BindError, match="--voice-port") as fault:
            mux.bind(["127.0.0.1"], other.getsockname()[1])
    assert fault.value.code == "port_taken"


@pytest.mark.parametrize(
    ("host", "code"), [("192.0.2.99", "address_not_local"), ("no.such.invalid", "address_unknown")]
)
def test_an_address_of_somebody_else_is_named(host: str, code: str) -> None:
    with pytest.raises(mux.BindError) as fault:
        mux.bind([host], 0)
    assert fault.value.code == code


def test_a_failed_bind_leaves_nothing_open() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.2", 0))
        port = other.getsockname()[1]
        with pytest.raises(mux.BindError):
            mux.bind(["127.0.0.1", "127.0.0.2"], port)
    mux.bind(["127.0.0.1", "127.0.0.2"], port).close()


def test_paths_are_equal_by_where_they_lead() -> None:
    sockets = mux.bind(["127.0.0.1"], 0)
    try:
        there = pack_address(socket.AF_INET, ("127.0.0.1", 9))
        same = {mux.UdpPath(sockets, 0, there), mux.UdpPath(sockets, 0, bytes(there))}
        assert len(same) == 1
        assert mux.UdpPath(sockets, 0, there).kind == "udp"
    finally:
        sockets.close()


def test_a_datagram_that_cannot_leave_is_told() -> None:
    sockets = mux.bind(["127.0.0.1"], 0)
    try:
        there = pack_address(socket.AF_INET, ("127.0.0.1", 9))
        assert not sockets.send(0, there, bytes(70_000))
    finally:
        sockets.close()


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::1"])
def test_a_sockaddr_tells_host_and_port(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    packed = pack_address(family, (host, 40_000))
    assert source_of(packed) == (socket.inet_pton(family, host), 40_000)
    assert unpack_address(packed)[:2] == (host, 40_000)
