"""A complete WebRTC stack that is not ours, aiortc's: it says a tone and counts what it is sent."""

import asyncio
import fractions
import math
import struct
from collections import Counter
from typing import Any

import numpy as np
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import AudioStreamTrack
from aiortc.rtp import is_rtcp
from av import AudioFrame

RATE_HZ = 48_000
FRAME_S = 0.02
_FRAME = int(RATE_HZ * FRAME_S)


class Tone(AudioStreamTrack):
    """A sine in step with time, or a room in which nobody speaks: far below what is forwarded."""

    def __init__(self, hertz: float) -> None:
        super().__init__()
        self.sounds = True
        self._hertz = hertz
        self._noise = np.random.default_rng(round(hertz))
        self._at = 0
        self._next_s: float | None = None

    async def recv(self) -> AudioFrame:
        loop = asyncio.get_running_loop()
        due_s = self._next_s if self._next_s is not None else loop.time()
        await asyncio.sleep(max(0.0, due_s - loop.time()))
        # Whoever was held up does not send everything that was missed at once.
        self._next_s = max(due_s, loop.time() - 5 * FRAME_S) + FRAME_S
        when = (self._at + np.arange(_FRAME)) / RATE_HZ
        tone = np.sin(2 * math.pi * self._hertz * when) * (9000 if self.sounds else 0)
        samples = tone + self._noise.normal(0.0, 4.0, _FRAME)
        frame = AudioFrame.from_ndarray(samples.astype(np.int16)[None], layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, self._at
        frame.time_base = fractions.Fraction(1, RATE_HZ)
        self._at += _FRAME
        return frame


class TonePeer:
    """One person's connection: a microphone with a tone of its own, and eight slots to hear in.

    Attributes:
        came: RTP packets that came, decrypted, by the participant whose voice they carry.
        sent: RTP packets of the microphone.
        listens: packets go on to jitter buffers and decoders; that is dear, counting is not.
    """

    def __init__(self, hertz: float) -> None:
        self.hertz = hertz
        self.tone = Tone(hertz)
        self.came: Counter[int] = Counter()
        self.sent = 0
        self.listens = False
        self.connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self.connection.addTransceiver(self.tone, direction="sendonly")
        for _ in range(8):
            self.connection.addTransceiver("audio", direction="recvonly")

    async def offer(self) -> str:
        """Return the SDP offer; it names loopback only where the test lets aioice do so."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return str(self.connection.localDescription.sdp)

    async def take(self, answer: str) -> None:
        """Take the answer, and count from the first packet on."""
        self._count(self.connection.getTransceivers()[0].sender.transport)
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    def _count(self, transport: Any) -> None:
        take, send = transport._handle_rtp_data, transport._send_rtp

        async def counted(data: bytes, arrival_time_ms: int) -> None:
            talkers = data[0] & 0x0F
            self.came.update(struct.unpack_from(f"!{talkers}L", data, 12))
            if talkers != 1:
                self.came[0] += 1  # nobody says packets that name nobody, or several
            if self.listens:
                await take(data, arrival_time_ms=arrival_time_ms)

        async def sent(data: bytes) -> None:
            self.sent += not is_rtcp(data)
            await send(data)

        transport._handle_rtp_data, transport._send_rtp = counted, sent

    async def pitch_hz(self, slot: int) -> float:
        """Return the loudest frequency in a slot, from 0.3 s of sound."""
        track = self.connection.getTransceivers()[1 + slot].receiver.track
        heard = np.zeros(0)
        while len(heard) < RATE_HZ // 2:
            frame = await asyncio.wait_for(track.recv(), 5.0)
            left = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
            heard = np.concatenate((heard, left.astype(float)))
        window = heard[-RATE_HZ * 3 // 10 :]
        spectrum = np.abs(np.fft.rfft(window * np.hanning(len(window))))
        return float(np.argmax(spectrum) * RATE_HZ / len(window))

    async def close(self) -> None:
        """Hang up."""
        await self.connection.close()
