"""All peers of the worker: what the node says of them, and what their packets do.

Stands between the link, the sockets and the plane. Everything here runs on one event loop; the
plane forwards voice beside it and never waits for it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from hearth_server.clock import Clock
from hearth_server.errors import Refusal
from hearth_server.logs import logger
from hearth_server.voice import link, sdp
from hearth_server.voice.addresses import source_of
from hearth_server.voice.admission import Admission
from hearth_server.voice.dtls import SharedCertificate
from hearth_server.voice.ice import IceBook
from hearth_server.voice.mux import Mux, UdpPath
from hearth_server.voice.peer import Peer, VoicePath
from hearth_server.voice.plane import DataPlane, PlaneFullError
from hearth_server.voice.routes import RouteBook
from hearth_server.voice.rtcp import RtcpDesk
from hearth_server.voice.tcp import TcpPath

FIRST_PATH_S: Final = 30.0
HANDSHAKE_S: Final = 10.0

_log = logger("hearth.voice")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a switchboard works with.

    Attributes:
        mux: the sockets.
        certificate: shown to every peer.
        candidates: lines that go into answers.
        max_peers: offers beyond are refused.
        clock: the time.
        tell: sends a message to the node.
    """

    mux: Mux
    certificate: SharedCertificate
    candidates: list[str]
    max_peers: int
    clock: Clock
    tell: Callable[[link.FromWorker], object]


class Switchboard:
    """Peers by participant, path and plane index. It is the plane's sink.

    Args:
        around: see `Surroundings`.
        tasks: owns the peers' tasks.
        counts: what is counted, by name.
    """

    def __init__(
        self, around: Surroundings, tasks: asyncio.TaskGroup, counts: Counter[str]
    ) -> None:
        self._around = around
        self._tasks = tasks
        self._counts = counts
        self._clock = around.clock
        self._book: IceBook[Peer] = IceBook(counts, self._clock.monotonic_s())
        self._admission = Admission()
        self.peers: dict[int, Peer] = {}
        self._by_path: dict[VoicePath, Peer] = {}
        self.by_index: dict[int, Peer] = {}
        self.routes = RouteBook(self._index_of)
        self._muted: set[int] = set()
        self._plane: DataPlane
        self.desk: RtcpDesk
        self.on_talk: Callable[[], None] = _nothing
        #: Called when the plane has been given routes, which it will acknowledge.
        self.on_routes: Callable[[], None] = _nothing

    def use_plane(self, plane: DataPlane) -> None:
        """Forward through this plane; call once, before anything else."""
        self._plane = plane
        self.desk = RtcpDesk(plane.mics, plane.slots, random.Random())

    def _index_of(self, participant: int) -> int | None:
        peer = self.peers.get(participant)
        return None if peer is None else peer.index

    # --- the node's word -----------------------------------------------------------------------

    def take(self, message: link.Message) -> None:
        """Do what the node says."""
        match message:
            case link.Offer():
                self._offer(message)
            case link.Close():
                self._close(message)
            case link.Routes():
                rows = self.routes.take(message.epoch, message.listeners, message.rows)
                self._route(message.epoch, rows)
            case link.Mute():
                self._mute(message.peer, message.on)
            case _:
                self._counts["link_unexpected"] += 1

    def _offer(self, message: link.Offer) -> None:
        offer = sdp.parse(message.sdp)
        if isinstance(offer, Refusal):
            self._refuse(message, offer)
            return
        known = self.peers.get(message.peer)
        if known is not None and known.same_session(offer):
            self._offer_again(message, known, offer)
            return
        if known is not None:
            self.end(known, "replaced")
        if len(self.peers) >= self._around.max_peers:
            self._refuse(
                message,
                Refusal("voice_full", "Voice is full here: everybody else can still be seen."),
            )
            return
        now_s = self._clock.monotonic_s()
        peer = Peer(message.peer, offer, self._around.certificate, self._goodbye, now_s)
        peer.renew(offer, self._book.issue(peer))
        self.peers[message.peer] = peer
        self._tell_state(peer)
        self._answer(message, peer)
        peer.task = self._tasks.create_task(self._live(peer))

    def _offer_again(self, message: link.Offer, peer: Peer, offer: sdp.VoiceOffer) -> None:
        """Answer a further offer of the same connection: an ICE restart, or the same again."""
        if not peer.same_media(offer):
            self._refuse(
                message,
                Refusal("voice_changed", "Voice settings changed: voice has to connect anew."),
            )
            return
        if offer.ufrag != peer.offer.ufrag:
            self._counts["ice_restarts"] += 1
            self._book.retire(peer.ufrag, self._clock.monotonic_s())
            peer.renew(offer, self._book.issue(peer))
        self._answer(message, peer)

    def _answer(self, message: link.Offer, peer: Peer) -> None:
        answer = peer.answer(self._around.candidates)
        self._around.tell(link.Answer(message.peer, message.rid, answer))

    def _refuse(self, message: link.Offer, why: Refusal) -> None:
        self._counts["sdp_refused"] += 1
        self._around.tell(link.Refused(message.peer, message.rid, why.code, why.text))

    def _close(self, message: link.Close) -> None:
        peer = self.peers.get(message.peer)
        if peer is not None:
            self.end(peer, message.reason or "asked")
        self.routes.forget(message.peer)
        self._muted.discard(message.peer)

    def _route(self, epoch: int, rows: Sequence[tuple[int, Sequence[int]]]) -> None:
        self._plane.set_routes(epoch, rows)
        self.on_routes()

    def _mute(self, participant: int, on: bool) -> None:
        (self._muted.add if on else self._muted.discard)(participant)
        index = self._index_of(participant)
        if index is not None:
            self._plane.set_muted(index, on)

    # --- the life of a peer --------------------------------------------------------------------

    async def _live(self, peer: Peer) -> None:
        """Bring a peer from its first path to the plane, and say goodbye at its end."""
        reason = "stopping"
        try:
            reason = await self._connect(peer)
            if not reason:
                reason = "stopping"
                await asyncio.get_running_loop().create_future()  # until `end` cancels
        except Exception:
            # One peer's trouble is its own: the worker carries everybody else.
            _log.exception("a voice peer failed", peer=peer.participant)
            reason = "fault"
        finally:
            peer.task = None
            self.end(peer, reason)
            await peer.dtls.end()

    async def _connect(self, peer: Peer) -> str:
        """Return "" once the plane has the peer, else the reason why not."""
        try:
            await asyncio.wait_for(peer.reachable.wait(), FIRST_PATH_S)
        except TimeoutError:
            return "no_path"
        async with self._admission.place():
            failure = await peer.dtls.handshake(peer.offer.fingerprints, HANDSHAKE_S)
        if failure:
            self._counts[failure] += 1
            return failure
        try:
            self._seat(peer)
        except PlaneFullError:
            return "voice_full"
        return ""

    def _seat(self, peer: Peer) -> None:
        index = self._plane.add(peer.media())
        peer.index = index
        self.by_index[index] = peer
        self.desk.open(index, peer.offer.mic_ssrc, peer.streams.ssrcs, self._clock.monotonic_s())
        if peer.participant in self._muted:
            self._plane.set_muted(index, True)
        self._place(peer)
        self._route(self.routes.epoch, self.routes.concerning(peer.participant))
        peer.state = "connected"
        self._tell_state(peer)

    def end(self, peer: Peer, reason: str) -> None:
        """Take a peer out at once; its task says goodbye. A second time does nothing."""
        if peer.ended:
            return
        peer.ended = True
        if self.peers.get(peer.participant) is peer:
            del self.peers[peer.participant]
        self._book.drop(peer)
        for path in peer.paths:
            if self._by_path.get(path) is peer:
                del self._by_path[path]
        if peer.index is not None:
            self._plane.remove(peer.index)
            self.desk.close(peer.index)
            del self.by_index[peer.index]
            peer.index = None
            self._route(self.routes.epoch, self.routes.concerning(peer.participant))
        peer.state = "closed"
        self._tell_state(peer, reason)
        if peer.task is not None:
            peer.task.cancel()

    def _goodbye(self, peer: Peer) -> None:
        self.end(peer, "client")

    def _tell_state(self, peer: Peer, reason: str = "") -> None:
        path = peer.path.kind if peer.path is not None else ""
        self._around.tell(link.PeerState(peer.participant, peer.state, path, reason))

    def sweep(self) -> None:
        """End peers that fell silent; call about once a second."""
        now_s = self._clock.monotonic_s()
        self._book.sweep(now_s)
        for peer in list(self.peers.values()):
            if peer.index is None:
                continue  # its task has time limits of its own
            heard_s = max(peer.checked_s, int(self._plane.mics.last_ns[peer.index]) / 1e9)
            state = peer.state_after(now_s - heard_s)
            if state == "closed":
                self.end(peer, "silent")
            elif state != peer.state:
                peer.state = state
                self._tell_state(peer)

    # --- packets -------------------------------------------------------------------------------

    def on_datagram(self, socket_index: int, data: bytes, address: bytes) -> None:
        """Take what the plane does not deal with."""
        path = UdpPath(self._around.mux, socket_index, address)
        if data[0] <= 3:
            self._on_stun(path, data, *source_of(address))
            return
        self._on_control(path, data)

    def on_frame(self, path: TcpPath, frame: bytes) -> None:
        """Take a frame of a TCP connection."""
        if frame[0] <= 3:
            self._on_stun(path, frame, path.ip, path.port)
            return
        is_rtp = 128 <= frame[0] < 192 and not (len(frame) > 1 and 192 <= frame[1] < 224)
        if is_rtp:
            peer = self._by_path.get(path)
            if peer is not None and peer.index is not None:
                self._plane.feed(peer.index, frame)
            return
        self._on_control(path, frame)

    def _on_stun(self, path: VoicePath, data: bytes, ip: bytes, port: int) -> None:
        now_s = self._clock.monotonic_s()
        check = self._book.check(data, ip, port, now_s)
        if check is None:
            return
        path.send(check.reply)
        if not check.valid:
            return
        peer = check.owner
        peer.checked_s = now_s
        if self._by_path.get(path) is not peer:
            self._adopt(peer, path)
        if peer.path is None or (check.nominated and peer.path != path):
            kind = "" if peer.path is None else peer.path.kind
            peer.path = path
            self._place(peer)
            if peer.state != "connecting" and kind != path.kind:
                self._tell_state(peer)

    def _adopt(self, peer: Peer, path: VoicePath) -> None:
        """Give a path to the peer whose password was used on it."""
        before = self._by_path.get(path)
        if before is not None:
            before.lose(path)
            self._place(before)
        self._by_path[path] = peer
        if isinstance(path, TcpPath):
            path.proven = True
        dropped = peer.use(path)
        if dropped is not None:
            self._by_path.pop(dropped, None)
        peer.reachable.set()

    def _place(self, peer: Peer) -> None:
        """Tell the plane where a peer is."""
        if peer.index is None or peer.path is None:
            return
        if isinstance(peer.path, UdpPath):
            self._plane.set_path(peer.index, peer.path.socket_index, peer.path.address)
        else:
            self._plane.set_path(peer.index, 0, None)

    def _on_control(self, path: VoicePath, data: bytes) -> None:
        """Take DTLS or RTCP."""
        peer = self._by_path.get(path)
        if peer is None:
            self._counts["unknown_source"] += 1
        elif 20 <= data[0] < 64:
            if not peer.dtls.put(data):
                self._counts["dtls_flood"] += 1
        elif data[0] < 128 or peer.index is None:
            self._counts["bad_version"] += 1
        else:
            compound = peer.dtls.unprotect_rtcp(data)
            if compound is None:
                self._counts["rtcp_forged"] += 1
            elif not self.desk.receive(peer.index, compound, self._clock.monotonic_s()):
                self._counts["rtcp_bad"] += 1

    def on_gone(self, path: TcpPath) -> None:
        """Forget a TCP connection that has ended."""
        peer = self._by_path.pop(path, None)
        if peer is not None:
            peer.lose(path)
            self._place(peer)

    def tcp_out(self, index: int, packet: bytes) -> None:
        """Send an encrypted RTP packet to a peer on TCP."""
        peer = self.by_index.get(index)
        if peer is None or not isinstance(peer.path, TcpPath) or not peer.path.send_media(packet):
            self._counts["tcp_full"] += 1

    def send_reports(self) -> None:
        """Send the RTCP that is due; call about every 100 ms."""
        for index, compound in self.desk.due(self._clock.monotonic_s(), self._clock.wall_s()):
            peer = self.by_index.get(index)
            if peer is not None and peer.path is not None:
                peer.path.send(peer.dtls.protect_rtcp(compound))


def _nothing() -> None:
    return
