"""Bits to bytes and back, least significant first (section 2.2); slow and obvious."""

from hearth_protocol.errors import LocalFault, Malformed, MalformedFrame


class BitWriter:
    """Collects bits; `to_bytes` pads the last byte with zeros."""

    def __init__(self) -> None:
        self._bits = 0
        self._count = 0

    def put(self, value: int, width: int) -> None:
        """Append an unsigned number."""
        if not 0 <= value < 1 << width:
            raise LocalFault(f"{value} does not fit u{width}")
        self._bits |= value << self._count
        self._count += width

    def put_signed(self, value: int, width: int) -> None:
        """Append a two's complement number; width 0 takes 0 only."""
        if width == 0 and value == 0:
            return
        if width == 0 or not -(1 << (width - 1)) <= value < 1 << (width - 1):
            raise LocalFault(f"{value} does not fit i{width}")
        self.put(value & ((1 << width) - 1), width)

    def to_bytes(self) -> bytes:
        """Give what was written so far."""
        return self._bits.to_bytes((self._count + 7) // 8, "little")


class BitReader:
    """Takes bits from the front of `data[at:]`."""

    def __init__(self, data: bytes, at: int) -> None:
        self._bits = int.from_bytes(data[at:], "little")
        self._available = 8 * max(0, len(data) - at)
        self._taken = 0

    def take(self, width: int) -> int:
        """Read an unsigned number.

        Raises:
            MalformedFrame: TOO_SHORT, the bytes end before it does.
        """
        if self._taken + width > self._available:
            raise MalformedFrame(Malformed.TOO_SHORT)
        value = (self._bits >> self._taken) & ((1 << width) - 1)
        self._taken += width
        return value

    def take_signed(self, width: int) -> int:
        """Read a two's complement number; 0 for width 0 (raises as `take`)."""
        value = self.take(width)
        return value - (1 << width) if width and value >> (width - 1) else value

    @property
    def bytes_taken(self) -> int:
        """How many bytes the bits read so far begin in."""
        return (self._taken + 7) // 8
