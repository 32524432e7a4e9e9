"""A demo visitor's voice: a soft murmur now and then, while there is somebody to hear it.

Where the node has no voice, or it does not come about, the visitor is simply silent.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable

from hearth_loadtest import clock
from hearth_loadtest.voice.client import VoiceClient, VoiceError
from hearth_loadtest.voice.mouth import FRAME_S
from hearth_loadtest.voice.speech import SpeechClip, make_clip
from hearth_protocol.control import AnyClientMessage, ErrorMessage
from hearth_protocol.outputs import Output, Received
from hearth_protocol.voice import MicState, Voice, VoiceAnswer, VoiceOffer, VoiceState

WORDS_S = 16.0
#: How loud, compared with the bots of a load test: two people over there, talking low.
SOFT = 0.3
SILENCE_S = (5.0, 14.0)
RETRY_S = 20.0
ANSWER_S = 10.0
#: Between opening the microphone and the first sound.
BREATH_S = 0.3

Tell = Callable[[AnyClientMessage], Awaitable[None]]


def phrases(clip: SpeechClip) -> list[tuple[int, int]]:
    """First frame of each phrase of a clip, and the one after its last."""
    out, begin = [], None
    for at, frame in enumerate((*clip.frames, None)):
        if frame is not None and begin is None:
            begin = at
        elif frame is None and begin is not None:
            out.append((begin, at))
            begin = None
    return out


class Murmur:
    """One visitor's voice; it outlives the visitor's connections."""

    def __init__(self, voice: int, rng: random.Random, has_company: Callable[[], bool]) -> None:
        """Choose a voice.

        Args:
            voice: Which of the made-up voices.
            rng: When and what.
            has_company: Whether there is anybody to talk for.
        """
        self._voice = voice
        self._rng = rng
        self._has_company = has_company
        self._tell: Tell | None = None
        self._session: int | None = None
        self._peer: VoiceClient | None = None
        self._answer: asyncio.Future[str] | None = None
        self._rid = 0
        self._news = asyncio.Event()
        #: Phrases spoken so far.
        self.spoken = 0

    # --- what the visitor's connection says -------------------------------------------------

    def arrived(self, tell: Tell) -> None:
        """The visitor is in; `tell` sends a message and never fails."""
        self._tell = tell

    def departed(self) -> None:
        """The visitor's connection ended."""
        self._tell = None
        self._session = None
        self._hang_up()

    def take(self, output: Output) -> None:
        """Take in what the server says of voice; all else is passed over."""
        match output:
            case Received(message=Voice(available=True) as voice):
                if voice.session != self._session:
                    self._hang_up()
                    self._session = voice.session
                    self._news.set()
            case Received(message=Voice()):
                self._session = None
                self._hang_up()
            case Received(message=VoiceAnswer(rid=self._rid, sdp=sdp)):
                if self._answer is not None and not self._answer.done():
                    self._answer.set_result(sdp)
            case Received(message=VoiceState(connection="closed")):
                self._hang_up()
            case Received(message=ErrorMessage(rid=self._rid, code=code)):
                self._refuse(code)
            case _:
                pass

    def _refuse(self, code: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(VoiceError(code))

    def _hang_up(self) -> None:
        if self._peer is not None:
            self._peer.drop()
            self._peer = None
        self._refuse("gone")

    # --- talking ----------------------------------------------------------------------------

    async def live(self) -> None:
        """Talk now and then, for ever."""
        clip = await asyncio.to_thread(make_clip, self._voice, WORDS_S, SOFT)
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._converse(clip)
            except (VoiceError, OSError, TimeoutError):
                await asyncio.sleep(RETRY_S)
            finally:
                self._hang_up()
            if self._session is not None:
                self._news.set()

    async def _converse(self, clip: SpeechClip) -> None:
        tell = self._tell
        if tell is None:
            return
        peer = self._peer = VoiceClient(slots=0)
        self._rid += 1
        self._answer = asyncio.get_running_loop().create_future()
        await tell(VoiceOffer(rid=self._rid, sdp=peer.offer()))
        async with asyncio.timeout(ANSWER_S):
            answer = await self._answer
        await peer.connect(answer)
        while self._peer is peer:
            await asyncio.sleep(self._rng.uniform(*SILENCE_S))
            if self._peer is peer and self._has_company():
                await tell(MicState(on=True))
                await asyncio.sleep(BREATH_S)
                await self._speak(peer, clip)
                await tell(MicState(on=False))
        raise VoiceError("hung up")

    async def _speak(self, peer: VoiceClient, clip: SpeechClip) -> None:
        """Say a phrase or two."""
        words = phrases(clip)
        first = self._rng.randrange(len(words))
        last = min(first + self._rng.randint(0, 1), len(words) - 1)
        due_s = clock.monotonic_s()
        for at in range(words[first][0], words[last][1]):
            frame = clip.frames[at]
            due_s = max(due_s + FRAME_S, clock.monotonic_s() - FRAME_S)
            await asyncio.sleep(max(0.0, due_s - clock.monotonic_s()))
            if self._peer is not peer:
                return
            if frame is None:
                peer.pause()
            else:
                peer.say(frame.packet, level_dbov=frame.level_dbov)
        self.spoken += last - first + 1
