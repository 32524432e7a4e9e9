"""The coordinator's end of voice: starts the voice process and hears from it."""

from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess

import numpy as np
import numpy.typing as npt

from hearth_loadtest.errors import LoadtestFault
from hearth_loadtest.plan import Plan
from hearth_loadtest.voice.account import VoiceAccount
from hearth_loadtest.voice.cast import Cast
from hearth_loadtest.voice.tidings import VoiceProgress, VoiceResult

I64 = npt.NDArray[np.int64]

#: So long after the last bot got in, somebody's voice may still be on its way.
VOICES_S = 30.0


def _sing(plan: Plan, line: Connection, workers: list[Connection]) -> None:
    """Entry of the voice process, which alone pays for a WebRTC stack."""
    from hearth_loadtest.voice.choir import main  # noqa: PLC0415

    main(plan, line, workers)


class Conductor:
    """The voice process of a run, as the coordinator sees it."""

    def __init__(self, context: SpawnContext, plan: Plan) -> None:
        """Start it."""
        assert plan.voice is not None
        self._wish, self._cast = plan.voice, Cast.of(plan.voice, plan.company)
        self.line, there = context.Pipe()
        pairs = [context.Pipe() for _ in range(plan.company.workers)]
        #: The workers' ends; to be closed here once they have been handed on.
        self.ends: list[Connection] = [end for end, _ in pairs]
        own = [end for _, end in pairs]
        self.process: BaseProcess = context.Process(
            target=_sing, args=(plan, there, own), name="voices", daemon=True
        )
        self.process.start()
        for end in (there, *own):
            end.close()
        self.ready = False
        self.progress = VoiceProgress(0, 0, 0)
        self.result: VoiceResult | None = None
        self._closed = False

    def handed_on(self) -> None:
        """The workers have their ends."""
        for end in self.ends:
            end.close()

    def tell(self, order: tuple[object, ...]) -> None:
        """Tell the process something."""
        if self.result is None:
            self.line.send(order)

    def listen(self) -> None:
        """Take in one message.

        Raises:
            LoadtestFault: The process died.
        """
        try:
            kind, *more = self.line.recv()
        except (EOFError, OSError) as fault:
            raise LoadtestFault("the voice process died") from fault
        if kind == "ready":
            self.ready = True
        elif kind == "progress":
            self.progress = more[0]
        elif kind == "result":
            self.result = more[0]
        elif kind == "fault":
            raise LoadtestFault(f"voice process: {more[0]}")

    def account(self) -> VoiceAccount:
        """What came of it, once there is a result."""
        assert self.result is not None
        return VoiceAccount(self._wish, self._cast, self.result)

    def is_settled(self, participants: I64) -> bool:
        """Whether every bot that is in and should have voice has it, or failed.

        Args:
            participants: [users], 0 for bots that are not in.
        """
        wanted = int((participants[self._cast.bots] > 0).sum())
        return self.progress.joined + self.progress.failed >= wanted
