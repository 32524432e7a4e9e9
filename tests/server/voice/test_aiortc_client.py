"""A complete WebRTC stack that is not ours hears another's tone through a real worker."""

import asyncio
import fractions
import math

import numpy as np
import pytest
from aioice import ice
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import AudioStreamTrack
from av import AudioFrame

from hearth_server.voice import link
from tests.support.voice_board import routes
from tests.support.voice_worker import Worker, running_worker

RATE_HZ = 48_000


class Tone(AudioStreamTrack):
    """A sine."""

    def __init__(self, hertz: float) -> None:
        super().__init__()
        self._hertz = hertz
        self._at = 0

    async def recv(self) -> AudioFrame:
        await asyncio.sleep(0.019)
        when = (self._at + np.arange(960)) / RATE_HZ
        samples = (np.sin(2 * math.pi * self._hertz * when) * 9000).astype(np.int16)
        frame = AudioFrame.from_ndarray(samples[None], layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, self._at
        frame.time_base = fractions.Fraction(1, RATE_HZ)
        self._at += 960
        return frame


async def connect(worker: Worker, peer: int, hertz: float) -> RTCPeerConnection:
    connection = RTCPeerConnection(
        RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    )
    connection.addTransceiver(Tone(hertz), direction="sendonly")
    for _ in range(8):
        connection.addTransceiver("audio", direction="recvonly")
    await connection.setLocalDescription(await connection.createOffer())
    answer = await worker.offer(peer, connection.localDescription.sdp)
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await worker.told.state(peer, "connected")
    return connection


async def pitch_hz(connection: RTCPeerConnection, slot: int) -> float:
    """Return the loudest frequency in a slot, from 0.3 s of sound."""
    track = connection.getTransceivers()[1 + slot].receiver.track
    heard = np.zeros(0)
    while len(heard) < RATE_HZ // 2:
        frame = await asyncio.wait_for(track.recv(), 5.0)
        left = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
        heard = np.concatenate((heard, left.astype(float)))
    window = heard[-RATE_HZ * 3 // 10 :]
    spectrum = np.abs(np.fft.rfft(window * np.hanning(len(window))))
    return float(np.argmax(spectrum) * RATE_HZ / len(window))


@pytest.mark.asyncio
async def test_two_hear_each_other_in_the_slots_that_routes_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # aioice leaves out loopback, where this test lives.
    monkeypatch.setattr(ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
    async with running_worker() as worker:
        await worker.ready()
        one = await connect(worker, 11, 440.0)
        two = await connect(worker, 22, 880.0)
        worker.supervisor.send(routes(1, {11: [0, 0, 22], 22: [11]}))
        await worker.told.until(link.Acked)
        assert await pitch_hz(two, 0) == pytest.approx(440.0, abs=15)
        assert await pitch_hz(one, 2) == pytest.approx(880.0, abs=15)
        await one.close()
        closed = await worker.told.state(11, "closed")
        assert closed.reason == "client"
        await two.close()
