"""The world of one shard: every room's people in one set of arrays, stepped and encoded at once.

It knows nothing of sockets, names or rights, and owns no clock: ticks and milliseconds come in.
"""

import math

import numpy as np

from hearth_protocol.kernels.quantize import quantize_rows
from hearth_protocol.limits import (
    COARSE_BYTES,
    CORRECTION_BYTES,
    HANDS_FULL_BYTES,
    HEAD_FULL_BYTES,
    SNAPSHOT_HEADER_BYTES,
)
from hearth_sim import allocation, pairs
from hearth_sim.arrays import F32, FRESH_SAMPLES, HISTORY, I32, I64, U8, U32, Bool
from hearth_sim.boundary import BoundaryGround, BoundaryKeeper, BoundaryMode
from hearth_sim.kernels.grid import build_grid
from hearth_sim.kernels.ingest import ingest
from hearth_sim.kernels.interest import choose_lanes
from hearth_sim.kernels.samples import take_samples
from hearth_sim.kernels.snapshot import encode_frames
from hearth_sim.reasons import Overload
from hearth_sim.rooms import RoomTable, fit_cells
from hearth_sim.settings import RoomShape, Vector, WorldSettings
from hearth_sim.slots import SlotTable
from hearth_sim.step import StepReport
from hearth_sim.voice import Ground, VoicePolicy

_WS_HEADER_BYTES = 4
_ARENA_SLACK_BYTES = 64
_SPAWN_HEAD_M = 1.6
_LEFT, _RIGHT = 7, 14


class World:
    """Joins, leaves and switches act between steps and hold from the next step or encode on.

    Attributes:
        inbox: u8 [capacity, 128], whole masked pose frames; `inbox_view` is the same, flat.
        arrived_ms: u32 [capacity], server time of the frame in the inbox, 0 for none.
        may_write: bool [capacity], who gets a frame from the next encode.
        overload: rung of the ladder, see `Overload`.
        voice: the voice policy: who hears whom, as of the last step, and all it depends on.
    """

    def __init__(self, settings: WorldSettings) -> None:
        self.settings = settings
        self.overload = Overload.NORMAL
        n = settings.capacity
        self._tuning = allocation.tune(settings)
        self._slots = allocation.allocate_slots(n)
        self._inputs = allocation.allocate_inputs(n)
        self._arrivals = allocation.allocate_arrivals(n)
        self._bodies = allocation.allocate_bodies(n)
        self._links = allocation.allocate_links(n)
        self._pairs = allocation.allocate_pairs(settings)
        self._lanes = allocation.allocate_lanes(n, settings.lanes)
        self._rooms = allocation.allocate_rooms(settings.rooms)
        self._grid = allocation.allocate_grid(n, settings.rooms, 0)
        self._scratch = allocation.allocate_scratch(n)
        self._frames = allocation.allocate_frames(n)
        self._report = allocation.allocate_report(n)
        self.voice = VoicePolicy(
            settings, Ground(self._slots, self._bodies, self._pairs, self._rooms, self._scratch)
        )
        ground = (self._slots, self._bodies, self._links, self._pairs, self._rooms, self._report)
        self._boundary = BoundaryKeeper(settings, BoundaryGround(*ground), self._tuning)
        self._slot_table = SlotTable(self._slots)
        self._room_table = RoomTable(self._rooms, settings.interest_radius_m)
        self._somebody_lost = False
        self.inbox: U8 = self._inputs.inbox
        self.inbox_view = memoryview(self.inbox.data).cast("B")
        self.arrived_ms: U32 = self._inputs.arrived_ms
        self.arrived_view = memoryview(self.arrived_ms.data)
        self.may_write: Bool = self._inputs.may_write
        self.may_write_view = memoryview(self.may_write.data)

    # --- rooms --------------------------------------------------------------------------------

    def open_room(self, shape: RoomShape) -> int:
        """Open a room; give its index, which is recycled after `close_room`."""
        room = self._room_table.take(shape)
        self.voice.open_room(room, shape)
        self._grid = fit_cells(self._grid, self._room_table.cells)
        return room

    def reshape_room(self, room_index: int, shape: RoomShape) -> None:
        """Give an open room other walls and zones; who stands outside is moved in."""
        self._room_table.reshape(room_index, shape)
        self.voice.open_room(room_index, shape)
        self._grid = fit_cells(self._grid, self._room_table.cells)
        there = np.flatnonzero(self._slots.room == room_index)
        heads = self._bodies.pose[there, 0:3]
        self._bodies.pose[there, 0:3] = np.clip(heads, shape.minimum, shape.maximum)
        self._slots.touched[there] = 1

    def close_room(self, room_index: int) -> None:
        """Close a room; whoever is still in it leaves."""
        for slot in np.flatnonzero(self._slots.room == room_index).tolist():
            self.leave(slot)
        self.voice.close_room(room_index)
        self._room_table.give_back(room_index)
        self._grid = fit_cells(self._grid, self._room_table.cells)

    # --- people -------------------------------------------------------------------------------

    def join(
        self, room_index: int, participant_id: int, position: Vector, yaw: float, now_ms: int
    ) -> int:
        """Put somebody into a room; give the slot.

        Others see a standing figure there from the next step on, until the first pose, which
        may then be anywhere in the room. They have no boundary until `set_boundary`.

        Args:
            room_index: from `open_room`.
            participant_id: 1 to 2³² - 1, not used by anybody else.
            position: where the feet are, room-local metres; the head stands 1.6 m above.
            yaw: turn about +y in radians; 0 looks along -z.
            now_ms: server time.

        Raises:
            WorldFullError: no slot is free.
        """
        slot = self._slot_table.take(room_index, participant_id)
        bodies = self._bodies
        pose = bodies.pose[slot]
        head = np.asarray(position, np.float32) + np.asarray((0.0, _SPAWN_HEAD_M, 0.0), np.float32)
        low, high = self._rooms.minimum[room_index], self._rooms.maximum[room_index]
        pose[:] = 0.0
        pose[0:3] = np.clip(head, low, high)
        pose[4], pose[6] = math.sin(yaw / 2.0), math.cos(yaw / 2.0)
        for hand in (_LEFT, _RIGHT):
            pose[hand : hand + 3] = pose[0:3]
            pose[hand + 6] = 1.0
        bodies.state[slot] = 0
        bodies.captured_ms[slot] = now_ms
        # Far ahead of whatever anybody was told of this slot: no delta reaches back across.
        bodies.sample[slot] += FRESH_SAMPLES
        # The newest sample is this person's from now on, should somebody be told before a step.
        newest = bodies.history[slot, bodies.sample[slot] % HISTORY]
        quantize_rows(pose[None, :], np.zeros(1, np.uint16), newest[None, :])
        self._links.rejections[slot] = 0
        self._links.teleport_count[slot] = 0
        self._connect(slot, now_ms)
        self._inputs.may_write[slot] = False
        self._empty_lanes(slot)
        self._boundary.begin(slot)
        return slot

    def leave(self, slot: int) -> None:
        """Take somebody out; the slot is free for the next, nothing told of it stays valid."""
        self.voice.forget(slot)
        self._boundary.forget(slot)
        self._slot_table.give_back(slot)
        pairs.forget(self._pairs, slot)
        self._inputs.arrived_ms[slot] = 0
        self._inputs.may_write[slot] = False
        self._empty_lanes(slot)
        self._somebody_lost = True

    def _empty_lanes(self, slot: int) -> None:
        self._lanes.subject[slot] = -1
        lanes = self._lanes
        for number in (lanes.top, lanes.used, lanes.crowded, lanes.cursor, lanes.coarse_cursor):
            number[slot] = 0
        lanes.rank2[slot] = 0.0

    def reset_baselines(self, slot: int, now_ms: int | None = None) -> None:
        """Begin a new connection for the same participant: it was told nothing yet.

        The next pose is taken as a first one: any sequence number, anywhere in the room.
        """
        for field in ("head", "hands", "late"):
            self._lanes.told[field][slot] = 0
        accepted_ms = int(self._links.accepted_ms[slot]) if now_ms is None else now_ms
        self._connect(slot, accepted_ms)

    def _connect(self, slot: int, now_ms: int) -> None:
        links = self._links
        links.has_pose[slot] = 0
        links.last_seq[slot] = 0
        links.acked_tick[slot] = 0
        links.accepted_ms[slot] = now_ms
        links.teleport_claimed[slot] = 0
        links.teleport_tokens[slot] = self._tuning.teleports_per_s
        links.correction[slot] = 0
        self._inputs.arrived_ms[slot] = 0

    # --- switches -----------------------------------------------------------------------------

    def set_excluded(self, a: int, b: int, on: bool) -> None:
        """Keep two people from ever being told of each other, or allow it again.

        Raises:
            WorldFullError: one of the two has too many exclusions; then nothing changed.
        """
        if on:
            pairs.exclude(self._pairs, self._lanes, a, b)
        else:
            pairs.include(self._pairs, a, b)

    def set_friends(self, a: int, b: int, on: bool) -> None:
        """Let two people prefer each other when lanes are short.

        Raises:
            WorldFullError: one of the two has too many friends listed.
        """
        (pairs.befriend if on else pairs.unfriend)(self._pairs, a, b)

    def set_hidden(self, slot: int, on: bool) -> None:
        """Take somebody out of everybody's sight and hearing, or show them again."""
        hidden = self._slots.hidden
        if bool(hidden[slot]) == on:
            return
        hidden[slot] = on
        if on:
            self._slots.sight[slot] += 1
            self._somebody_lost = True
        else:
            self._boundary.begin(slot)

    def set_away(self, slot: int, on: bool) -> None:
        """Show somebody as away (or not) from the next step on, pose or no pose."""
        self._slots.away[slot] = on
        self._slots.touched[slot] = 1

    def set_stage(self, slot: int, on: bool) -> None:
        """Put somebody on stage: always told at full rate, heard by their whole zone."""
        self._slots.stage[slot] = on

    # --- personal boundaries: `BoundaryKeeper` says more ---------------------------------------

    def set_boundary(self, slot: int, mode: BoundaryMode, radius_m: float) -> None:
        """Let somebody wish a distance, 0 to 1.5 m, from all, or all but friends, or none."""
        self._boundary.set_wish(slot, mode, radius_m)

    def set_place(self, slot: int, on: bool, spot: tuple[float, float] | None = None) -> None:
        """Put somebody on a place whose middle is `spot` (x, z), or where they are; or off it."""
        self._boundary.set_place(slot, on, spot)

    def set_consent(self, a: int, b: int, on: bool) -> None:
        """Let two who both agreed be as near as they like; either may take it back."""
        self._boundary.set_consent(a, b, on)

    def faded_pairs(self) -> I32:
        """[n, 3], what this step changed: lower slot, upper slot, 1 = vanished, 0 = back."""
        return self._boundary.changes()

    def faded_with(self, slot: int) -> list[int]:
        """Give the slots of those who vanished for somebody, and they for them."""
        return self._boundary.faded_with(slot)

    # --- the tick -----------------------------------------------------------------------------

    def step(self, tick: int, now_ms: int) -> StepReport:
        """Take in the poses that arrived and decide who sees and hears whom.

        Args:
            tick: counts up by one.
            now_ms: server time, u32.
        """
        slots, bodies, report = self._slots, self._bodies, self._report
        ingest(
            slots,
            self._inputs,
            self._arrivals,
            bodies,
            self._links,
            self._rooms,
            report,
            self._tuning,
            tick,
            now_ms,
        )
        people = build_grid(slots, bodies, self._rooms, self._grid)
        if self._boundary.hold(self._grid):
            build_grid(slots, bodies, self._rooms, self._grid)
        samples = take_samples(slots, bodies, tick, now_ms)
        self._boundary.withhold(self._grid)
        refreshed = choose_lanes(
            slots,
            bodies,
            self._pairs,
            self._lanes,
            self._rooms,
            self._grid,
            self._scratch,
            self._boundary.arrays,
            self._tuning,
            int(self.overload),
            int(self._somebody_lost),
            tick,
        )
        self._somebody_lost = False
        audible_pairs = self.voice.step(self._grid, now_ms)
        rejected = int(report.totals[1])
        return StepReport(
            people=people,
            samples=samples,
            accepted=int(report.totals[0]),
            refreshed=refreshed,
            audible_pairs=audible_pairs,
            rejected_by_reason=report.counts,
            corrected_by_reason=report.corrections,
            rejected_slots=report.rejected_slot[:rejected],
            rejected_reasons=report.rejected_reason[:rejected],
        )

    def encode(self, tick: int, now_ms: int, arena: U8) -> int:
        """Write a frame for everybody who may be written to; give the bytes used.

        `offset` and `length` tell where. What is encoded counts as told and must be sent.

        Args:
            tick: of the step before.
            now_ms: server time of the tick, u32.
            arena: u8, at least `arena_bytes()` long.
        """
        return encode_frames(
            self._slots,
            self._inputs,
            self._bodies,
            self._links,
            self._pairs,
            self._lanes,
            self._grid,
            self._scratch,
            self._frames,
            self._boundary.arrays,
            self._tuning,
            int(self.overload),
            tick,
            now_ms,
            arena,
        )

    def arena_bytes(self) -> int:
        """Give a size that every encode fits in, however large the frames come out."""
        settings = self.settings
        lanes = (settings.lanes + 1) // 2 + settings.lanes * (HEAD_FULL_BYTES + HANDS_FULL_BYTES)
        coarse = 1 + settings.coarse_per_frame * COARSE_BYTES
        header = _WS_HEADER_BYTES + SNAPSHOT_HEADER_BYTES + CORRECTION_BYTES
        return (header + lanes + coarse) * self.people + _ARENA_SLACK_BYTES

    # --- reading ------------------------------------------------------------------------------

    @property
    def people(self) -> int:
        """How many slots are taken."""
        return self.settings.capacity - self._slot_table.free

    @property
    def pose(self) -> F32:
        """[C, 21], where each body is: head, left, right; metres and unit quaternions xyzw."""
        return self._bodies.pose

    @property
    def state(self) -> I32:
        """[C], each body's state bits as on the wire, `away` by the server left out."""
        return self._bodies.state

    def subjects(self, slot: int) -> I32:
        """Give the slots in this observer's lanes, lane by lane; -1 for an empty lane."""
        subjects: I32 = self._lanes.subject[slot]
        return subjects

    @property
    def offset(self) -> I64:
        """[C], where each frame of the last encode begins in its arena."""
        return self._frames.offset

    @property
    def length(self) -> I32:
        """[C], how long each frame of the last encode is, WebSocket header included; 0: none."""
        return self._frames.length

    @property
    def acked_tick(self) -> U32:
        """[C], newest tick each participant said they have."""
        return self._links.acked_tick

    @property
    def last_seq(self) -> I32:
        """[C], newest pose accepted from each connection."""
        return self._links.last_seq

    @property
    def generation(self) -> U32:
        """[C], tells the successive holders of a slot apart."""
        return self._slots.generation

    @property
    def rejections(self) -> U32:
        """[C, len(Rejection)], since each joined."""
        return self._links.rejections
