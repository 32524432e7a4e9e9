"""DTLS of one peer and the SRTP keys that come out of it, by means of aiortc's transport.

RFC 5764 (DTLS-SRTP). aiortc does the handshake and checks the peer's certificate against the
fingerprints of its SDP; the keys are taken out twice. The data plane gets one copy for RTP, and
the library's own pair of sessions stays here for SRTCP: libsrtp sessions belong to one thread,
and the packet indexes of SRTP and SRTCP do not touch each other (RFC 3711 section 3.4).

`check_contract` runs a handshake between two ends in memory, because names of aiortc are used
here that it does not promise.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

import pylibsrtp
from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    SRTPProtectionProfile,
    State,
)
from aiortc.rtcicetransport import RTCIceTransport
from OpenSSL import SSL

from hearth_server.voice.sdp import Fingerprint

#: Datagrams that wait for a peer's handshake; a client repeats what is dropped.
MAX_WAITING: Final = 16
_EXPORTER_LABEL: Final = b"EXTRACTOR-dtls_srtp"


class ContractError(Exception):
    """The installed aiortc, pylibsrtp or pyOpenSSL does not work as this code needs it."""


@dataclass(frozen=True, slots=True)
class MediaKeys:
    """What a data plane needs: master key and salt of each direction, seen from the server."""

    rx_key: bytes = field(repr=False)
    tx_key: bytes = field(repr=False)
    profile: int


class SharedCertificate(RTCCertificate):
    """One certificate for all peers, whose TLS context is made once (a quarter of a handshake)."""

    _context: SSL.Context | None = None
    _fingerprint: Fingerprint | None = None

    def _create_ssl_context(self, srtp_profiles: list[SRTPProtectionProfile]) -> SSL.Context:
        if self._context is None:
            self._context = super()._create_ssl_context(srtp_profiles)
            # A shared context would keep the sessions of everybody who ever came.
            self._context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        return self._context

    def fingerprint(self) -> Fingerprint:
        """Return the digest that goes into answers."""
        if self._fingerprint is None:
            found = next(each for each in self.getFingerprints() if each.algorithm == "sha-256")
            self._fingerprint = found.algorithm, found.value
        return self._fingerprint


class _Wire:
    """What aiortc takes for an ICE transport: datagrams in, datagrams out."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._out = send
        self._waiting: deque[bytes] = deque()
        self._wanted: asyncio.Future[None] | None = None
        self._closed = False

    def put(self, data: bytes) -> bool:
        """Hand a datagram to the transport; False if too many wait."""
        if self._closed or len(self._waiting) >= MAX_WAITING:
            return False
        self._waiting.append(data)
        self._wake()
        return True

    def close(self) -> None:
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        if self._wanted is not None and not self._wanted.done():
            self._wanted.set_result(None)

    async def _recv(self) -> bytes:
        while not self._waiting:
            if self._closed:
                raise ConnectionError
            self._wanted = asyncio.get_running_loop().create_future()
            await self._wanted
        return self._waiting.popleft()

    async def _send(self, data: bytes) -> None:
        if self._closed:
            raise ConnectionError
        self._out(data)


class DtlsEnd(RTCDtlsTransport):
    """The DTLS end of one peer.

    Args:
        certificate: ours.
        send: sends a datagram to the peer.
        on_closed: called once when the peer has closed its end after the handshake.
        role: "server" waits for the peer's hello.
    """

    def __init__(
        self,
        certificate: RTCCertificate,
        send: Callable[[bytes], None],
        on_closed: Callable[[], None],
        role: str = "server",
    ) -> None:
        self._wire = _Wire(send)
        super().__init__(cast("RTCIceTransport", self._wire), [certificate])
        self._set_role(role)
        self._on_closed = on_closed
        self.keys: MediaKeys | None = None
        self.failure = ""

    def put(self, data: bytes) -> bool:
        """Take a DTLS datagram that came from the peer; False if it was dropped."""
        return self._wire.put(data)

    async def handshake(self, fingerprints: Sequence[Fingerprint], timeout_s: float) -> str:
        """Run the handshake; return "" or the name of what failed.

        Args:
            fingerprints: of the peer's certificate, from its SDP; all must match.
            timeout_s: after which the peer is given up.
        """
        remote = RTCDtlsParameters([RTCDtlsFingerprint(*each) for each in fingerprints])
        try:
            await asyncio.wait_for(self.start(remote), timeout_s)
        except TimeoutError:
            self.failure = "dtls_timeout"
        if not self.failure and self.keys is None:
            self.failure = "dtls_failed"
        return self.failure

    async def end(self) -> None:
        """Say goodbye to the peer and let go of everything."""
        self._on_closed = _nothing
        with contextlib.suppress(ConnectionError, SSL.Error):
            await self.stop()
        self._wire.close()

    def protect_rtcp(self, packet: bytes) -> bytes:
        """Return a compound RTCP packet encrypted for the peer."""
        return bytes(self._tx_srtp.protect_rtcp(packet))

    def unprotect_rtcp(self, packet: bytes) -> bytes | None:
        """Return a compound RTCP packet in clear, or None if it is not authentic."""
        try:
            return bytes(self._rx_srtp.unprotect_rtcp(packet))
        except (pylibsrtp.Error, ValueError):
            return None

    def _validate_peer_identity(self, remoteParameters: RTCDtlsParameters) -> None:
        super()._validate_peer_identity(remoteParameters)
        if self._state == State.FAILED:
            self.failure = "dtls_fingerprint"

    def _setup_srtp(self) -> None:
        super()._setup_srtp()
        if self._state == State.FAILED:
            self.failure = "dtls_no_srtp"
            return
        assert self._ssl is not None
        name = self._ssl.get_selected_srtp_profile()
        profile = next(each for each in self._srtp_profiles if each.openssl_profile == name)
        length = 2 * (profile.key_length + profile.salt_length)
        material = self._ssl.export_keying_material(_EXPORTER_LABEL, length)
        client = profile.get_key_and_salt(material, 0)
        server = profile.get_key_and_salt(material, 1)
        rx, tx = (client, server) if self._role == "server" else (server, client)
        self.keys = MediaKeys(rx, tx, profile.libsrtp_profile)

    def _set_state(self, state: State) -> None:
        was = self._state
        super()._set_state(state)
        if state == State.CLOSED and was == State.CONNECTED:
            self._on_closed()


def _nothing() -> None:
    return


async def check_contract(certificate: SharedCertificate) -> None:
    """Shake hands in memory and compare the keys of both ends.

    Raises:
        ContractError: the libraries' inner names or ways have changed; says which to install.
    """
    try:
        await _rehearse(certificate)
    except Exception as fault:
        raise ContractError(
            f"The installed aiortc or pylibsrtp does not fit this version of Hearth ({fault!r}). "
            "Reinstall Hearth with its own requirements."
        ) from fault


async def _rehearse(certificate: SharedCertificate) -> None:
    ends: dict[str, DtlsEnd] = {}
    client_certificate = SharedCertificate.generateCertificate()
    ends["server"] = DtlsEnd(certificate, lambda data: _pass(ends["client"], data), _nothing)
    ends["client"] = DtlsEnd(
        client_certificate, lambda data: _pass(ends["server"], data), _nothing, role="client"
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(ends["server"].handshake([client_certificate.fingerprint()], 5.0))
        group.create_task(ends["client"].handshake([certificate.fingerprint()], 5.0))
    server, client = ends["server"], ends["client"]
    if server.keys is None or client.keys is None or server.keys.rx_key != client.keys.tx_key:
        raise ContractError(server.failure or client.failure or "keys differ")
    report = bytes.fromhex("80c9000100000001")
    if server.unprotect_rtcp(client.protect_rtcp(report)) != report:
        raise ContractError("SRTCP does not come through")
    await client.end()
    await server.end()


def _pass(end: DtlsEnd, data: bytes) -> None:
    end.put(data)
