"""Doors from Python to the kernels that only kernels call."""

import numpy as np

from hearth_protocol.kernels import pieces, quantize
from hearth_protocol.kernels._jit import kernel


@kernel
def encode_head_full(q: np.ndarray, participant_id: int, age: int, out: np.ndarray, at: int) -> int:
    return pieces.encode_head_full(q, participant_id, age, out, at)


@kernel
def encode_head_delta(q: np.ndarray, base: np.ndarray, age: int, out: np.ndarray, at: int) -> int:
    return pieces.encode_head_delta(q, base, age, out, at)


@kernel
def encode_hands_full(q: np.ndarray, out: np.ndarray, at: int) -> int:
    return pieces.encode_hands_full(q, out, at)


@kernel
def encode_hands_delta(q: np.ndarray, base: np.ndarray, out: np.ndarray, at: int) -> int:
    return pieces.encode_hands_delta(q, base, out, at)


@kernel
def encode_coarse(q: np.ndarray, participant_id: int, out: np.ndarray, at: int) -> int:
    return pieces.encode_coarse(q, participant_id, out, at)


@kernel
def decode_head_full(buf: np.ndarray, at: int, end: int, q: np.ndarray, id_age: np.ndarray) -> int:
    return pieces.decode_head_full(buf, at, end, q, id_age)


@kernel
def decode_head_delta(buf: np.ndarray, at: int, end: int, q: np.ndarray, id_age: np.ndarray) -> int:
    return pieces.decode_head_delta(buf, at, end, q, id_age)


@kernel
def decode_hands_full(buf: np.ndarray, at: int, end: int, q: np.ndarray) -> int:
    return pieces.decode_hands_full(buf, at, end, q)


@kernel
def decode_hands_delta(buf: np.ndarray, at: int, end: int, q: np.ndarray) -> int:
    return pieces.decode_hands_delta(buf, at, end, q)


@kernel
def decode_coarse(buf: np.ndarray, at: int, end: int, out: np.ndarray) -> int:
    return pieces.decode_coarse(buf, at, end, out)


@kernel
def quantize_row(pose: np.ndarray, state: int, out: np.ndarray) -> None:
    quantize.quantize_row(pose, state, out)


@kernel
def dequantize_row(q: np.ndarray, out: np.ndarray) -> None:
    quantize.dequantize_row(q, out)
