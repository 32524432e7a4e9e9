"""Conducts a run: scouts, starts the workers, says when to measure, adds up what they found."""

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hearth_loadtest import clock, worker
from hearth_loadtest.admission import Api, Target
from hearth_loadtest.casting import Company, Pulse, Stage
from hearth_loadtest.environment import CompetingLoad, describe, pids_listening
from hearth_loadtest.errors import LoadtestFault, TargetFault
from hearth_loadtest.expectation import Rates
from hearth_loadtest.metrics import Scrape, parse_metrics
from hearth_loadtest.outcome import Outcome, Surroundings
from hearth_loadtest.placement import Ground
from hearth_loadtest.plan import GRACE_S, Plan, Window
from hearth_loadtest.scenario import Scenario
from hearth_loadtest.scout import Report, explore
from hearth_loadtest.voice.conductor import VOICES_S, Conductor
from hearth_loadtest.voice.wish import VoiceWish
from hearth_loadtest.worker import Progress, WorkerResult
from hearth_protocol.voice import VOICE_FEATURE

I64 = npt.NDArray[np.int64]

READY_TIMEOUT_S = 180.0
#: After the last join is due, so long is waited for somebody else to get in.
STRAGGLERS_S = 15.0
#: Between telling the workers and the first measured sample.
NOTICE_S = 0.5
#: How long workers may take to say who is in after the door was closed.
CLOSING_S = 10.0


@dataclass(frozen=True)
class Wish:
    """What the person asked for."""

    target: Target
    users: int
    rooms: int
    spawn_rate: float
    run_time_s: float
    scenario: Scenario
    stage_motion: tuple[str, ...] = ()
    workers: int = 1
    seed: int = 1
    rate_hz: float | None = None
    warmup_s: float = 5.0
    sampled: int = 48
    room: str = "load-"
    cpus: tuple[int, ...] = ()
    voice: VoiceWish | None = None


class Phase(StrEnum):
    """Where a run is."""

    STARTING = "starting"
    JOINING = "joining"
    WARMING = "warming up"
    MEASURING = "measuring"
    JUDGING = "judging"
    DONE = "done"


@dataclass
class Status:
    """What a view shows; one object, updated in place."""

    users: int
    phase: Phase = Phase.STARTING
    elapsed_s: float = 0.0
    left_s: float = 0.0
    workers: dict[int, Progress] = field(default_factory=dict)

    def total(self, name: str) -> float:
        """A figure summed over workers."""
        return float(sum(getattr(progress, name) for progress in self.workers.values()))

    def worst(self, name: str) -> float:
        """The highest figure of any worker."""
        return max((float(getattr(p, name)) for p in self.workers.values()), default=0.0)


View = Callable[[Status], None]


def _plan(wish: Wish, scouted: Report) -> Plan:
    welcome = scouted.welcome
    low, high = welcome.room.bounds.min, welcome.room.bounds.max
    ground = Ground(low[0], low[2], high[0], high[2], welcome.interest.radius_m)
    tiers = tuple((tier.lanes, tier.every) for tier in welcome.interest.tiers)
    return Plan(
        target=wish.target,
        company=Company(wish.users, wish.rooms, wish.workers, wish.seed),
        stage=Stage(wish.scenario, ground, tuple(Path(m) for m in wish.stage_motion)),
        pulse=Pulse(wish.rate_hz or welcome.tick_hz),
        rates=Rates(welcome.interest.lanes, welcome.interest.radius_m, tiers),
        room_prefix=wish.room,
        spawn_rate=wish.spawn_rate,
        sampled=wish.sampled,
        offset_ms=scouted.server.offset_ms,
        spread_ms=scouted.server.spread_ms,
        cpus=wish.cpus,
        voice=wish.voice,
    )


class _Patience:
    """Waits for stragglers for as long as there is still somebody getting in now and then."""

    def __init__(self, until_s: float) -> None:
        self._until_s = until_s
        self._settled = 0.0

    def is_over(self, settled: float) -> bool:
        """Say whether it is, given how many have got in or failed."""
        now_s = clock.monotonic_s()
        if settled > self._settled:
            self._settled = settled
            self._until_s = max(self._until_s, now_s + STRAGGLERS_S)
        return now_s >= self._until_s


class Coordinator:
    """One run from first to last."""

    def __init__(self, wish: Wish, view: View) -> None:
        self._wish = wish
        self._view = view
        self.status = Status(wish.users)
        self._lines: list[Connection] = []
        self._processes: list[BaseProcess] = []
        self._results: dict[int, WorkerResult] = {}
        self._rosters: dict[int, I64] = {}
        self._ready: set[int] = set()
        self._plan: Plan | None = None
        self._voices: Conductor | None = None

    def run(self) -> Outcome:
        """Do the run. Ctrl-C ends it early; what was measured by then is judged.

        Raises:
            LoadtestFault: There is nothing to report: no server, or the tool broke.
        """
        scouted = self._scout()
        plan = self._plan = _plan(self._wish, scouted)
        api = Api(plan.target)
        environment = describe()
        interrupted = False
        before = after = None
        rivals: CompetingLoad | None = None
        try:
            self._start_workers(plan)
            try:
                start_s = clock.monotonic_s() + 0.3
                self._tell(("start", start_s))
                self._join(plan, start_s)
                self._pass_time(Phase.WARMING, self._wish.warmup_s)
                server_pids = pids_listening(plan.target.port)
                own_pids = [p.pid for p in self._processes if p.pid] + server_pids
                rivals = CompetingLoad([*own_pids, multiprocessing.current_process().pid or 0])
                before = self._scrape(api)
                self._measure(plan, start_s)
                others = rivals.processors()
                after = self._scrape(api)
            except KeyboardInterrupt:
                interrupted = True
                others = rivals.processors() if rivals is not None else 0.0
                after = self._scrape(api) if before is not None else None
            self._collect()
        finally:
            self._end_workers()
            api.close()
        self.status.phase = Phase.DONE
        self._view(self.status)
        results = [self._results[number] for number in sorted(self._results)]
        surroundings = Surroundings(
            environment,
            others,
            before,
            after,
            interrupted,
            self._wish.scenario.name,
            self._drift_ms(plan),
        )
        account = self._voices.account() if self._voices is not None else None
        return Outcome.of(plan, scouted.welcome, results, surroundings, account)

    def _scout(self) -> Report:
        wanted = (VOICE_FEATURE,) if self._wish.voice is not None else ()
        scouted = explore(self._wish.target, self._first_room(), features=wanted)
        if wanted and VOICE_FEATURE not in scouted.welcome.features:
            raise TargetFault("this node has no voice: start it with --voice, or run without")
        return scouted

    def _drift_ms(self, plan: Plan) -> float | None:
        """How far the clocks went apart during the run; None if the node can no longer say."""
        try:
            later = explore(plan.target, self._first_room()).server
            return round(later.offset_ms - plan.offset_ms, 3)
        except LoadtestFault:
            return None

    def _first_room(self) -> str:
        return f"{self._wish.room}1" if self._wish.room.endswith("-") else self._wish.room

    # --- workers -----------------------------------------------------------------------------

    def _start_workers(self, plan: Plan) -> None:
        context = multiprocessing.get_context("spawn")
        voices = self._voices = Conductor(context, plan) if plan.voice is not None else None
        if voices is not None:
            self._processes.append(voices.process)
        for number in range(plan.company.workers):
            here, there = context.Pipe()
            end = voices.ends[number] if voices is not None else None
            process = context.Process(
                target=worker.main,
                args=(plan, number, there, end),
                name=f"bots-{number}",
                daemon=True,
            )
            process.start()
            there.close()
            self._lines.append(here)
            self._processes.append(process)
        if voices is not None:
            voices.handed_on()
        self._wait_until(self._all_ready, READY_TIMEOUT_S, Phase.STARTING)
        if not self._all_ready():
            raise LoadtestFault("a worker process did not get ready")

    def _all_ready(self) -> bool:
        workers = len(self._ready) == len(self._lines)
        return workers and (self._voices is None or self._voices.ready)

    def _have_all_results(self) -> bool:
        voices = self._voices
        bots = len(self._results) == len(self._lines)
        return bots and (voices is None or voices.result is not None)

    def _end_workers(self) -> None:
        for line in self._lines:
            line.close()
        if self._voices is not None:
            self._voices.line.close()
        for process in self._processes:
            process.join(5.0)
            if process.is_alive():
                process.terminate()
                process.join(5.0)

    def _tell(self, order: tuple[object, ...]) -> None:
        for line in self._lines:
            line.send(order)
        if self._voices is not None:
            self._voices.tell(order)

    def _listen(self, timeout_s: float) -> None:
        """Take in what workers tell within some time."""
        voices = self._voices
        # who brought the result hangs up
        lines = [line for n, line in enumerate(self._lines) if n not in self._results]
        if voices is not None and voices.result is None:
            lines.append(voices.line)
        for line in wait(lines, timeout_s):
            if voices is not None and line is voices.line:
                voices.listen()
                continue
            number = self._lines.index(line)  # type: ignore[arg-type]  # only connections waited for
            try:
                message = self._lines[number].recv()
            except EOFError as fault:
                raise LoadtestFault(f"worker {number} died") from fault
            kind = message[0]
            if kind == "ready":
                self._ready.add(number)
            elif kind == "settled":
                self._rosters[number] = message[1]
            elif kind == "progress":
                self.status.workers[number] = message[1]
            elif kind == "result":
                self._results[number] = message[1]
            elif kind == "fault":
                raise LoadtestFault(f"worker {number}: {message[1]}")

    def _wait_until(self, done: Callable[[], bool], seconds: float, phase: Phase) -> None:
        begin_s = clock.monotonic_s()
        self.status.phase = phase
        while not done():
            now_s = clock.monotonic_s()
            self.status.elapsed_s = now_s - begin_s
            self.status.left_s = max(0.0, seconds - (now_s - begin_s))
            if now_s - begin_s >= seconds:
                break
            self._listen(min(0.25, max(0.01, seconds - (now_s - begin_s))))
            self._view(self.status)

    # --- phases ------------------------------------------------------------------------------

    def _join(self, plan: Plan, start_s: float) -> None:
        everyone = len(self._lines)
        patience = _Patience(start_s + plan.ramp_s() + STRAGGLERS_S)

        def done() -> bool:
            settled = self.status.total("settled") + self.status.total("failed")
            return len(self._rosters) == everyone or patience.is_over(settled)

        self._wait_until(done, float("inf"), Phase.JOINING)
        if len(self._rosters) < everyone:
            self._tell(("close",))
            self._wait_until(lambda: len(self._rosters) == everyone, CLOSING_S, Phase.JOINING)
        if self.status.total("settled") == 0 and not any(
            (roster > 0).any() for roster in self._rosters.values()
        ):
            self._tell(("stop",))
            self._wait_until(lambda: len(self._results) == everyone, 15.0, Phase.JOINING)
            why = {k: v for result in self._results.values() for k, v in result.failures.items()}
            raise TargetFault(f"no bot got in: {why or 'no answer'}")
        if self._voices is not None:
            self._join_voices(self._voices, plan)

    def _join_voices(self, voices: Conductor, plan: Plan) -> None:
        """Wait for the voices of those who are in."""
        present = self._participants(plan)
        self._wait_until(lambda: voices.is_settled(present), VOICES_S, Phase.JOINING)
        if not voices.is_settled(present):
            voices.tell(("close",))
            self._wait_until(lambda: voices.is_settled(present), CLOSING_S, Phase.JOINING)
        if voices.progress.joined == 0:
            why = voices.progress.failures or "is it switched on at this node?"
            raise TargetFault(f"no bot got voice: {why}")

    def _participants(self, plan: Plan) -> I64:
        """Participant of each bot, 0 for those who are not in."""
        participants = np.zeros(plan.company.users, dtype=np.int64)
        for number, roster in self._rosters.items():
            participants[plan.company.rows_of(number)] = roster
        return participants

    def _pass_time(self, phase: Phase, seconds: float) -> None:
        self._wait_until(lambda: False, seconds, phase)

    def _measure(self, plan: Plan, start_s: float) -> None:
        participants = self._participants(plan)
        period_s = plan.pulse.period_s
        first = int(np.ceil((clock.monotonic_s() + NOTICE_S - start_s) / period_s))
        step = plan.samples_per_window
        windows = max(1, round(self._wish.run_time_s / (step * period_s)))
        window = Window(first, first + windows * step)
        self._tell(("measure", window, participants))
        end_s = start_s + window.end * period_s
        self._wait_until(self._have_all_results, end_s - clock.monotonic_s(), Phase.MEASURING)

    def _collect(self) -> None:
        """Wait for the results; tell those who do not know yet to stop."""
        if self.status.phase is not Phase.MEASURING or self.status.left_s > 1.0:
            self._tell(("stop",))
        self._wait_until(self._have_all_results, 300.0 + GRACE_S, Phase.JUDGING)
        if not self._have_all_results():
            raise LoadtestFault("a worker did not bring its results")

    @staticmethod
    def _scrape(api: Api) -> Scrape | None:
        try:
            text = api.get_text("/metrics")
        except LoadtestFault:
            return None
        return None if text is None else Scrape(clock.monotonic_s(), parse_metrics(text))
