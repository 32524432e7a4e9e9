"""A worker's end of voice: what the server says about it goes to the voice process, and back.

Bots speak of voice over the same socket as of everything else, and that socket is the worker's.
"""

from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection

from hearth_loadtest.entry import client_frame
from hearth_loadtest.voice.tidings import is_of_voice
from hearth_protocol.kernels.scan import CONTROL
from hearth_protocol.voice import VOICE_FEATURE


class Relay:
    """Between a fleet's rows and the voice process."""

    def __init__(self, line: Connection, bots: list[int], with_voice: set[int]) -> None:
        """Serve some rows.

        Args:
            line: To the voice process.
            bots: Bot number of each row.
            with_voice: Bot numbers that have voice.
        """
        self._line = line
        self._bots = bots
        self._rows = {bot: row for row, bot in enumerate(bots) if bot in with_voice}
        self._unsent: deque[tuple[int, bytes]] = deque()
        self._broken = False

    def features(self, bot: int) -> tuple[str, ...]:
        """What a bot offers in its `hello`."""
        return (VOICE_FEATURE,) if bot in self._rows else ()

    def overheard(self, row: int, kind: int, payload: bytes) -> None:
        """The server sent a bot a message."""
        if kind == CONTROL and is_of_voice(payload):
            self._tell("said", row, payload)

    def gone(self, row: int) -> None:
        """A bot is out."""
        self._tell("gone", row)
        self._unsent = deque(each for each in self._unsent if each[0] != row)

    def _tell(self, what: str, row: int, *more: object) -> None:
        bot = self._bots[row]
        if bot in self._rows and not self._broken:
            try:
                self._line.send((what, bot, *more))
            except OSError:
                self._broken = True  # the coordinator hears of it from the process itself

    def pump(self, say: Callable[[int, bytes], bool]) -> None:
        """Send what bots have to say of voice; what does not go now is tried again."""
        try:
            while not self._broken and self._line.poll():
                _, bot, payload = self._line.recv()
                self._unsent.append((self._rows[bot], client_frame(CONTROL + 2, payload)))
        except (EOFError, OSError):
            self._broken = True
        for _ in range(len(self._unsent)):
            row, frame = self._unsent.popleft()
            if not say(row, frame):
                self._unsent.append((row, frame))
