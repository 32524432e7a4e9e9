"""Control frames waiting for one connection: bounded, in order, never dropped silently."""

# Room for every page of a full roster, with as much again to spare.
OUTBOX_BYTES_MAX = 2 * 1024 * 1024


class Outbox:
    """Packed frames that go out at the next tick.

    Poses age and are left out; control does not and waits. Who lets 2 MiB of it pile up cannot
    be told the truth any more and has to be closed.
    """

    __slots__ = ("_frames", "size")

    def __init__(self) -> None:
        self._frames: list[bytes] = []
        self.size = 0

    def put(self, frames: bytes) -> bool:
        """Add whole frames. False when they do not fit: the connection must be closed."""
        if self.size + len(frames) > OUTBOX_BYTES_MAX:
            return False
        self._frames.append(frames)
        self.size += len(frames)
        return True

    def take(self) -> bytes:
        """Return everything waiting, in order, and be empty."""
        frames = self._frames[0] if len(self._frames) == 1 else b"".join(self._frames)
        self._frames.clear()
        self.size = 0
        return frames

    @property
    def count(self) -> int:
        """How many are waiting."""
        return len(self._frames)

    def __bool__(self) -> bool:
        return bool(self._frames)
