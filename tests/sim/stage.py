"""A world with its people, their connections and what each connection decoded: for tests."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.kernels.poses import encode_poses
from hearth_protocol.snapshot import LaneTable, Snapshot, Update, decode_snapshot
from hearth_sim.settings import RoomShape, WorldSettings
from hearth_sim.step import StepReport
from hearth_sim.world import World

TICK_MS = 50
BOTH_HANDS = 0b1100


def body(
    x: float, z: float, yaw: float = 0.0, *, y: float = 1.6, hands: float = 0.3
) -> NDArray[np.float32]:
    """Give a pose: head at (x, y, z) turned by `yaw`, hands to the left and right of it."""
    pose = np.zeros(21, np.float32)
    pose[0:3] = x, y, z
    pose[3:7] = 0.0, np.sin(yaw / 2), 0.0, np.cos(yaw / 2)
    pose[7:10] = x - hands, y - 0.5, z
    pose[13] = 1.0
    pose[14:17] = x + hands, y - 0.5, z
    pose[20] = 1.0
    return pose


@dataclass
class Person:
    """One participant and the client at the other end."""

    slot: int
    id: int
    room: int
    seq: int = 0
    table: LaneTable = field(default_factory=LaneTable)
    frame: Snapshot | None = None
    updates: list[Update] = field(default_factory=list)
    frame_bytes: int = 0


class Stage:
    """Steps a world and decodes every frame with the reference decoder."""

    def __init__(self, settings: WorldSettings, *shapes: RoomShape) -> None:
        self.world = World(settings)
        self.rooms = [self.world.open_room(shape) for shape in shapes or (RoomShape(),)]
        self.people: list[Person] = []
        self.tick = 0
        self.now_ms = 100_000
        self._next_id = 1

    def join(self, x: float = 0.0, z: float = 0.0, yaw: float = 0.0, room: int = 0) -> Person:
        """Somebody arrives and may be written to."""
        slot = self.world.join(self.rooms[room], self._next_id, (x, 0.0, z), yaw, self.now_ms)
        person = Person(slot, self._next_id, room)
        self._next_id += 1
        self.people.append(person)
        self.world.may_write[slot] = True
        return person

    def leave(self, person: Person) -> None:
        self.world.leave(person.slot)
        self.people.remove(person)

    def talk(self, person: Person) -> None:
        """Open the microphone and begin to talk."""
        self.world.voice.set_mic(person.slot, True)
        self.world.voice.set_talking(person.slot, True)

    def resume(self, person: Person) -> None:
        """A new connection that was told nothing yet."""
        self.world.reset_baselines(person.slot, self.now_ms)
        person.table = LaneTable()

    def pose(
        self,
        person: Person,
        pose: NDArray[np.float32],
        state: int = BOTH_HANDS,
        **said: int,
    ) -> None:
        """Put a pose frame into the inbox, as if it had arrived just before the next step."""
        person.seq = said.get("seq", (person.seq + 1) & 0xFFFF)
        encode_poses(
            np.zeros(1, np.int64),
            1,
            np.array([person.seq], np.uint16),
            np.array([said.get("participant", person.id)], np.uint32),
            np.array([said.get("captured_ms", self.now_ms + TICK_MS - 10)], np.uint32),
            np.array([said.get("ack_tick", self.tick)], np.uint32),
            np.array([state], np.uint16),
            pose.astype(np.float32)[None, :],
            np.array([0x5EED1234], np.uint32),
            self.world.inbox[person.slot : person.slot + 1],
        )
        self.world.arrived_ms[person.slot] = said.get("arrived_ms", self.now_ms + TICK_MS - 5)

    def step(self) -> StepReport:
        """One tick without encoding."""
        self.tick = (self.tick + 1) & 0xFFFF_FFFF
        self.now_ms = (self.now_ms + TICK_MS) & 0xFFFF_FFFF
        return self.world.step(self.tick, self.now_ms)

    def encode(self) -> None:
        """Encode; every client decodes what it got."""
        arena = np.full(self.world.arena_bytes(), 0xEE, np.uint8)
        used = self.world.encode(self.tick, self.now_ms, arena)
        assert used <= arena.size
        for person in self.people:
            person.frame, person.updates = None, []
            length = int(self.world.length[person.slot])
            person.frame_bytes = length
            if length == 0:
                continue
            start = int(self.world.offset[person.slot])
            person.frame = decode_snapshot(payload(arena[start : start + length].tobytes()))
            person.updates = person.table.apply(person.frame)

    def tick_all(self, ticks: int = 1) -> StepReport:
        """Whole ticks."""
        for _ in range(ticks):
            report = self.step()
            self.encode()
        return report

    def told(self, observer: Person) -> set[int]:
        """Ids told in full to this observer this tick."""
        return {update.id for update in observer.updates}

    def coarse(self, observer: Person) -> set[int]:
        """Ids told coarsely this tick."""
        assert observer.frame is not None
        return {one.id for one in observer.frame.coarse or ()}

    def in_lanes(self, observer: Person) -> set[int]:
        """Slots that the server holds in this observer's lanes."""
        return {int(slot) for slot in self.world.subjects(observer.slot) if slot >= 0}


def payload(frame: bytes) -> bytes:
    """Take the WebSocket header off one whole unmasked binary frame."""
    assert frame[0] == 0x82
    if frame[1] < 126:
        assert len(frame) == 2 + frame[1]
        return frame[2:]
    assert frame[1] == 126
    length = int.from_bytes(frame[2:4], "big")
    assert length >= 126
    assert len(frame) == 4 + length
    return frame[4:]
