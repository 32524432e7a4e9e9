"""One tick in order: ingest, grid, boundaries, samples, interest, voice. Encoding follows.

Poses come from the slots' inbox rows, written by `realtime/connection.py`; what a step decides
is encoded by `hearth_sim/snapshot.py` and written by `realtime/ticker.py`.
"""

from dataclasses import dataclass

from hearth_sim.arrays import I32, I64, U8


@dataclass(frozen=True, slots=True)
class StepReport:
    """What one step found. The arrays are the world's own and valid until the next step.

    `rejected_by_reason` is indexed by `Rejection`, `corrected_by_reason` by `Correction`.
    `rejected_slots` and `rejected_reasons` list the offences (a stale pose is none), at most
    one a slot.
    """

    people: int
    samples: int
    accepted: int
    refreshed: int
    audible_pairs: int
    rejected_by_reason: I64
    corrected_by_reason: I64
    rejected_slots: I32
    rejected_reasons: U8
