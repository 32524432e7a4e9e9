"""One participant's media connection: its paths, its handshake, its place in the plane.

Life: an offer makes it; an authentic check gives it a path; DTLS gives it keys; the plane takes
it in; it ends by word of the node, of the client, or by silence. Knows nobody else.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hearth_server.voice.dtls import DtlsEnd, SharedCertificate
from hearth_server.voice.ice import Credentials
from hearth_server.voice.link import State
from hearth_server.voice.mux import UdpPath
from hearth_server.voice.plane import VOICE_SLOTS, MediaPeer
from hearth_server.voice.sdp import LocalMedia, VoiceOffer, answer
from hearth_server.voice.tcp import TcpPath

VoicePath = UdpPath | TcpPath

MAX_PATHS: Final = 8
WEAK_AFTER_S: Final = 10.0
GONE_AFTER_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Streams:
    """What a peer's slots are called on the wire; random, and never used for two keys.

    Attributes:
        ssrcs: of each slot, 0 where the client cannot receive.
        seqs: first sequence number of each slot, below 2^15.
        clocks: where each slot's clock starts.
    """

    ssrcs: tuple[int, ...]
    seqs: tuple[int, ...]
    clocks: tuple[int, ...]

    @classmethod
    def for_offer(cls, offer: VoiceOffer) -> "Streams":
        """Draw them for the slots that an offer can receive."""
        ssrcs: list[int] = []
        for slot in range(VOICE_SLOTS):
            ssrc = 0
            receives = slot < len(offer.slots) and offer.slots[slot]
            while receives and ssrc in (0, offer.mic_ssrc, *ssrcs):
                ssrc = secrets.randbits(32)
            ssrcs.append(ssrc)
        return cls(
            tuple(ssrcs),
            tuple(secrets.randbits(15) for _ in range(VOICE_SLOTS)),
            tuple(secrets.randbits(32) for _ in range(VOICE_SLOTS)),
        )


class Peer:
    """See the module's docstring. All methods run on the event loop.

    Args:
        participant: whose it is.
        offer: the first offer of the session.
        certificate: ours.
        on_goodbye: called when the client has closed its end.
        now_s: the time.
    """

    def __init__(
        self,
        participant: int,
        offer: VoiceOffer,
        certificate: SharedCertificate,
        on_goodbye: Callable[["Peer"], None],
        now_s: float,
    ) -> None:
        self.participant = participant
        self.offer = offer
        self.streams = Streams.for_offer(offer)
        self.dtls = DtlsEnd(certificate, self._send, lambda: on_goodbye(self))
        self.state: State = "connecting"
        self.index: int | None = None
        self.path: VoicePath | None = None
        self.paths: list[VoicePath] = []
        self.checked_s = now_s
        self.ended = False
        self.reachable = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self._certificate = certificate
        self._credentials: Credentials | None = None
        self._session_id = secrets.randbits(62)
        self._version = 0

    # --- signalling ----------------------------------------------------------------------------

    def same_session(self, offer: VoiceOffer) -> bool:
        """Say whether an offer comes from the same peer connection as this peer's first."""
        mine = self.offer
        return (mine.session, mine.fingerprints) == (offer.session, offer.fingerprints)

    def same_media(self, offer: VoiceOffer) -> bool:
        """Say whether an offer asks for the very streams this peer has."""
        return _media_of(self.offer) == _media_of(offer)

    @property
    def ufrag(self) -> str:
        """Our current ICE user name fragment."""
        return self._credentials.ufrag if self._credentials else ""

    def renew(self, offer: VoiceOffer, credentials: Credentials) -> None:
        """Go on with these credentials, at first or after an ICE restart."""
        self.offer = offer
        self._credentials = credentials

    def answer(self, candidates: list[str]) -> str:
        """Return the answer to the newest offer."""
        assert self._credentials is not None
        self._version += 1
        return answer(
            self.offer,
            LocalMedia(
                session_id=self._session_id,
                version=self._version,
                ufrag=self._credentials.ufrag,
                password=self._credentials.password,
                fingerprint=self._certificate.fingerprint(),
                slot_ssrcs=self.streams.ssrcs,
                candidates=candidates,
            ),
        )

    # --- paths ---------------------------------------------------------------------------------

    def use(self, path: VoicePath) -> VoicePath | None:
        """Note a path that a check came by; return one that had to make room for it."""
        if path in self.paths:
            return None
        self.paths.append(path)
        if len(self.paths) <= MAX_PATHS:
            return None
        oldest = next(each for each in self.paths if each != self.path)
        self.paths.remove(oldest)
        return oldest

    def lose(self, path: VoicePath) -> None:
        """Forget a path that has ended."""
        if path in self.paths:
            self.paths.remove(path)
        if self.path == path:
            self.path = self.paths[-1] if self.paths else None

    def _send(self, data: bytes) -> None:
        if self.path is not None:
            self.path.send(data)

    # --- media ---------------------------------------------------------------------------------

    def media(self) -> MediaPeer:
        """Return what the plane needs, after the handshake."""
        keys, offer, streams = self.dtls.keys, self.offer, self.streams
        assert keys is not None
        return MediaPeer(
            participant=self.participant,
            mic_ssrc=offer.mic_ssrc,
            mic_pt=offer.mic_pt,
            level_ext=offer.level_ext,
            listen_pt=offer.listen_pt,
            slot_ssrcs=streams.ssrcs,
            rx_key=keys.rx_key,
            tx_key=keys.tx_key,
            profile=keys.profile,
            slot_seqs=streams.seqs,
            slot_clocks=streams.clocks,
        )

    def state_after(self, silent_s: float) -> State:
        """Return the state of a connected peer that was not heard of for so long."""
        if silent_s >= GONE_AFTER_S:
            return "closed"
        return "weak" if silent_s >= WEAK_AFTER_S else "connected"


def _media_of(offer: VoiceOffer) -> tuple[object, ...]:
    kinds = (offer.mic_pt, offer.level_ext, offer.listen_pt)
    return (offer.mids, offer.mic_sends, offer.mic_ssrc, offer.slots, *kinds)
