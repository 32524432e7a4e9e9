"""What the node side of voice tells the rooms, as a Protocol that the voice desk satisfies."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]


class Desk(Protocol):
    """Who listens to the voice worker. Everything is called on the node's event loop."""

    def ready(self) -> None:
        """Offers are answered from now on."""
        ...

    def lost(self, text: str, /) -> None:
        """The worker is gone, and every connection with it; `text` is for people."""
        ...

    def answered(self, participant: int, rid: int, sdp: str, /) -> None:
        """An offer was answered."""
        ...

    def refused(self, participant: int, rid: int, code: str, text: str, /) -> None:
        """An offer cannot be used."""
        ...

    def peer_state(self, participant: int, state: str, path: str, reason: str, /) -> None:
        """A participant's sound connection changed."""
        ...

    def edges(self, participants: U32, talking: U8, /) -> None:
        """Some began or stopped talking."""
        ...

    def levels(self, participants: U32, dbov: U8, /) -> None:
        """How loud some are, -dBov."""
        ...

    def acked(self, epoch: int, /) -> None:
        """The routes of this epoch are in force."""
        ...

    def quality(self, participant: int, loss_pct: float, /) -> None:
        """How well somebody receives."""
        ...
