"""The voice process: every bot's voice, its pace, and the judgement at the end.

One process for all voices of a run, so that it knows what was truly sent when it judges what came.
Poses are other processes' business: whatever voice costs, it does not make them late.
"""

import asyncio
import gc
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection

import numpy as np
import uvloop

from hearth_loadtest import clock
from hearth_loadtest.casting import build_crowd
from hearth_loadtest.environment import many_files
from hearth_loadtest.judge import Roster
from hearth_loadtest.latency import Latencies
from hearth_loadtest.plan import GRACE_S, Plan, Window
from hearth_loadtest.voice.cast import Cast
from hearth_loadtest.voice.mouth import FRAME_S, TOO_LATE_S, Mouth
from hearth_loadtest.voice.speech import VOICES, cache_folder, clips
from hearth_loadtest.voice.tidings import VoiceProgress, VoiceResult
from hearth_loadtest.voice.truth import Hall, VoiceFindings, VoiceJudge
from hearth_loadtest.voice.voices import Voices
from hearth_loadtest.voice.whole_stack import reach_loopback

PROGRESS_EVERY_S = 0.2
#: Talkers of one slice speak at once; slices are two milliseconds apart.
SLICES = 10
#: Listeners keep what they hear from a little before the measured time on.
EARLY_S = 0.1


class _End(Exception):
    """The run is over."""


class Choir:
    """Runs the voices as the coordinator says."""

    def __init__(self, plan: Plan, line: Connection, workers: list[Connection]) -> None:
        assert plan.voice is not None
        self._plan = plan
        self._line = line
        self._workers = workers
        self._cast = Cast.of(plan.voice, plan.company)
        words = clips(min(len(self._cast.talkers), VOICES), cache_folder())
        self._voices = Voices(self._cast, plan.voice.client, words, self._say)
        self._start_s = 0.0
        self._window: Window | None = None
        self._roster: Roster | None = None
        self._measured_s = (float("inf"), float("inf"))
        self._lag_s: list[float] = []
        self._missed = 0
        self._sent_before = 0
        self._cpu_before = 0.0

    # --- lines -------------------------------------------------------------------------------

    def _say(self, bot: int, payload: bytes) -> None:
        self._workers[bot % self._plan.company.workers].send(("say", bot, payload))

    def _from_worker(self, line: Connection) -> None:
        while line.poll():
            what, bot, *more = line.recv()
            if what == "said":
                self._voices.said(bot, more[0])
            elif what == "gone":
                self._voices.gone(bot)

    def _from_coordinator(self, stop: asyncio.Event) -> None:
        while self._line.poll():
            order = self._line.recv()
            if order[0] == "start":
                self._start_s = order[1]
            elif order[0] == "close":
                self._voices.close_door()
            elif order[0] == "measure":
                self._measure(order[1], Roster(order[2], self._plan.company.room_of()))
            elif order[0] == "stop":
                stop.set()

    def _measure(self, window: Window, roster: Roster) -> None:
        period_s = self._plan.pulse.period_s
        self._window, self._roster = window, roster
        self._measured_s = (
            self._start_s + window.first * period_s,
            self._start_s + window.end * period_s,
        )

    # --- the run -----------------------------------------------------------------------------

    async def run(self) -> None:
        """Do a whole run: from `ready` to `result`."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def watch(line: Connection, heed: Callable[[], None]) -> None:
            def readable() -> None:
                try:
                    heed()
                except (EOFError, OSError):
                    loop.remove_reader(line.fileno())
                    if line is self._line:
                        stop.set()

            loop.add_reader(line.fileno(), readable)

        watch(self._line, lambda: self._from_coordinator(stop))
        for worker in self._workers:
            watch(worker, lambda worker=worker: self._from_worker(worker))  # type: ignore[misc]
        self._line.send(("ready",))
        gc.freeze()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._voices.admit())
                group.create_task(self._pace())
                group.create_task(self._report())
                group.create_task(self._keep_time(stop))
        except* _End:
            pass
        for line in (self._line, *self._workers):
            loop.remove_reader(line.fileno())
        self._line.send(("result", await asyncio.to_thread(self._result)))
        await self._voices.leave()

    async def _pace(self) -> None:
        """Let everyone talk, each in a slice of the frame, for ever."""
        turn, begin_s = 0, clock.monotonic_s()
        slices: list[list[Mouth]] = [[] for _ in range(SLICES)]
        while True:
            due_s = begin_s + turn * (FRAME_S / SLICES)
            rest_s = due_s - clock.monotonic_s()
            if rest_s > 0.0:
                await asyncio.sleep(rest_s)
            elif turn % SLICES == 0:
                await asyncio.sleep(0)
            place = turn % SLICES
            if place == 0:
                mouths = self._voices.mouths
                slices = [mouths[number::SLICES] for number in range(SLICES)]
            turn += 1
            self._speak(slices[place], due_s)

    def _speak(self, mouths: list[Mouth], due_s: float) -> None:
        measured = self._measured_s[0] <= due_s < self._measured_s[1]
        for mouth in mouths:
            now_s = clock.monotonic_s()
            if now_s - due_s > TOO_LATE_S:
                mouth.skip()
                self._missed += measured
                continue
            mouth.speak(now_s)
            if measured:
                self._lag_s.append(clock.monotonic_s() - due_s)

    async def _report(self) -> None:
        while True:
            voices = self._voices
            packets = sum(speaker.ear.packets for speaker in voices.speakers.values())
            progress = VoiceProgress(
                voices.joined, voices.failed, packets, dict(voices.failures.most_common())
            )
            self._line.send(("progress", progress))
            await asyncio.sleep(PROGRESS_EVERY_S)

    async def _keep_time(self, stop: asyncio.Event) -> None:
        """Open the listeners' logs in time, and end the run."""
        begun = False
        while not stop.is_set():
            now_s = clock.monotonic_s()
            if not begun and now_s >= self._measured_s[0] - EARLY_S:
                begun = True
                self._begin()
            if now_s >= self._measured_s[1] + GRACE_S:
                break
            await asyncio.sleep(0.01)
        if begun and clock.monotonic_s() < self._measured_s[1]:
            self._measured_s = (self._measured_s[0], clock.monotonic_s())
        raise _End

    def _begin(self) -> None:
        for speaker in self._voices.speakers.values():
            speaker.ear.is_open = speaker.listens
        self._sent_before = sum(mouth.packets for mouth in self._voices.mouths)
        self._cpu_before = clock.cpu_s()

    # --- judging -----------------------------------------------------------------------------

    def _result(self) -> VoiceResult:
        voices = self._voices
        lag, wait, latency = Latencies(), Latencies(), Latencies()
        lag.record(np.array(self._lag_s))
        wait.record(np.array(voices.waits_s))
        out = VoiceResult(VoiceFindings(), b"", lag.encode(), wait.encode())
        out.joined = len(voices.waits_s)
        out.joining_s = max(0.0, voices.last_s - voices.first_s) if voices.waits_s else 0.0
        out.failures, out.lost, out.missed = voices.failures, voices.lost, self._missed
        out.bad_packets = sum(s.peer.bad_packets for s in voices.speakers.values() if s.peer)
        out.talkers = len(voices.mouths)
        if self._roster is not None and self._cpu_before:
            out.cpu_s = clock.cpu_s() - self._cpu_before
            out.sent = sum(mouth.packets for mouth in voices.mouths) - self._sent_before
            out.seconds = self._measured_s[1] - self._measured_s[0]
            self._judge(out, latency)
        out.latency = latency.encode()
        return out

    def _judge(self, out: VoiceResult, latency: Latencies) -> None:
        """Judge every listener whose connection lasted."""
        assert self._roster is not None
        plan, voices = self._plan, self._voices
        hall = Hall(
            build_crowd(plan.company, plan.stage, plan.pulse),
            self._roster,
            plan.company.room_of(),
            self._start_s,
            self._measured_s,
            voices.leave_m,
        )
        steady = [s for s in voices.speakers.values() if s.joined and not s.was_lost]
        sent_s = {s.bot: np.array(s.mouth.sent_s) for s in steady if s.mouth is not None}
        judge = VoiceJudge(hall, self._cast, sent_s)
        for speaker in steady:
            if not speaker.listens:
                continue
            found = judge.listen(speaker.bot, speaker.ear.records())
            for delays_s in found.latency_s:
                latency.record(delays_s)
            out.findings.add(found)
            out.listeners += 1


def main(plan: Plan, line: Connection, workers: list[Connection]) -> None:
    """Entry of the voice process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator says when to stop
    try:
        assert plan.voice is not None
        if plan.cpus:
            os.sched_setaffinity(0, set(plan.cpus))
        many_files()
        if plan.voice.client == "aiortc":
            reach_loopback(plan.target.host)
        uvloop.run(Choir(plan, line, workers).run())
    except (BrokenPipeError, EOFError):
        return
    except Exception as fault:
        line.send(("fault", f"{type(fault).__name__}: {fault}"))
        raise
    finally:
        line.close()
