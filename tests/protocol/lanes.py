"""The kernels' lane arrays beside the readable lane table."""

import numpy as np

from hearth_protocol import limits as L
from hearth_protocol.kernels import scan
from hearth_protocol.snapshot import Lane, LaneTable, Update
from tests.protocol.rows import bytes_of, part_of


class KernelLanes:
    """One observer's lanes as the kernels keep them."""

    def __init__(self) -> None:
        self.ids = np.zeros(L.MAX_LANES, np.uint32)
        self.q = np.zeros((L.MAX_LANES, L.Q_COLUMNS), np.int32)
        self.age = np.zeros(L.MAX_LANES, np.uint8)
        self.tick = np.zeros(L.MAX_LANES, np.uint32)
        self.out = np.zeros((L.MAX_LANES, scan.UPDATE_COLUMNS), np.int64)
        self.out_coarse = np.zeros((L.MAX_COARSE, scan.COARSE_COLUMNS), np.int64)
        self.summary = np.zeros(scan.SUMMARY_CELLS, np.int64)

    def decode(self, payload: bytes) -> int:
        """Decode from the middle of a larger buffer full of other bytes; give the reason."""
        before = 5
        buf = np.full(len(payload) + 64, 0xA7, np.uint8)
        buf[before : before + len(payload)] = bytes_of(payload)
        return int(
            scan.decode_snapshot(
                buf,
                before,
                before + len(payload),
                self.ids,
                self.q,
                self.age,
                self.tick,
                self.out,
                self.out_coarse,
                self.summary,
            )
        )

    @property
    def updates(self) -> list[Update]:
        return [Update(*map(int, row)) for row in self.out[: self.summary[0]]]

    @property
    def coarse(self) -> list[tuple[int, ...]]:
        return [tuple(map(int, row)) for row in self.out_coarse[: self.summary[1]]]

    def table(self) -> LaneTable:
        """The same as a readable table."""
        lanes: list[Lane | None] = []
        for index in range(L.MAX_LANES):
            row = self.q[index]
            hands = (part_of(row, L.Q_LEFT), part_of(row, L.Q_RIGHT))
            lane = Lane(
                id=int(self.ids[index]),
                age=int(self.age[index]),
                state=int(row[L.Q_STATE]),
                head=part_of(row, L.Q_HEAD),
                hands=hands if row[L.Q_HANDS_TOLD] else None,
                tick=int(self.tick[index]),
            )
            lanes.append(lane if lane.id else None)
        return LaneTable(lanes)
