"""Whom people do not want to hear: taken out where sound leaves, and nowhere before.

Who hears whom is decided, kept and told as if there were no such wishes, so that nobody finds out
by what they are told, or by whom they lose, that somebody does not want to hear them.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from hearth_protocol.errors import ErrorCode
from hearth_protocol.voice import Mute
from hearth_server.rooms.participant import Participant

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard

U32 = npt.NDArray[np.uint32]

#: Of so many people one without an account can ask not to hear them.
MUTES_MAX: Final = 64
_NOBODY: Final[frozenset[int]] = frozenset()


class Mutes:
    """Whom each listener does not want to hear, by participant."""

    def __init__(self, shard: "Shard") -> None:
        self._shard = shard
        self._of: dict[int, set[int]] = {}
        self._by: dict[int, set[int]] = {}
        self._due: set[Participant] = set()

    def of(self, listener: int) -> frozenset[int] | set[int]:
        """Return whom somebody does not want to hear; do not change it."""
        return self._of.get(listener, _NOBODY)

    def put(self, listener: Participant, talker: Participant, on: bool) -> None:
        """Let somebody not hear another from now on, or again."""
        if on == (talker.id in self.of(listener.id)):
            return
        for book, one, other in ((self._of, listener, talker), (self._by, talker, listener)):
            listed = book.setdefault(one.id, set())
            (listed.add if on else listed.discard)(other.id)
            if not listed:
                del book[one.id]
        self._due.add(listener)

    def take_due(self, told: Collection[int]) -> npt.NDArray[np.int64]:
        """Return the slots of those whose wishes changed since the last step, and start afresh.

        Args:
            told: slots whose routes changed in this step: theirs are sent anyway.
        """
        due, self._due = self._due, set()
        here = self._shard.participants
        slots = sorted(who.slot for who in due if who.id in here and who.slot not in told)
        return np.array(slots, np.int64)

    def forget(self, who: int) -> None:
        """Somebody's visit is over."""
        for book, back in ((self._of, self._by), (self._by, self._of)):
            for other in book.pop(who, ()):
                back[other].discard(who)
                if not back[other]:
                    del back[other]

    def wish(self, connection: "Connection", who: Participant, message: Mute) -> None:
        """Somebody says whom they do not want to hear."""
        if who.identity is not None:
            self._shard.company.ties.mute(connection, who, message)
            return
        whom = self._shard.apart.seen(who, message.participant)
        if whom is None:
            connection.refuse(message.rid, ErrorCode.NO_SUCH_PARTICIPANT)
        elif message.on and len(self.of(who.id) | {whom.id}) > MUTES_MAX:
            connection.refuse(message.rid, ErrorCode.LIST_FULL)
        else:
            self.put(who, whom, message.on)
            connection.ack(message.rid)

    def without(self, listeners: U32, rows: U32) -> U32:
        """Return what is forwarded: rows without those whom their listeners muted.

        Args:
            listeners: [n] participants.
            rows: [n, 8] whom each hears; given back as they are where nobody is muted.
        """
        if not self._of:
            return rows
        muting = [at for at, who in enumerate(listeners.tolist()) if who in self._of]
        if not muting:
            return rows
        wanted = rows.copy()
        for at in muting:
            wanted[at, np.isin(rows[at], list(self._of[int(listeners[at])]))] = 0
        return wanted
