"""Compiles the kernels of this package once, with the types used in production."""

from collections.abc import Callable
from typing import Final

import numpy as np

from hearth_protocol.kernels import poses, quantize, scan
from hearth_protocol.limits import (
    INBOX_STRIDE,
    MAX_COARSE,
    MAX_LANES,
    POSE_FLOATS,
    Q_COLUMNS,
    SNAPSHOT_HEADER_BYTES,
)


def _quantize() -> None:
    floats = np.zeros((1, POSE_FLOATS), np.float32)
    rows = np.zeros((1, Q_COLUMNS), np.int32)
    quantize.quantize_rows(floats, np.zeros(1, np.uint16), rows)
    quantize.dequantize_rows(rows, floats)


def _frames() -> None:
    u16 = np.zeros(1, np.uint16)
    u32 = np.zeros(1, np.uint32)
    floats = np.zeros((1, POSE_FLOATS), np.float32)
    frames = np.zeros((1, INBOX_STRIDE), np.uint8)
    poses.encode_poses(np.zeros(1, np.int64), 1, u16, u32, u32, u32, u16, floats, u32, frames)


def _parse() -> None:
    u16 = np.zeros(1, np.uint16)
    u32 = np.zeros(1, np.uint32)
    floats = np.zeros((1, POSE_FLOATS), np.float32)
    inbox = np.zeros((1, INBOX_STRIDE), np.uint8)
    slots = np.zeros(1, np.int64)
    poses.parse_poses(inbox, slots, 1, u16, u32, u32, u32, u16, floats, np.zeros(1, np.uint8))


def _scan() -> None:
    records = np.zeros((1, scan.RECORD_COLUMNS), np.int64)
    scan.scan_frames(np.zeros(64, np.uint8), 0, 0, 0, records, 0, np.zeros(4, np.int64))


def _snapshot() -> None:
    ids = np.zeros(MAX_LANES, np.uint32)
    q = np.zeros((MAX_LANES, Q_COLUMNS), np.int32)
    age = np.zeros(MAX_LANES, np.uint8)
    tick = np.zeros(MAX_LANES, np.uint32)
    updates = np.zeros((MAX_LANES, scan.UPDATE_COLUMNS), np.int64)
    coarse = np.zeros((MAX_COARSE, scan.COARSE_COLUMNS), np.int64)
    summary = np.zeros(scan.SUMMARY_CELLS, np.int64)
    frame = np.zeros(SNAPSHOT_HEADER_BYTES, np.uint8)
    scan.clear_lanes(ids, q)
    scan.decode_snapshot(frame, 0, len(frame), ids, q, age, tick, updates, coarse, summary)


# What only other kernels call (the pieces) is compiled with those.
WARMUPS: Final[list[tuple[str, Callable[[], None]]]] = [("poses", _parse)]
BOT_WARMUPS: Final[list[tuple[str, Callable[[], None]]]] = [
    ("quantisation", _quantize),
    ("pose frames", _frames),
    ("frame scan", _scan),
    ("snapshot decoding", _snapshot),
]
