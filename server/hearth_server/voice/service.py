"""The node's side of voice: carries offers and routes to the worker and its news to the rooms.

Holds no policy: who hears whom comes from the simulation through the voice desk. Next on a route's
way: `hearth_server/voice/worker.py`.
"""

import numpy as np

from hearth_protocol.voice import IceServer
from hearth_server.clock import Clock
from hearth_server.logs import logger
from hearth_server.metrics import Metrics
from hearth_server.settings import Settings
from hearth_server.voice import link
from hearth_server.voice.ports import U32, Desk
from hearth_server.voice.supervisor import VoiceSupervisor
from hearth_server.voice.turn import credentials

GONE = "Voice had to start again. It will be back in a moment."
BROKEN = "Voice is not available on this server right now. Text and gestures still work."

_log = logger("hearth.voice")


class VoiceService:
    """Voice of one node, seen from its event loop.

    Args:
        settings: the node's.
        clock: for credentials' ends and the worker's silences.
        metrics: where the worker's counts go.
        port: the node's own port; voice takes the next one unless told otherwise.
    """

    def __init__(self, settings: Settings, clock: Clock, metrics: Metrics, port: int) -> None:
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._desk: Desk | None = None
        self._ready = False
        self._connected: set[int] = set()
        wanted = settings.voice_port
        if wanted is None:
            wanted = 0 if settings.port == 0 else min(port + 1, 65535)
        self._supervisor = VoiceSupervisor(
            link.Config(
                hosts=(settings.bind_host,),
                port=wanted,
                advertise=settings.voice_advertise,
                plane=settings.voice_plane,
                data_dir=str(settings.data_dir),
                max_peers=settings.max_participants,
                log_format=settings.log_format,
                log_level=settings.log_level,
            ),
            clock,
            self._heard,
        )

    @property
    def ready(self) -> link.Ready | None:
        """What the worker said when it was ready; None while there is none."""
        return self._supervisor.ready

    async def run(self) -> None:
        """Keep a worker running until `stop`."""
        await self._supervisor.run()

    async def stop(self) -> None:
        """End the worker."""
        await self._supervisor.stop()

    def attach(self, desk: Desk) -> None:
        """Tell the rooms' desk everything from now on."""
        self._desk = desk
        if self._ready:
            desk.ready()

    # --- what realtime asks (realtime.ports.VoiceLine) ----------------------------------------

    def offer(self, participant: int, rid: int, sdp: str) -> None:
        """Pass on somebody's offer."""
        self._supervisor.send(link.Offer(participant, rid, sdp))

    def close(self, participant: int, reason: str) -> None:
        """End somebody's sound."""
        self._note(participant, connected=False)
        self._supervisor.send(link.Close(participant, reason))

    def route(self, epoch: int, listeners: U32, rows: U32) -> None:
        """Say whom some listeners hear."""
        self._supervisor.send(link.Routes(epoch, listeners.tobytes(), rows.tobytes()))

    def ice_servers(self, participant: int) -> list[IceServer]:
        """Return the TURN and STUN servers, with a name and password that expire."""
        settings = self._settings
        if not settings.turn_urls:
            return []
        if settings.turn_secret is None:
            return [IceServer(urls=list(settings.turn_urls))]
        granted = credentials(
            settings.turn_secret.get_secret_value(), participant, self._clock.wall_s()
        )
        return [
            IceServer(
                urls=list(settings.turn_urls),
                username=granted.username,
                credential=granted.credential,
            )
        ]

    # --- what the worker says -------------------------------------------------------------------

    def _heard(self, message: link.FromWorker) -> None:
        match message:
            case link.Ready():
                self._ready = True
                self._metrics.voice_ready.set(1)
            case link.Lost(reason) | link.Fault(_, reason):
                self._end(reason, BROKEN if isinstance(message, link.Fault) else GONE)
                return
            case link.Counts(counts):
                self._metrics.voice.add_all(counts)
            case link.PeerState(peer, state):
                self._note(peer, connected=state in ("connected", "weak"))
            case _:
                pass
        if self._desk is not None:
            self._pass_on(self._desk, message)

    def _pass_on(self, desk: Desk, message: link.FromWorker) -> None:
        match message:
            case link.Ready():
                desk.ready()
            case link.Answer(peer, rid, sdp):
                desk.answered(peer, rid, sdp)
            case link.Refused(peer, rid, code, text):
                desk.refused(peer, rid, code, text)
            case link.PeerState(peer, state, path, reason):
                desk.peer_state(peer, state, path, reason)
            case link.Edges(peers, talking):
                desk.edges(np.frombuffer(peers, "<u4"), np.frombuffer(talking, np.uint8))
            case link.Levels(peers, dbov):
                desk.levels(np.frombuffer(peers, "<u4"), np.frombuffer(dbov, np.uint8))
            case link.Acked(epoch):
                desk.acked(epoch)
            case link.Quality(peer, loss_pct, _):
                desk.quality(peer, loss_pct)
            case _:
                pass

    def _end(self, reason: str, text: str) -> None:
        was_ready, self._ready = self._ready, False
        self._connected.clear()
        self._metrics.voice_ready.set(0)
        self._metrics.voice_peers.set(0)
        if reason != "stopped":
            _log.warning("voice worker ended", reason=reason)
        if was_ready and reason != "stopped":
            self._metrics.voice_restarts.inc()
        if self._desk is not None:
            self._desk.lost(text)

    def _note(self, participant: int, connected: bool) -> None:
        (self._connected.add if connected else self._connected.discard)(participant)
        self._metrics.voice_peers.set(len(self._connected))
