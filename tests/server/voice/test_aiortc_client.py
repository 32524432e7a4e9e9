"""A complete WebRTC stack that is not ours hears another's tone through a real worker."""

import pytest
from aioice import ice

from hearth_server.voice import link
from tests.support.tone_peer import TonePeer
from tests.support.voice_board import routes
from tests.support.voice_worker import Worker, running_worker


async def connect(worker: Worker, participant: int, hertz: float) -> TonePeer:
    peer = TonePeer(hertz)
    peer.listens = True
    await peer.take(await worker.offer(participant, await peer.offer()))
    await worker.told.state(participant, "connected")
    return peer


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
        assert await two.pitch_hz(0) == pytest.approx(440.0, abs=15)
        assert await one.pitch_hz(2) == pytest.approx(880.0, abs=15)
        assert (set(one.came), set(two.came)) == ({22}, {11})
        await one.close()
        closed = await worker.told.state(11, "closed")
        assert closed.reason == "client"
        await two.close()
