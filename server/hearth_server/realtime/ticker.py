"""The tick: news, step, encode, write, at a fixed rate. The last stop of a pose in the server.

A pose comes here from `hearth_sim` as part of every observer's frame; the next stop is their
client (`clients/webxr/src/state/playout.ts`).
"""

import gc
from collections.abc import Awaitable, Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from hearth_protocol.control import Overload as OverloadMessage
from hearth_protocol.errors import CloseCode
from hearth_server.clock import Clock
from hearth_server.logs import logger
from hearth_server.realtime.connection import UNWRITABLE_CLOSES_AFTER_S
from hearth_server.realtime.delivery import deliver
from hearth_server.realtime.fading import tell_faded
from hearth_server.realtime.overload import RUNG_TEXT, Ladder, LadderRules
from hearth_server.realtime.pacing import Due, Pacer
from hearth_server.realtime.shard import Shard
from hearth_server.rooms.packing import pack
from hearth_sim.reasons import Overload, Rejection
from hearth_sim.step import StepReport

# Control waits for the line to drain this far; a snapshot waits for it to be empty.
MAIL_BUFFERED_MAX: Final = 64 * 1024
COLLECT_EVERY_S: Final = 60.0
# Failed ticks in a row after which the node gives up, so that whoever watches it restarts it.
FAILURES_MAX: Final = 40

Sleep = Callable[[float], Awaitable[None]]
_log = logger("hearth.ticker")


class Ticker:
    """Runs a shard's ticks. `run` is a task of the app's TaskGroup; `tick` is one of them.

    Args:
        shard: what ticks.
        clock: tells the time.
        sleep: waits on that clock.
        rules: of the overload ladder.
    """

    def __init__(
        self, shard: Shard, clock: Clock, sleep: Sleep, rules: LadderRules | None = None
    ) -> None:
        self.shard = shard
        self._clock = clock
        self._sleep = sleep
        self.interval_s = 1.0 / shard.tick_hz
        self.running = False
        self._ladder = Ladder(rules or LadderRules(), self.interval_s)
        capacity = shard.settings.max_participants
        # Once a second per slot: who acknowledges nothing still gets that much.
        self._phase = np.arange(capacity, dtype=np.uint32) % np.uint32(shard.tick_hz)
        self._arena = np.zeros(0, np.uint8)
        self._stuck_since: dict[int, float] = {}
        self._collected_s = 0.0
        self._failures = 0

    async def run(self) -> None:
        """Tick until cancelled."""
        clock = self._clock
        pacer = Pacer(self.interval_s, clock.monotonic_s())
        thresholds = gc.get_threshold()
        # The oldest generation is collected between ticks only: it takes tens of milliseconds.
        gc.set_threshold(thresholds[0], thresholds[1], 1_000_000)
        self.running = True
        try:
            while True:
                await self._sleep(pacer.wait_s(clock.monotonic_s()))
                due = pacer.due(clock.monotonic_s())
                if due is not None:
                    self._tick_safely(due)
                    self._collect(pacer)
        finally:
            self.running = False
            gc.set_threshold(*thresholds)

    def _tick_safely(self, due: Due) -> None:
        """Run a tick; a mistake in one must not end the rooms, a lasting one must."""
        try:
            self.tick(due)
        except Exception:
            self._failures += 1
            _log.exception("tick failed", tick=due.tick, failures=self._failures)
            if self._failures >= FAILURES_MAX:
                raise
        else:
            self._failures = 0

    def tick(self, due: Due) -> None:
        """Run one tick."""
        shard, world = self.shard, self.shard.world
        began_s = self._clock.monotonic_s()
        if shard.plane is not None:
            shard.plane.receive(shard.now_ms(), int(self._clock.wall_s() * 1e9))
        now_s, now_ms = shard.now_s(), shard.now_ms()
        tick = shard.tick = due.tick
        shard.expire(now_s)
        report = world.step(tick, now_ms)
        shard.voice.tick(now_s)
        tell_faded(shard)
        self._tell_rejected(report, now_s)
        stuck = self._choose_readers(tick, now_s)
        self._sweep(tick, now_s)
        deliver(shard, frozenset(stuck))
        needed = world.arena_bytes()
        if needed > self._arena.size:
            self._arena = np.zeros(needed + needed // 2, np.uint8)
        world.encode(tick, now_ms, self._arena)
        sent = int(np.count_nonzero(world.length))
        shard.flow.sent(tick, world.length)
        shard.metrics.snapshots_sent.inc(sent)
        shard.metrics.snapshots_skipped.inc(max(0, len(shard.seats) - sent))
        shard.metrics.bytes_out.inc(self._write(stuck))
        self._measure(due, self._clock.monotonic_s() - began_s)

    def _choose_readers(self, tick: int, now_s: float) -> list[int]:
        """Fill `may_write`: a line that is free and not too far behind. Return the blocked."""
        seats, world = self.shard.seats, self.shard.world
        full = self.shard.flow.look(tick, world.acked_tick)
        may = world.may_write
        np.equal(self._phase, tick % self.shard.tick_hz, out=may)
        np.logical_or(may, ~full, out=may)
        np.logical_and(may, seats.connected, out=may)
        stuck = self._find_stuck()
        behind = int(np.count_nonzero(full & seats.connected & ~may))
        if behind:
            self.shard.metrics.drops.add("snapshot_unacknowledged", behind)
        if stuck or self._stuck_since:
            self.shard.metrics.drops.add("snapshot_line_busy", len(stuck))
            may[stuck] = False
            self._close_stuck(stuck, now_s)
        return stuck

    def _find_stuck(self) -> list[int]:
        """Return the slots in whose transports something still waits to be sent.

        The plane's frames go past the transports, so of its slots only those are asked whose
        transports were written to since they were last found empty.
        """
        seats, plane = self.shard.seats, self.shard.plane
        buffered = seats.buffered
        if plane is None:
            return [slot for slot in seats.slots if buffered[slot]()]
        waiting = {slot for slot in plane.written if buffered[slot]()}
        plane.written = set(waiting)
        if len(plane.slots) < len(seats):
            apart = np.flatnonzero(seats.connected & ~plane.carried)
            waiting.update(slot for slot in apart.tolist() if buffered[slot]())
        return list(waiting)

    def _close_stuck(self, stuck: list[int], now_s: float) -> None:
        before = self._stuck_since
        self._stuck_since = {slot: before.get(slot, now_s) for slot in stuck}
        for slot, since_s in self._stuck_since.items():
            connection = self.shard.seats.connection[slot]
            if connection is not None and now_s - since_s >= UNWRITABLE_CLOSES_AFTER_S:
                connection.close(CloseCode.TOO_SLOW, retry_after_s=1.0)

    def _sweep(self, tick: int, now_s: float) -> None:
        """Once a second for each connection, a slice of them each tick."""
        seats, flow = self.shard.seats, self.shard.flow
        hz = self.shard.tick_hz
        for slot in seats.slots[tick % hz :: hz]:
            connection = seats.connection[slot]
            if connection is not None:
                connection.sweep(now_s, bool(flow.full[slot]), int(flow.acked[slot]))

    def _write(self, stuck: list[int]) -> int:
        """Write mail and snapshots; return how many bytes."""
        shard, world = self.shard, self.shard.world
        length = world.length
        total = self._write_mail(stuck) if shard.has_mail else 0
        total += int(length.sum())
        plane = shard.plane
        if plane is not None:
            plane.send(plane.slots, self._arena, world.offset, length)
            length[plane.slots] = 0
        slots = np.flatnonzero(length)
        if slots.size:
            self._write_through_transports(slots)
        return total

    def _write_through_transports(self, slots: npt.NDArray[np.int64]) -> None:
        """Write the snapshots of connections that are not on the plane.

        The transport keeps what the socket does not take. It is handed copies, never views of
        the arena, so that nobody can get another's bytes when the arena is written again.
        """
        write, world = self.shard.seats.write, self.shard.world
        starts = world.offset[slots]
        ends = starts + world.length[slots]
        first = int(starts.min())
        frames = self._arena[first : int(ends.max())].tobytes()
        for slot, start, end in zip(
            slots.tolist(), (starts - first).tolist(), (ends - first).tolist(), strict=True
        ):
            write[slot](frames[start:end])

    def _write_mail(self, stuck: list[int]) -> int:
        """Write control, in one piece with the snapshot that follows it."""
        shard, world = self.shard, self.shard.world
        blocked = set(stuck)
        waiting = set()
        total = messages = 0
        for connection in shard.has_mail:
            who = connection.participant
            slot = who.slot if who is not None else -1
            transport = connection.wire.transport
            if slot >= 0 and shard.plane is not None and shard.plane.posted(slot):
                waiting.add(connection)  # what was posted goes first, with this tick's snapshot
                continue
            if slot in blocked and transport.get_write_buffer_size() > MAIL_BUFFERED_MAX:
                waiting.add(connection)
                continue
            messages += connection.outbox.count
            frames = connection.outbox.take()
            if slot >= 0 and world.length[slot]:
                start = int(world.offset[slot])
                frames += self._arena[start : start + int(world.length[slot])].tobytes()
                world.length[slot] = 0
            total += len(frames)
            connection.wire.send(frames)
        shard.metrics.control_out.inc(messages)
        shard.has_mail = waiting
        return total

    def _tell_rejected(self, report: StepReport, now_s: float) -> None:
        """Count what the step refused, and tell those whose poses were."""
        metrics = self.shard.metrics
        metrics.poses_in.inc(report.accepted)
        for reason in Rejection:
            count = int(report.rejected_by_reason[reason])
            if count and reason is not Rejection.NONE:
                metrics.input_rejected.add(f"pose_{reason.name.lower()}", count)
        connections = self.shard.seats.connection
        for slot, reason in zip(
            report.rejected_slots.tolist(), report.rejected_reasons.tolist(), strict=True
        ):
            connection = connections[slot]
            if connection is not None:
                connection.pose_rejected(now_s, Rejection(reason).name.lower().replace("_", " "))

    def _measure(self, due: Due, duration_s: float) -> None:
        """Count the tick, and climb or come down the ladder."""
        shard, metrics = self.shard, self.shard.metrics
        metrics.tick_duration_s.observe(duration_s)
        metrics.tick_lateness_s.observe(due.lateness_s)
        metrics.bytes_in.inc(shard.bytes_in)
        shard.bytes_in = 0
        if due.missed:
            metrics.ticks_missed.inc(due.missed)
        if shard.control_in:
            metrics.control_in.inc(shard.control_in)
            shard.control_in = 0
        if due.tick % shard.tick_hz == 0:
            metrics.participants.set(shard.registry.present)
            metrics.connections.set(len(shard.connections))
            metrics.rooms_open.set(len(shard.registry))
            metrics.largest_room.set(max((room.present for room in shard.registry), default=0))
        if self._ladder.feed(duration_s, due.lateness_s):
            self._announce(self._ladder.rung)

    def _announce(self, rung: Overload) -> None:
        """Send less from now on (or more again), and say so."""
        self.shard.world.overload = rung
        _log.warning("overload", level=int(rung), name=rung.name.lower())
        message = pack(OverloadMessage(level=int(rung), text=RUNG_TEXT[rung]))
        for slot in self.shard.seats.slots:
            connection = self.shard.seats.connection[slot]
            if connection is not None:
                connection.tell_packed(message)

    def _collect(self, pacer: Pacer) -> None:
        """Collect the oldest garbage now and then, right after a tick."""
        now_s = self._clock.monotonic_s()
        if now_s - self._collected_s >= COLLECT_EVERY_S and pacer.wait_s(now_s) > 0.0:
            gc.collect()
            self._collected_s = self._clock.monotonic_s()
