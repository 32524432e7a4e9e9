"""Voice in the words of the wire: reasons, shapes, slot maps. Pure translations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgpack

from hearth_protocol.framing import server_frame
from hearth_protocol.limits import EARSHOT_MAX
from hearth_protocol.voice import Earshape, Earshot, Hearer, HearingReason, MutedBy
from hearth_server.rooms.participant import Participant
from hearth_sim.settings import Acoustics
from hearth_sim.voice_arrays import HUSHED_HARD

#: What `Hearing` is called on the wire; its number is the index.
REASONS: Final[tuple[HearingReason, ...]] = (
    "near", "near", "stage", "zone", "bubble", "moderator",
)  # fmt: skip

UNAVAILABLE: Final = "Voice is not available right now. Text and gestures still work."
SILENCED: Final = "You cannot be heard here for now. You can still listen."

#: Why a sound connection ended, for the person; reasons of their own doing need no words.
CLOSED_TEXT: Final = {
    "dtls_failed": "The voice connection could not be secured. Reload the page to try again.",
    "dtls_timeout": "The voice connection could not be secured in time. It is tried again.",
    "dtls_no_srtp": "This browser offers no encryption for voice that is known here. Update it.",
    "dtls_fingerprint": "The voice connection was not the one that was offered. Reload the page.",
    "no_path": "No way was found for voice through this network. Text and gestures still work.",
    "silent": "The voice connection was lost. It is being set up again.",
    "voice_full": "Voice is full here at the moment. Text and gestures still work.",
}


def muted_by(who: Participant, muted: int) -> MutedBy | None:
    """Return why somebody is muted hard, what they can end by walking last.

    Args:
        who: the person.
        muted: their bits of `VoicePolicy.muted`.
    """
    by = who.identity.silenced_by if who.identity is not None else None
    return "gathering" if by in (None, "zone") and muted & HUSHED_HARD else by


def earshape(acoustics: Acoustics) -> Earshape:
    """Return how voices fall off in a room."""
    return Earshape(
        ref_m=acoustics.ref_m,
        rolloff=acoustics.rolloff,
        enter_m=acoustics.enter_m,
        leave_m=acoustics.leave_m,
        cone_inner_deg=acoustics.cone_inner_deg,
        cone_outer_deg=acoustics.cone_outer_deg,
        cone_outer_gain=acoustics.cone_outer_gain,
    )


def earshot(listeners: Sequence[int], reasons: Sequence[int], epoch: int) -> Earshot:
    """Return who hears somebody, the first of them by name.

    Args:
        listeners: participant ids.
        reasons: `Hearing` of each.
        epoch: of the routes in force.
    """
    named = zip(listeners[:EARSHOT_MAX], reasons, strict=False)
    return Earshot(
        hearers=[Hearer(id=listener, reason=REASONS[reason]) for listener, reason in named],
        more=max(0, len(listeners) - EARSHOT_MAX),
        epoch=epoch,
    )


def slots_frame(talkers: Sequence[int], reasons: Sequence[int]) -> bytes:
    """Pack a `voice_slots` message: a crowd on the move changes many of them each tick.

    Args:
        talkers: participant ids by voice slot, 0 for none.
        reasons: `Hearing` by voice slot.
    """
    slots = [
        {"slot": slot, "participant": talker, "reason": REASONS[reason]}
        for slot, (talker, reason) in enumerate(zip(talkers, reasons, strict=True))
        if talker
    ]
    packed: bytes = msgpack.packb({"t": "voice_slots", "slots": slots})
    return server_frame(packed)


#: Losing this much of what is sent for this long halves the number of voices.
LOSS_PCT: Final = 10.0
LOSS_FOR_S: Final = 5.0
FINE_FOR_S: Final = 20.0
STEPS: Final = (8, 4, 2)


@dataclass(slots=True)
class Downlink:
    """How many voices one listener's way down carries, judged by what gets lost on it."""

    step: int = 0
    lossy_since_s: float | None = None
    fine_since_s: float | None = None

    def slots(self, loss_pct: float, now_s: float) -> int:
        """Count one report in; return how many voice slots to use."""
        if loss_pct > LOSS_PCT:
            self.fine_since_s = None
            if self.lossy_since_s is None:
                self.lossy_since_s = now_s
            elif now_s - self.lossy_since_s >= LOSS_FOR_S:
                self.step = min(self.step + 1, len(STEPS) - 1)
                self.lossy_since_s = now_s
        else:
            self.lossy_since_s = None
            if self.fine_since_s is None:
                self.fine_since_s = now_s
            elif now_s - self.fine_since_s >= FINE_FOR_S:
                self.step = max(self.step - 1, 0)
                self.fine_since_s = now_s
        return STEPS[self.step]
