"""A light WebRTC voice client: ICE controlling, DTLS and SRTP, no codec and no browser.

Made of aiortc's DTLS transport, aioice's STUN messages and pylibsrtp. It imports nothing of the
server, so that whatever the two agree on is what the standards say.
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

OPUS_PT = 111
LEVEL_EXT = 1
FRAME_SAMPLES = 960
CHECK_S = 0.05
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What of an SDP answer matters here."""

    ufrag: str
    password: str
    fingerprint: tuple[str, str]
    udp: list[tuple[str, int]]
    tcp: list[tuple[str, int]]
    slot_ssrcs: list[int]

    @classmethod
    def parse(cls, sdp: str) -> "Answer":
        lines = sdp.split("\r\n")

        def first(prefix: str) -> str:
            return next(line[len(prefix) :] for line in lines if line.startswith(prefix))

        algorithm, digest = first("a=fingerprint:").split(" ")
        udp, tcp, ssrcs = [], [], []
        for line in lines:
            if line.startswith("a=candidate:"):
                parts = line.split(" ")
                (udp if parts[2] == "udp" else tcp).append((parts[4], int(parts[5])))
            elif line.startswith("a=ssrc:") and " cname:" in line:
                ssrcs.append(int(line[len("a=ssrc:") :].split(" ")[0]))
        return cls(first("a=ice-ufrag:"), first("a=ice-pwd:"), (algorithm, digest), udp, tcp, ssrcs)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, client: "VoiceClient") -> None:
        self._client = client

    def datagram_received(self, data: bytes, addr: Any) -> None:
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
        self._checks: dict[bytes, asyncio.Future[stun.Message]] = {}
        self._alive: asyncio.Task[None] | None = None
        self._seq = secrets.randbits(14)
        self._timestamp = secrets.randbits(31)

    # --- signalling ----------------------------------------------------------------------------

    def offer(self) -> str:
        """Return the SDP offer."""
        fingerprint = self.certificate.getFingerprints()[0]
        mids = [str(number) for number in range(1 + self._slots)]
        lines = [
            "v=0",
            f"o=- {self._session} {self._version} IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            "a=group:BUNDLE " + " ".join(mids),
        ]
        for mid in mids:
            lines += [
                f"m=audio 9 UDP/TLS/RTP/SAVPF {OPUS_PT}",
                "c=IN IP4 0.0.0.0",
                f"a=ice-ufrag:{self._ufrag}",
                f"a=ice-pwd:{self._password}",
                f"a=fingerprint:{fingerprint.algorithm} {fingerprint.value}",
                "a=setup:actpass",
                f"a=mid:{mid}",
                "a=rtcp-mux",
                f"a=rtpmap:{OPUS_PT} opus/48000/2",
            ]
            if mid != "0":
                lines.append("a=recvonly")
            elif self._mic:
                lines += [
                    "a=sendonly",
                    f"a=extmap:{LEVEL_EXT} urn:ietf:params:rtp-hdrext:ssrc-audio-level",
                    f"a=ssrc:{self.mic_ssrc} cname:light",
                ]
            else:
                lines.append("a=inactive")
        return "\r\n".join(lines) + "\r\n"

    def restart_ice(self) -> str:
        """Return an offer with new ICE credentials."""
        self._ufrag, self._password = secrets.token_hex(4), secrets.token_hex(16)
        self._version += 1
        return self.offer()

    # --- connection ----------------------------------------------------------------------------

    async def connect(self, answer: str, *, tcp: bool = False, timeout_s: float = 10.0) -> None:
        """Connect as an answer says: checks, then DTLS, then a check now and then."""
        self.answer = Answer.parse(answer)
        async with asyncio.timeout(timeout_s):
            await self.open_path(tcp=tcp)
            await self.nominate()
            await self.dtls.start(RTCDtlsParameters([RTCDtlsFingerprint(*self.answer.fingerprint)]))
        if self.dtls.state != "connected":
            raise VoiceError(self.dtls.state)
        self._alive = asyncio.ensure_future(self._keep_alive())  # noqa: TID251

    async def open_path(self, *, tcp: bool = False) -> None:
        """Open a socket toward the first candidate, closing the one before."""
        assert self.answer is not None
        loop = asyncio.get_running_loop()
        if self._transport is not None:
            self._transport.close()
        self._is_tcp = tcp
        if tcp:
            self._transport, _ = await loop.create_connection(
                lambda: _Frames(self), *self.answer.tcp[0]
            )
            self._transport.get_extra_info("socket").setsockopt(
                socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
            )
        else:
            self._transport, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(self), remote_addr=self.answer.udp[0]
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

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(ALIVE_S)
            await self.nominate()

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

    def rtp(self, payload: bytes, *, level_dbov: int = 20, marker: bool = False) -> bytes:
        """Return the next packet of the microphone, in clear."""
        self._seq = (self._seq + 1) & 0xFFFF
        self._timestamp = (self._timestamp + FRAME_SAMPLES) & 0xFFFFFFFF
        head = struct.pack(
            "!BBHLL", 0x90, marker << 7 | OPUS_PT, self._seq, self._timestamp, self.mic_ssrc
        )
        extension = struct.pack("!HHBB2x", 0xBEDE, 1, LEVEL_EXT << 4, 0x80 | level_dbov)
        return head + extension + payload

    def say(self, payload: bytes, *, level_dbov: int = 20) -> bytes:
        """Send one 20 ms packet; return it as sent."""
        packet = bytes(self.dtls._tx_srtp.protect(self.rtp(payload, level_dbov=level_dbov)))
        self.send_raw(packet)
        return packet

    def send_rtcp(self, compound: bytes) -> None:
        """Encrypt and send a compound RTCP packet."""
        self.send_raw(bytes(self.dtls._tx_srtp.protect_rtcp(compound)))

    def take(self, data: bytes) -> None:
        """Take what came from the server."""
        if data[0] <= 3:
            message = stun.parse_message(data)
            waiting = self._checks.get(message.transaction_id)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)
        elif 20 <= data[0] < 64:
            self._ice.inbox.put_nowait(data)
        elif self.dtls._rx_srtp is not None:
            self._media(data)

    def _media(self, data: bytes) -> None:
        try:
            if 192 <= data[1] < 224:
                self.reports.append(bytes(self.dtls._rx_srtp.unprotect_rtcp(data)))
                return
            packet = bytes(self.dtls._rx_srtp.unprotect(data))
        except pylibsrtp.Error:
            self.bad_packets += 1
            return
        assert self.answer is not None
        flags, kind, seq, timestamp, ssrc, talker = struct.unpack_from("!BBHLLL", packet)
        if flags != 0x81 or kind & 0x7F != OPUS_PT or ssrc not in self.answer.slot_ssrcs:
            self.bad_packets += 1
            return
        heard = Heard(
            self.answer.slot_ssrcs.index(ssrc), talker, seq, timestamp, kind > 127, packet[16:]
        )
        self.heard.append(heard)
        if self.on_heard is not None:
            self.on_heard(heard)
