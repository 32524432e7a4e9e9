"""Handshakes between two ends in memory: keys agree, SRTCP passes, and floods wait or drop."""

import asyncio
from collections.abc import Callable

import pytest
from aiortc import rtcdtlstransport
from pylibsrtp import Policy, Session

from hearth_server.voice import dtls
from hearth_server.voice.admission import Admission

pytestmark = pytest.mark.asyncio
OURS, THEIRS = [dtls.SharedCertificate.generateCertificate() for _ in range(2)]


class Pair:
    """A server end and a client end that pass datagrams to each other."""

    def __init__(self, lose: Callable[[int], bool] = lambda number: False) -> None:
        self.closed: list[str] = []
        self.sent = 0
        self._lose = lose
        self.server = dtls.DtlsEnd(OURS, self._to_client, lambda: self.closed.append("server"))
        self.client = dtls.DtlsEnd(
            THEIRS, self._to_server, lambda: self.closed.append("client"), role="client"
        )

    def _to_client(self, data: bytes) -> None:
        self.sent += 1
        if not self._lose(self.sent):
            self.client.put(data)

    def _to_server(self, data: bytes) -> None:
        self.sent += 1
        if not self._lose(self.sent):
            self.server.put(data)

    async def shake(self, digest: dtls.Fingerprint, timeout_s: float = 5.0) -> str:
        """Return what the server's end made of it."""
        async with asyncio.TaskGroup() as group:
            result = group.create_task(self.server.handshake([digest], timeout_s))
            group.create_task(self.client.handshake([OURS.fingerprint()], timeout_s))
        return result.result()

    async def end(self) -> None:
        await self.client.end()
        await self.server.end()


async def test_both_ends_get_the_same_keys_and_the_plane_can_use_them() -> None:
    pair = Pair()
    assert await pair.shake(THEIRS.fingerprint()) == ""
    server, client = pair.server.keys, pair.client.keys
    assert server is not None
    assert client is not None
    assert (server.rx_key, server.tx_key) == (client.tx_key, client.rx_key)
    assert server.rx_key.hex() not in repr(server)
    tx = Session(Policy(client.tx_key, Policy.SSRC_ANY_OUTBOUND, 0, client.profile))
    rx = Session(Policy(server.rx_key, Policy.SSRC_ANY_INBOUND, 0, server.profile))
    packet = b"\x80\x6f\x00\x01" + bytes(8) + b"voice"
    assert rx.unprotect(tx.protect(packet)) == packet
    report = bytes.fromhex("80c9000100000001")
    assert pair.client.unprotect_rtcp(pair.server.protect_rtcp(report)) == report
    assert pair.client.unprotect_rtcp(b"\x80\xc9" + bytes(60)) is None
    assert pair.client.unprotect_rtcp(b"\x80\xc9" + bytes(4000)) is None
    await pair.end()


async def test_another_certificate_than_the_offer_named_fails_by_name() -> None:
    pair = Pair()
    assert await pair.shake(OURS.fingerprint()) == "dtls_fingerprint"
    assert pair.server.keys is None
    await pair.end()


async def test_a_lost_flight_is_repeated() -> None:
    pair = Pair(lose=lambda number: number == 2)
    assert await pair.shake(THEIRS.fingerprint()) == ""
    await pair.end()


async def test_silence_ends_a_handshake() -> None:
    end = dtls.DtlsEnd(OURS, lambda data: None, lambda: None)
    assert await end.handshake([THEIRS.fingerprint()], 0.05) == "dtls_timeout"
    await end.end()


async def test_noise_before_and_in_a_handshake_does_not_stop_it() -> None:
    pair = Pair()
    pair.server.put(b"\x16\xfe\xfd" + bytes(50))
    pair.server.put(b"\x14")
    assert await pair.shake(THEIRS.fingerprint()) == ""
    await pair.end()


async def test_waiting_datagrams_are_bounded() -> None:
    end = dtls.DtlsEnd(OURS, lambda data: None, lambda: None)
    taken = [end.put(b"\x16" * 100) for _ in range(dtls.MAX_WAITING + 5)]
    assert taken.count(True) == dtls.MAX_WAITING
    await end.end()
    assert not end.put(b"\x16")


async def test_the_goodbye_of_one_end_reaches_the_other_once() -> None:
    pair = Pair()
    await pair.shake(THEIRS.fingerprint())
    await pair.client.end()
    async with asyncio.timeout(5.0):
        while not pair.closed:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    assert pair.closed == ["server"]
    await pair.server.end()


async def test_the_contract_holds_with_the_installed_libraries() -> None:
    await dtls.check_contract(OURS)


async def test_a_library_without_the_names_we_use_is_a_clear_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(rtcdtlstransport.RTCDtlsTransport, "_set_role")
    with pytest.raises(dtls.ContractError, match="Reinstall"):
        await dtls.check_contract(OURS)


async def test_the_tls_context_is_made_once() -> None:
    profiles = rtcdtlstransport.SRTP_PROFILES
    assert OURS._create_ssl_context(profiles) is OURS._create_ssl_context(profiles)


async def test_admission_is_fair_and_bounded() -> None:
    gate = Admission(at_once=2, hold_s=60.0)
    inside: list[int] = []
    order: list[int] = []
    go = asyncio.Event()

    async def visit(number: int) -> None:
        async with gate.place():
            inside.append(number)
            order.append(number)
            assert len(inside) <= 2
            await go.wait()
            inside.remove(number)

    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(visit(number))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert order == [0, 1]
        go.set()
    assert order == list(range(6))


async def test_who_dawdles_inside_holds_nobody_up() -> None:
    gate = Admission(at_once=1, hold_s=0.01)
    async with gate.place(), asyncio.timeout(5.0), gate.place():
        pass
    async with asyncio.timeout(5.0), gate.place():
        pass  # the place came back once, not twice
    assert gate._gate._value == 1
