"""The pieces of a snapshot (section 4.3) one at a time, readable and strict."""

from dataclasses import dataclass
from typing import Final

from hearth_protocol import limits as L
from hearth_protocol.bitstream import BitReader, BitWriter
from hearth_protocol.errors import LocalFault, Malformed, MalformedFrame
from hearth_protocol.quantize import Part, Position, Rotation, check_range

Steps = tuple[int, int, int]
_UNCHANGED: Final[Steps] = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Step:
    """The way from a baseline to now: differences, or a rotation that stands for itself."""

    position: Steps
    rotation: Steps | Rotation


@dataclass(frozen=True, slots=True)
class HeadFull:
    """Names the subject and places its head."""

    id: int
    age: int
    state: int
    head: Part


@dataclass(frozen=True, slots=True)
class HeadDelta:
    """Moves the head of the lane's subject; `state` is None when it did not change."""

    age: int
    state: int | None
    head: Step


@dataclass(frozen=True, slots=True)
class HandsFull:
    """Places both hands."""

    left: Part
    right: Part


@dataclass(frozen=True, slots=True)
class HandsDelta:
    """Moves both hands."""

    left: Step
    right: Step


# --- steps ----------------------------------------------------------------------------------


def step_between(now: Part, base: Part) -> Step:
    """Give the step from base to now, absolute in rotation where a difference will not do."""
    position = tuple(n - b for n, b in zip(now.position, base.position, strict=True))
    rotation: Steps | Rotation = now.rotation
    if now.rotation.k == base.rotation.k:
        dx, dy, dz = (n - b for n, b in zip(now.rotation[1:], base.rotation[1:], strict=True))
        if _class_of((dx, dy, dz), L.ROTATION_WIDTHS) is not None:
            rotation = (dx, dy, dz)
    x, y, z = position
    return Step((x, y, z), rotation)


def apply_step(step: Step, base: Part) -> Part:
    """Give where the step leads.

    Raises:
        MalformedFrame: OUT_OF_RANGE.
    """
    x, y, z = (b + d for b, d in zip(base.position, step.position, strict=True))
    rotation = step.rotation
    if not isinstance(rotation, Rotation):
        a, b, c = (was + d for was, d in zip(base.rotation[1:], rotation, strict=True))
        rotation = Rotation(base.rotation.k, a, b, c)
    return check_range(Part(Position(x, y, z), rotation))


def needs_full(step: Step, widths: tuple[int, ...]) -> bool:
    """Say whether the position moved too far for a delta piece."""
    return _class_of(step.position, widths) is None


def _class_of(steps: Steps, widths: tuple[int, ...]) -> int | None:
    """Give the narrowest class that holds the three steps."""
    for index, width in enumerate(widths):
        if steps == _UNCHANGED:
            return 0
        if width and all(-(1 << width - 1) <= step < 1 << width - 1 for step in steps):
            return index
    return None


def _classes(step: Step, widths: tuple[int, ...]) -> tuple[int, int]:
    position = _class_of(step.position, widths)
    if position is None:
        raise LocalFault("too far for a delta piece")
    if isinstance(step.rotation, Rotation):
        return position, L.ROTATION_ABSOLUTE
    rotation = _class_of(step.rotation, L.ROTATION_WIDTHS)
    if rotation is None:
        raise LocalFault("turned too far for a difference")
    return position, rotation


# --- bits -----------------------------------------------------------------------------------


def _put_part(bits: BitWriter, part: Part) -> None:
    bits.put_signed(part.position.x, L.POSITION_XZ_BITS)
    bits.put_signed(part.position.y, L.POSITION_Y_BITS)
    bits.put_signed(part.position.z, L.POSITION_XZ_BITS)
    _put_rotation(bits, part.rotation)


def _put_rotation(bits: BitWriter, rotation: Rotation) -> None:
    bits.put(rotation.k, 2)
    for value in rotation[1:]:
        bits.put_signed(value, L.ROTATION_BITS)


def _put_step(bits: BitWriter, step: Step, widths: tuple[int, ...]) -> None:
    position, rotation = _classes(step, widths)
    for value in step.position:
        bits.put_signed(value, widths[position])
    if isinstance(step.rotation, Rotation):
        _put_rotation(bits, step.rotation)
    else:
        for value in step.rotation:
            bits.put_signed(value, L.ROTATION_WIDTHS[rotation])


def _take_part(bits: BitReader) -> Part:
    x = bits.take_signed(L.POSITION_XZ_BITS)
    y = bits.take_signed(L.POSITION_Y_BITS)
    z = bits.take_signed(L.POSITION_XZ_BITS)
    return Part(Position(x, y, z), _take_rotation(bits))


def _take_rotation(bits: BitReader) -> Rotation:
    k = bits.take(2)
    return Rotation(k, *_take_steps(bits, L.ROTATION_BITS))


def _take_steps(bits: BitReader, width: int) -> Steps:
    return bits.take_signed(width), bits.take_signed(width), bits.take_signed(width)


def _take_step(bits: BitReader, position: int, rotation: int, widths: tuple[int, ...]) -> Step:
    moved = _take_steps(bits, widths[position])
    if rotation == L.ROTATION_ABSOLUTE:
        return Step(moved, _take_rotation(bits))
    return Step(moved, _take_steps(bits, L.ROTATION_WIDTHS[rotation]))


# --- pieces ---------------------------------------------------------------------------------


def encode_piece(piece: HeadFull | HeadDelta | HandsFull | HandsDelta) -> bytes:
    """Give a piece's bytes, with the narrowest classes.

    Raises:
        LocalFault: a step too wide for any class.
    """
    bits = BitWriter()
    match piece:
        case HeadFull():
            bits.put(piece.id, 32)
            bits.put(piece.age, 8)
            bits.put(piece.state, 16)
            _put_part(bits, piece.head)
        case HeadDelta():
            position, rotation = _classes(piece.head, L.HEAD_POSITION_WIDTHS)
            bits.put(piece.age, 8)
            bits.put(position, 3)
            bits.put(rotation, 3)
            bits.put(piece.state is not None, 1)
            if piece.state is not None:
                bits.put(piece.state, 16)
            _put_step(bits, piece.head, L.HEAD_POSITION_WIDTHS)
        case HandsFull():
            _put_part(bits, piece.left)
            _put_part(bits, piece.right)
        case HandsDelta():
            for step in (piece.left, piece.right):
                position, rotation = _classes(step, L.HAND_POSITION_WIDTHS)
                bits.put(position, 3)
                bits.put(rotation, 3)
            for step in (piece.left, piece.right):
                _put_step(bits, step, L.HAND_POSITION_WIDTHS)
    return bits.to_bytes()


def decode_head_full(data: bytes, at: int) -> tuple[HeadFull, int]:
    """Read a head full piece; give it and its length.

    Raises:
        MalformedFrame: TOO_SHORT, BAD_ID, OUT_OF_RANGE.
    """
    bits = BitReader(data, at)
    participant, age, state = bits.take(32), bits.take(8), bits.take(16)
    head = _take_part(bits)
    if participant == 0:
        raise MalformedFrame(Malformed.BAD_ID)
    return HeadFull(participant, age, state & L.STATE_MASK, check_range(head)), bits.bytes_taken


def decode_head_delta(data: bytes, at: int) -> tuple[HeadDelta, int]:
    """Read a head delta piece; give it and its length (raises TOO_SHORT)."""
    bits = BitReader(data, at)
    age, position, rotation = bits.take(8), bits.take(3), bits.take(3)
    state = bits.take(16) & L.STATE_MASK if bits.take(1) else None
    head = _take_step(bits, position, rotation, L.HEAD_POSITION_WIDTHS)
    return HeadDelta(age, state, head), bits.bytes_taken


def decode_hands_full(data: bytes, at: int) -> tuple[HandsFull, int]:
    """Read a hands full piece; give it and its length (raises TOO_SHORT, OUT_OF_RANGE)."""
    bits = BitReader(data, at)
    left, right = _take_part(bits), _take_part(bits)
    return HandsFull(check_range(left), check_range(right)), bits.bytes_taken


def decode_hands_delta(data: bytes, at: int) -> tuple[HandsDelta, int]:
    """Read a hands delta piece; give it and its length (raises TOO_SHORT)."""
    bits = BitReader(data, at)
    left_position, left_rotation = bits.take(3), bits.take(3)
    right_position, right_rotation = bits.take(3), bits.take(3)
    left = _take_step(bits, left_position, left_rotation, L.HAND_POSITION_WIDTHS)
    right = _take_step(bits, right_position, right_rotation, L.HAND_POSITION_WIDTHS)
    return HandsDelta(left, right), bits.bytes_taken
