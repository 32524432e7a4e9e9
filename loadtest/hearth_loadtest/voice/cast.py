"""Which bots of a run talk and which listen."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hearth_loadtest.casting import Company, sampled_bots
from hearth_loadtest.voice.wish import VoiceWish

I64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cast:
    """Bot numbers, rising: who talks, who listens, who does either."""

    talkers: I64
    ears: I64
    bots: I64

    @staticmethod
    def of(wish: VoiceWish, company: Company) -> "Cast":
        """Choose them, spread over the rooms and within them."""
        talkers = sampled_bots(company, wish.talkers)
        wanted = company.users if wish.listeners is None else wish.listeners
        ears = sampled_bots(company, wanted) if wanted else np.zeros(0, dtype=np.int64)
        return Cast(talkers, ears, np.union1d(talkers, ears))
