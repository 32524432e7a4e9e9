"""The bots' voices while a run lasts: each sets up its connection, talks, listens, or has failed.

Signalling goes through whoever holds a bot's socket; here is only what is said. Everything runs in
one asyncio loop.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from aiortc.rtcdtlstransport import RTCCertificate

from hearth_loadtest import clock
from hearth_loadtest.voice.cast import Cast
from hearth_loadtest.voice.client import VoiceClient, VoiceError
from hearth_loadtest.voice.ear import Ear
from hearth_loadtest.voice.mouth import Mouth
from hearth_loadtest.voice.speech import SpeechClip
from hearth_loadtest.voice.whole_stack import WholeStackClient
from hearth_loadtest.voice.wish import Client
from hearth_protocol import codec
from hearth_protocol.control import ErrorMessage
from hearth_protocol.errors import MalformedFrame
from hearth_protocol.fields import WireModel
from hearth_protocol.limits import VOICE_SLOTS
from hearth_protocol.voice import MicState, Voice, VoiceAnswer, VoiceOffer, VoiceState

#: Handshakes under way at once.
AT_THE_DOOR = 48
ANSWER_S = 15.0
MIC_S = 5.0
_OVER = ("none", "closed")

Say = Callable[[int, bytes], None]


@dataclass
class Speaker:
    """One bot's voice."""

    bot: int
    talks: bool
    listens: bool
    ear: Ear = field(default_factory=Ear)
    peer: VoiceClient | WholeStackClient | None = None
    mouth: Mouth | None = None
    session: int | None = None
    offered_s: float = 0.0
    rid: int = 0
    answer: asyncio.Future[str] | None = None
    mic_on: asyncio.Event = field(default_factory=asyncio.Event)
    joined: bool = False
    settled: bool = False
    was_lost: bool = False


class Voices:
    """All bots with voice.

    Attributes:
        failures: Why voices did not get in; lost: why they ended early.
        waits_s: How long each took that is in.
        leave_m: Where voices end, as the node announced it.
    """

    def __init__(self, cast: Cast, client: Client, words: list[SpeechClip], say: Say) -> None:
        """Wait for the bots to be seated.

        Args:
            cast: Who talks and listens.
            client: What they connect with.
            words: What they say; talkers share them.
            say: Sends a control message's bytes on a bot's socket.
        """
        talkers, ears = set(cast.talkers.tolist()), set(cast.ears.tolist())
        self.speakers = {
            bot: Speaker(bot, bot in talkers, bot in ears) for bot in cast.bots.tolist()
        }
        self._order = {bot: place for place, bot in enumerate(cast.talkers.tolist())}
        self._client = client
        self._words = words
        self._say = say
        self._certificate = RTCCertificate.generateCertificate()
        self._waiting: deque[Speaker] = deque()
        self._news = asyncio.Event()
        self._closed = False
        self.failures: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.waits_s: list[float] = []
        self.first_s = float("inf")
        self.last_s = 0.0
        self.leave_m = 0.0

    # --- what the lines say ------------------------------------------------------------------

    def said(self, bot: int, payload: bytes) -> None:
        """The server said something to a bot."""
        speaker = self.speakers[bot]
        try:
            message = codec.decode_server(payload)
        except MalformedFrame as fault:
            if speaker.answer is not None and not speaker.answer.done():
                reason = fault.reason.name.lower()
                speaker.answer.set_exception(VoiceError(f"unreadable answer: {reason}"))
            return
        match message:
            case Voice(available=True):
                self.leave_m = message.shape.leave_m
                again = speaker.was_lost or speaker.joined
                if speaker.session != message.session and (again or not self._closed):
                    self._begin(speaker, message)
            case VoiceAnswer() if message.rid == speaker.rid and speaker.answer is not None:
                if not speaker.answer.done():
                    speaker.answer.set_result(message.sdp)
            case ErrorMessage() if message.rid is not None and message.rid == speaker.rid:
                if speaker.answer is not None and not speaker.answer.done():
                    speaker.answer.set_exception(VoiceError(message.code))
            case VoiceState():
                self._hear_state(speaker, message)
            case _:
                pass

    def _begin(self, speaker: Speaker, voice: Voice) -> None:
        if speaker.joined:
            self._lose(speaker, "the voice worker ended")
        speaker.session = voice.session
        # the server asks that not everybody comes at once
        wait_s = speaker.bot * 0.618 % 1.0 * voice.spread_ms / 1000.0
        asyncio.get_running_loop().call_later(wait_s, self._queue, speaker)

    def _queue(self, speaker: Speaker) -> None:
        speaker.offered_s = clock.monotonic_s()
        self.first_s = min(self.first_s, speaker.offered_s)
        self._waiting.append(speaker)
        self._news.set()

    def _hear_state(self, speaker: Speaker, state: VoiceState) -> None:
        if state.mic == "on":
            speaker.mic_on.set()
        else:
            speaker.mic_on.clear()
        if speaker.joined and state.connection in _OVER:
            self._lose(speaker, f"ended by the node: {state.text}".rstrip(": "))

    def gone(self, bot: int) -> None:
        """A bot's socket ended, and its voice with it."""
        speaker = self.speakers[bot]
        if speaker.joined:
            self._lose(speaker, "the bot itself was lost")
        elif not speaker.settled:
            self._fail(speaker, "the bot itself was lost")

    def _lose(self, speaker: Speaker, reason: str) -> None:
        speaker.joined = False
        speaker.was_lost = True
        speaker.mouth = None
        self.lost[reason] += 1
        if isinstance(speaker.peer, VoiceClient):
            speaker.peer.drop()

    def _fail(self, speaker: Speaker, reason: str) -> None:
        if not speaker.settled:
            speaker.settled = True
            self.failures[reason] += 1

    def close_door(self) -> None:
        """Let no more voices in: who has none yet failed."""
        self._closed = True
        for speaker in self.speakers.values():
            if not speaker.settled and speaker.offered_s:
                self._fail(speaker, "not in time")
            elif not speaker.settled:
                self._fail(speaker, "no voice was offered")

    # --- connecting --------------------------------------------------------------------------

    @property
    def joined(self) -> int:
        """How many are in."""
        return sum(speaker.joined for speaker in self.speakers.values())

    @property
    def failed(self) -> int:
        """How many will not get in."""
        return sum(self.failures.values())

    @property
    def mouths(self) -> list[Mouth]:
        """Those who talk now."""
        return [s.mouth for s in self.speakers.values() if s.mouth is not None]

    async def admit(self) -> None:
        """Connect those who wait, for ever, a few at once."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_THE_DOOR):
                group.create_task(self._serve())

    async def _serve(self) -> None:
        while True:
            while not self._waiting:
                self._news.clear()
                await self._news.wait()
            speaker = self._waiting.popleft()
            if self._closed and not speaker.was_lost:
                continue
            try:
                await self._connect(speaker)
            except TimeoutError:
                self._fail(speaker, "timeout")
            except VoiceError as fault:
                self._fail(speaker, str(fault))
            except Exception as fault:
                # whatever a stack makes of one connection, the others go on
                self._fail(speaker, f"{type(fault).__name__}: {fault}")

    async def _connect(self, speaker: Speaker) -> None:
        slots = VOICE_SLOTS if speaker.listens else 0
        peer: VoiceClient | WholeStackClient
        if self._client == "light":
            light = VoiceClient(mic=speaker.talks, slots=slots, certificate=self._certificate)
            light.on_packet = speaker.ear.take
            peer, offer = light, light.offer()
        else:
            peer = WholeStackClient(mic=speaker.talks, slots=slots, note=speaker.ear.note)
            offer = await peer.offer()
        speaker.peer = peer
        speaker.rid += 1
        speaker.answer = asyncio.get_running_loop().create_future()
        self._tell(speaker, VoiceOffer(rid=speaker.rid, sdp=offer))
        async with asyncio.timeout(ANSWER_S):
            answer = await speaker.answer
        await peer.connect(answer)
        if speaker.talks:
            self._tell(speaker, MicState(on=True))
            async with asyncio.timeout(MIC_S):
                await speaker.mic_on.wait()
            place = self._order[speaker.bot]
            clip = self._words[place % len(self._words)]
            at = place * 137 % len(clip.frames)
            speaker.mouth = Mouth(speaker.bot, clip, peer, at)
        if not speaker.settled:
            speaker.settled = True
            self.last_s = clock.monotonic_s()
            self.waits_s.append(self.last_s - speaker.offered_s)
        speaker.joined = True

    def _tell(self, speaker: Speaker, message: WireModel) -> None:
        self._say(speaker.bot, codec.encode(message))

    async def leave(self) -> None:
        """Close every connection."""
        for speaker in self.speakers.values():
            if isinstance(speaker.peer, VoiceClient):
                speaker.peer.drop()
            elif speaker.peer is not None:
                await speaker.peer.close()
