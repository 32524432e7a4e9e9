"""A bot's voice through a complete WebRTC stack that is not ours: aiortc's peer connection.

For compatibility: it makes its own offer, reads the answer as a browser would, decodes what it
hears and throws the sound away. What came is looked at on its way to the decoders.
"""

import asyncio
import fractions
import ipaddress
from collections.abc import Callable
from typing import Any

from aioice import ice
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.contrib.media import MediaBlackhole
from av.packet import Packet

from hearth_loadtest.voice.client import VoiceError
from hearth_loadtest.voice.opus import CLOCK_HZ, FRAME_SAMPLES

_KEPT = 8
Note = Callable[[int, int, bytes], None]


def reach_loopback(host: str) -> None:
    """Let this process use loopback too, which aioice leaves out, if the node is there."""
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if local:
        ice.get_host_addresses = lambda use_ipv4, use_ipv6: (
            ["127.0.0.1"] * use_ipv4 + ["::1"] * use_ipv6
        )


class _Words(MediaStreamTrack):
    """Packets that are encoded already."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.waiting: asyncio.Queue[tuple[bytes, int]] = asyncio.Queue(_KEPT)

    async def recv(self) -> "Packet[Any]":
        payload, pts = await self.waiting.get()
        packet = Packet(payload)
        packet.pts, packet.time_base = pts, fractions.Fraction(1, CLOCK_HZ)
        return packet


class WholeStackClient:
    """One participant's end, with the verbs of the light client."""

    def __init__(self, *, mic: bool, slots: int, note: Note) -> None:
        """Prepare a connection.

        Args:
            mic: Whether to send.
            slots: How many lines receive.
            note: Given (ssrc, CSRC, payload) of every packet that comes.
        """
        self.bad_packets = 0
        self._note = note
        self._at = 0
        self._words = _Words()
        self._sink = MediaBlackhole()
        self._connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        if mic:
            self._connection.addTransceiver(self._words, direction="sendonly")
        else:
            self._connection.addTransceiver("audio", direction="inactive")
        for _ in range(slots):
            self._connection.addTransceiver("audio", direction="recvonly")
        self._connection.on("track", self._sink.addTrack)

    async def offer(self) -> str:
        """Return the SDP offer."""
        connection = self._connection
        await connection.setLocalDescription(await connection.createOffer())
        text: str = connection.localDescription.sdp
        return text

    async def connect(self, answer: str, *, timeout_s: float = 15.0) -> None:
        """Connect as an answer says.

        Raises:
            VoiceError: It could not.
            TimeoutError: Nobody answered.
        """
        connection = self._connection
        done = asyncio.Event()

        def changed() -> None:
            if connection.connectionState in {"connected", "failed", "closed"}:
                done.set()

        connection.on("connectionstatechange", changed)
        self._look_at_packets(connection.getTransceivers()[0].sender.transport)
        try:
            await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        except ValueError as fault:
            raise VoiceError(str(fault)) from fault
        await self._sink.start()
        async with asyncio.timeout(timeout_s):
            changed()
            await done.wait()
        if connection.connectionState != "connected":
            raise VoiceError(connection.connectionState)

    def _look_at_packets(self, transport: Any) -> None:  # noqa: ANN401 - not typed over there
        router = transport._rtp_router
        route = router.route_rtp

        def tapped(packet: Any) -> object:  # noqa: ANN401 - as above
            if len(packet.csrc) == 1:
                self._note(packet.ssrc, packet.csrc[0], packet.payload)
            else:
                self.bad_packets += 1
            return route(packet)

        router.route_rtp = tapped

    def say(self, payload: bytes, *, level_dbov: int = 20, marker: bool = False) -> None:
        """Send one 20 ms packet; without a level, which this stack tells of own encodings only."""
        self.pause()
        if not self._words.waiting.full():
            self._words.waiting.put_nowait((payload, self._at))

    def pause(self, frames: int = 1) -> None:
        """Let time pass without a packet."""
        self._at += frames * FRAME_SAMPLES

    async def close(self) -> None:
        """Say goodbye and close."""
        await self._connection.close()
        await self._sink.stop()
