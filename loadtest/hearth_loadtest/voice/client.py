"""A light WebRTC voice client: ICE controlling, DTLS and SRTP, no codec and no browser.

Made of aiortc's DTLS transport, aioice's STUN messages and pylibsrtp. It knows nothing of the
server but the wire, so that whatever the two agree on is what the standards say.
"""

import asyncio
import secrets
import socket
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pylibsrtp
from aioice import stun
from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)

from hearth_loadtest.voice.opus import FRAME_SAMPLES
from hearth_loadtest.voice.signalling import LEVEL_EXT, OPUS_PT, Answer, Offering

CHECK_S = 0.05
#: Between two checks that keep the path alive (RFC 7675 asks for five seconds on average).
ALIVE_S = 2.5


class VoiceError(Exception):
    """The connection did not come about."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A packet that came in one of the slots."""

    slot: int
    talker: int
    seq: int
    timestamp: int
    marker: bool
    payload: bytes


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, client: "VoiceClient") -> None:
        self._client = client

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._client.take(data)


class _Frames(asyncio.Protocol):
    """RFC 4571."""

    def __init__(self, client: "VoiceClient") -> None:
        self._client = client
        self._held = bytearray()

    def data_received(self, data: bytes) -> None:
        self._held += data
        while len(self._held) >= 2:
            (length,) = struct.unpack_from("!H", self._held)
            if len(self._held) < 2 + length:
                return
            frame = bytes(self._held[2 : 2 + length])
            del self._held[: 2 + length]
            self._client.take(frame)


class _Ice:
    """What the DTLS transport takes for ICE."""

    role = "controlling"

    def __init__(self, client: "VoiceClient") -> None:
        self._client = client
        self.inbox: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def _recv(self) -> bytes:
        data = await self.inbox.get()
        if data is None:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        self._client.send_raw(data)


class VoiceClient:
    """One participant's end.

    Attributes:
        on_packet: Given every decrypted RTP packet of a slot, whole; by default it is kept in
            `heard`, the newest 4,096 of them.
        bad_packets: What came and could not be decrypted or is not what the answer said.

    Args:
        mic: whether to offer a microphone.
        slots: how many receive lines to offer.
        certificate: shared by many clients to save time; its own if None.
    """

    def __init__(
        self, *, mic: bool = True, slots: int = 8, certificate: RTCCertificate | None = None
    ) -> None:
        self.certificate = certificate or RTCCertificate.generateCertificate()
        self.mic_ssrc = secrets.randbits(31) + 1
        self.heard: deque[Heard] = deque(maxlen=4096)
        self.on_packet: Callable[[bytes], None] = self._remember
        self.on_heard: Callable[[Heard], None] | None = None
        self.reports: list[bytes] = []
        self.bad_packets = 0
        self.answer: Answer | None = None
        self._mic = mic
        self._slots = slots
        self._session = secrets.randbits(48)
        self._version = 1
        self._ufrag, self._password = secrets.token_hex(4), secrets.token_hex(16)
        self._ice = _Ice(self)
        self.dtls = RTCDtlsTransport(self._ice, [self.certificate])  # type: ignore[arg-type]
        self.dtls._set_role("client")
        self._transport: Any = None
        self._is_tcp = False
        self._ssrcs: frozenset[int] = frozenset()
        self._checks: dict[bytes, asyncio.Future[stun.Message]] = {}
        self._alive: asyncio.TimerHandle | None = None
        self._seq = secrets.randbits(14)
        self._timestamp = secrets.randbits(31)

    # --- signalling ----------------------------------------------------------------------------

    def offer(self) -> str:
        """Return the SDP offer."""
        fingerprint = self.certificate.getFingerprints()[0]
        return Offering(
            (self._session, self._version),
            (self._ufrag, self._password),
            (fingerprint.algorithm, fingerprint.value),
            self.mic_ssrc if self._mic else None,
            self._slots,
        ).text()

    def restart_ice(self) -> str:
        """Return an offer with new ICE credentials."""
        self._ufrag, self._password = secrets.token_hex(4), secrets.token_hex(16)
        self._version += 1
        return self.offer()

    # --- connection ----------------------------------------------------------------------------

    async def connect(self, answer: str, *, tcp: bool = False, timeout_s: float = 10.0) -> None:
        """Connect as an answer says: checks, then DTLS, then a check now and then.

        Raises:
            VoiceError: The answer cannot be used, or the handshake failed.
            TimeoutError: Nobody answered.
            OSError: There is no way to the server.
        """
        self.read(answer)
        assert self.answer is not None
        async with asyncio.timeout(timeout_s):
            await self.open_path(tcp=tcp)
            await self.nominate()
            await self.dtls.start(RTCDtlsParameters([RTCDtlsFingerprint(*self.answer.fingerprint)]))
        if self.dtls.state != "connected":
            raise VoiceError(f"DTLS {self.dtls.state}")
        self._keep_alive()

    def read(self, answer: str) -> None:
        """Take an answer in; after an ICE restart too.

        Raises:
            VoiceError: It cannot be used.
        """
        try:
            self.answer = Answer.parse(answer)
        except (ValueError, IndexError) as fault:
            raise VoiceError(str(fault)) from fault
        self._ssrcs = frozenset(self.answer.slot_ssrcs)

    async def open_path(self, *, tcp: bool = False) -> None:
        """Open a socket toward the first candidate, closing the one before."""
        assert self.answer is not None
        where = self.answer.tcp if tcp else self.answer.udp
        if not where:
            raise VoiceError("the answer names no address")
        loop = asyncio.get_running_loop()
        if self._transport is not None:
            self._transport.close()
        self._is_tcp = tcp
        if tcp:
            self._transport, _ = await loop.create_connection(lambda: _Frames(self), *where[0])
            self._transport.get_extra_info("socket").setsockopt(
                socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
            )
        else:
            self._transport, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(self), remote_addr=where[0]
            )

    def binding_request(self, *, nominate: bool = True) -> stun.Message:
        """Return a connectivity check, not signed yet."""
        assert self.answer is not None
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self.answer.ufrag}:{self._ufrag}"
        request.attributes["PRIORITY"] = 1_853_824_767
        request.attributes["ICE-CONTROLLING"] = secrets.randbits(64)
        if nominate:
            request.attributes["USE-CANDIDATE"] = None
        return request

    async def check(self, request: stun.Message) -> stun.Message:
        """Send a check, repeat it until an answer comes, and return that."""
        assert self.answer is not None
        if "MESSAGE-INTEGRITY" not in request.attributes:
            request.add_message_integrity(self.answer.password.encode())
        future = asyncio.get_running_loop().create_future()
        self._checks[request.transaction_id] = future
        try:
            while True:
                self.send_raw(bytes(request))
                done, _ = await asyncio.wait((future,), timeout=CHECK_S)
                if done:
                    break
        finally:
            del self._checks[request.transaction_id]
        response: stun.Message = future.result()
        if not response.check_message_integrity(self.answer.password.encode()):
            raise VoiceError("the answer to a check is not signed")
        return response

    async def nominate(self) -> None:
        """Make the current socket the path in use."""
        response = await self.check(self.binding_request())
        if response.message_class != stun.Class.RESPONSE:
            raise VoiceError(str(response.attributes.get("ERROR-CODE")))

    def _keep_alive(self) -> None:
        """Send a check now and then, whose answer nobody waits for."""
        assert self.answer is not None
        self._alive = asyncio.get_running_loop().call_later(ALIVE_S, self._keep_alive)
        request = self.binding_request()
        request.add_message_integrity(self.answer.password.encode())
        self.send_raw(bytes(request))

    def vanish(self) -> None:
        """Stop without a word, as a headset does that falls asleep."""
        if self._alive is not None:
            self._alive.cancel()
            self._alive = None
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    async def close(self) -> None:
        """Say goodbye and close."""
        await self.dtls.stop()
        self.drop()

    def drop(self) -> None:
        """Vanish for good."""
        self._ice.inbox.put_nowait(None)
        self.vanish()

    # --- packets -------------------------------------------------------------------------------

    def send_raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        if self._transport is None:
            return
        if self._is_tcp:
            self._transport.write(struct.pack("!H", len(data)) + data)
        else:
            self._transport.sendto(data)

    def pause(self, frames: int = 1) -> None:
        """Let time pass without a packet."""
        self._timestamp = (self._timestamp + frames * FRAME_SAMPLES) & 0xFFFFFFFF

    def rtp(self, payload: bytes, *, level_dbov: int = 20, marker: bool = False) -> bytes:
        """Return the next packet of the microphone, in clear."""
        self._seq = (self._seq + 1) & 0xFFFF
        self._timestamp = (self._timestamp + FRAME_SAMPLES) & 0xFFFFFFFF
        head = struct.pack(
            "!BBHLL", 0x90, marker << 7 | OPUS_PT, self._seq, self._timestamp, self.mic_ssrc
        )
        extension = struct.pack("!HHBB2x", 0xBEDE, 1, LEVEL_EXT << 4, 0x80 | level_dbov)
        return head + extension + payload

    def say(self, payload: bytes, *, level_dbov: int = 20, marker: bool = False) -> bytes:
        """Send one 20 ms packet; return it as sent."""
        plain = self.rtp(payload, level_dbov=level_dbov, marker=marker)
        packet = bytes(self.dtls._tx_srtp.protect(plain))
        self.send_raw(packet)
        return packet

    def send_rtcp(self, compound: bytes) -> None:
        """Encrypt and send a compound RTCP packet."""
        self.send_raw(bytes(self.dtls._tx_srtp.protect_rtcp(compound)))

    def take(self, data: bytes) -> None:
        """Take what came from the server."""
        first = data[0]
        if first >= 128:
            if self.dtls._rx_srtp is not None:
                self._media(data)
        elif 20 <= first < 64:
            self._ice.inbox.put_nowait(data)
        elif first <= 3:
            message = stun.parse_message(data)
            waiting = self._checks.get(message.transaction_id)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)

    def _media(self, data: bytes) -> None:
        try:
            if 192 <= data[1] < 224:
                self.reports.append(bytes(self.dtls._rx_srtp.unprotect_rtcp(data)))
                del self.reports[:-64]
                return
            packet = self.dtls._rx_srtp.unprotect(data)
        except pylibsrtp.Error:
            self.bad_packets += 1
            return
        ssrc = int.from_bytes(packet[8:12], "big")
        if packet[0] != 0x81 or packet[1] & 0x7F != OPUS_PT or ssrc not in self._ssrcs:
            self.bad_packets += 1
            return
        self.on_packet(packet)

    def _remember(self, packet: bytes) -> None:
        assert self.answer is not None
        _, kind, seq, timestamp, ssrc, talker = struct.unpack_from("!BBHLLL", packet)
        slot = self.answer.slot_ssrcs.index(ssrc)
        heard = Heard(slot, talker, seq, timestamp, kind > 127, bytes(packet[16:]))
        self.heard.append(heard)
        if self.on_heard is not None:
            self.on_heard(heard)
