"""What the worker tells the node of its own accord: who talks, how loud, which routes, how much.

Reads the plane and speaks to the link; decides nothing.
"""

from collections import Counter
from collections.abc import Callable

import numpy as np

from hearth_server.voice import link
from hearth_server.voice.plane import SILENCE_DBOV, DataPlane
from hearth_server.voice.switchboard import Switchboard


class Reporter:
    """Turns the plane's figures into messages, leaving out what the node knows already.

    Args:
        plane: whose figures.
        board: knows who sits at which plane index.
        counts: what Python counted.
        tell: sends a message to the node.
    """

    def __init__(
        self,
        plane: DataPlane,
        board: Switchboard,
        counts: Counter[str],
        tell: Callable[[link.FromWorker], object],
    ) -> None:
        self._plane = plane
        self._board = board
        self._counts = counts
        self._tell = tell
        self._acked = 0
        self._levels: dict[int, int] = {}
        self._told: dict[str, int] = {}
        self._talking: set[int] = set()

    def round(self) -> None:
        """Send edges and acknowledgements; call every 20 ms unless `calm`, then at 10 Hz."""
        self._plane.poll()
        self.edges()
        epoch = self._plane.acked_epoch()
        if epoch != self._acked:
            self._acked = epoch
            self._tell(link.Acked(epoch))

    def calm(self) -> bool:
        """Say whether nobody talks and no acknowledgement is due: time brings no news soon."""
        self._talking &= self._board.by_index.keys()
        return not self._talking and self._acked == self._board.routes.epoch

    def edges(self) -> None:
        """Send who began or stopped talking."""
        peers, talking = [], []
        for index, on in self._plane.edges():
            (self._talking.add if on else self._talking.discard)(index)
            peer = self._board.by_index.get(index)
            if peer is not None:
                peers.append(peer.participant)
                talking.append(on)
        if peers:
            self._tell(link.Edges(np.array(peers, "<u4").tobytes(), bytes(talking)))

    def levels(self) -> None:
        """Send levels that changed; call at 10 Hz."""
        now = self._plane.levels()
        board = self._board
        levels: dict[int, int] = {}
        for index in np.flatnonzero(now != SILENCE_DBOV).tolist():
            peer = board.by_index.get(index)
            if peer is not None:
                levels[peer.participant] = int(now[index])
        changed = {
            participant: level
            for participant, level in levels.items()
            if level != self._levels.get(participant, SILENCE_DBOV)
        }
        for participant in self._levels.keys() - levels.keys():
            peer = board.peers.get(participant)
            if peer is not None and peer.index is not None:
                changed[participant] = SILENCE_DBOV
        self._levels = levels
        if changed:
            ids = np.array(list(changed), "<u4")
            self._tell(link.Levels(ids.tobytes(), bytes(changed.values())))

    def counters(self) -> None:
        """Send what was counted since the last time, and that the loop turns; call at 1 Hz."""
        totals = Counter(self._plane.counters())
        totals.update(self._counts)
        news = {name: n - self._told.get(name, 0) for name, n in totals.items()}
        self._told = dict(totals)
        self._tell(link.Counts({name: n for name, n in news.items() if n}))
        self._tell(link.Alive())

    def quality(self, now_s: float) -> None:
        """Send how well people receive, where it changed; call at 1 Hz."""
        for index, loss_pct, jitter_ms in self._board.desk.quality(now_s):
            peer = self._board.by_index.get(index)
            if peer is not None:
                self._tell(link.Quality(peer.participant, loss_pct, jitter_ms))
