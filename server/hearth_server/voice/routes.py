"""Who hears whom, by participant ids, for a plane that knows indexes only.

The node's word is kept for everybody it has spoken of, connected or not: a listener or talker who
connects later takes part at once. Owns no policy: it neither adds nor leaves out anybody.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np

from hearth_server.voice.plane import VOICE_SLOTS

#: Rows kept for listeners that are not connected; the oldest make room.
MAX_ROWS: Final = 16_384

Row = tuple[int, ...]
IndexRow = tuple[int, Sequence[int]]


class RouteBook:
    """Rows by listener, and which rows name a talker.

    Args:
        index_of: plane index of a connected participant, or None.
    """

    def __init__(self, index_of: Callable[[int], int | None]) -> None:
        self._index_of = index_of
        self._rows: dict[int, Row] = {}
        self._heard_by: dict[int, set[int]] = {}
        self.epoch = 0

    def take(self, epoch: int, listeners: bytes, rows: bytes) -> list[IndexRow]:
        """Take the node's rows; return those of connected listeners as plane indexes.

        Raises:
            ValueError: the arrays do not fit each other.
        """
        ids = np.frombuffer(listeners, np.dtype("<u4"))
        table = np.frombuffer(rows, np.dtype("<u4")).reshape(len(ids), VOICE_SLOTS)
        self.epoch = epoch
        for listener, row in zip(ids.tolist(), table.tolist(), strict=True):
            self._put(listener, tuple(row))
        return self._in_indexes(ids.tolist())

    def concerning(self, participant: int) -> list[IndexRow]:
        """Return the rows that change when a participant connects or leaves: all that name them."""
        return self._in_indexes({participant, *self._heard_by.get(participant, ())})

    def forget(self, listener: int) -> None:
        """Drop what a participant hears, for good."""
        row = self._rows.pop(listener, None)
        for talker in row or ():
            hearers = self._heard_by.get(talker)
            if hearers is not None:
                hearers.discard(listener)
                if not hearers:
                    del self._heard_by[talker]

    def row(self, listener: int) -> Row:
        """Return the talkers of a listener's slots, 0 for empty ones."""
        return self._rows.get(listener, (0,) * VOICE_SLOTS)

    def _put(self, listener: int, row: Row) -> None:
        self.forget(listener)
        if len(self._rows) >= MAX_ROWS:
            self.forget(next(iter(self._rows)))
        self._rows[listener] = row
        for talker in row:
            if talker:
                self._heard_by.setdefault(talker, set()).add(listener)

    def _in_indexes(self, listeners: Iterable[int]) -> list[IndexRow]:
        found: list[IndexRow] = []
        for listener in listeners:
            index = self._index_of(listener)
            row = self._rows.get(listener)
            if index is None or row is None:
                continue
            talkers = [self._index_of(talker) if talker else None for talker in row]
            found.append((index, [-1 if each is None else each for each in talkers]))
        return found
