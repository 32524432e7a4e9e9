"""Compiles every kernel of this package once, with the types used in production."""

from collections.abc import Callable
from typing import Final

import numpy as np

from hearth_protocol.kernels import pieces, poses, quantize, scan
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
    quantize.quantize_row(floats[0], 0, rows[0])
    quantize.dequantize_row(rows[0], floats[0])
    quantize.quantize_rows(floats, np.zeros(1, np.uint16), rows)
    quantize.dequantize_rows(rows, floats)


def _pieces() -> None:
    row = np.zeros(Q_COLUMNS, np.int32)
    out = np.zeros(64, np.uint8)
    meta = np.zeros(2, np.int64)
    pieces.encode_head_full(row, 1, 0, out, 0)
    pieces.encode_head_delta(row, row, 0, out, 0)
    pieces.encode_hands_full(row, out, 0)
    pieces.encode_hands_delta(row, row, out, 0)
    pieces.encode_coarse(row, 1, out, 0)
    pieces.decode_head_full(out, 0, 64, row, meta)
    pieces.decode_head_delta(out, 0, 64, row, meta)
    pieces.decode_hands_full(out, 0, 64, row)
    pieces.decode_hands_delta(out, 0, 64, row)
    pieces.decode_coarse(out, 0, 64, np.zeros(7, np.int64))


def _poses() -> None:
    rows = np.zeros(1, np.int64)
    u16 = np.zeros(1, np.uint16)
    u32 = np.zeros(1, np.uint32)
    floats = np.zeros((1, POSE_FLOATS), np.float32)
    frames = np.zeros((1, INBOX_STRIDE), np.uint8)
    poses.encode_poses(rows, 1, u16, u32, u32, u32, u16, floats, u32, frames)
    reason = np.zeros(1, np.uint8)
    poses.parse_poses(frames, rows, 1, u16, u32, u32, u32, u16, floats, reason)


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


WARMUPS: Final[list[tuple[str, Callable[[], None]]]] = [
    ("quantisation", _quantize),
    ("pieces", _pieces),
    ("poses", _poses),
    ("frame scan", _scan),
    ("snapshot decoding", _snapshot),
]
