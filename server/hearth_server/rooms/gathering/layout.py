"""The mats of a formation: where each lies, and which may be seen past which. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hearth_protocol.gathering import Anchor, FormationKind, Mat
from hearth_server.rooms.gathering.ground import F64

I64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]

#: From middle to middle of neighbouring mats, metres: lying down with arms out.
APART_M: Final = 2.2
#: Nobody sits nearer than this to the line from somebody else to the stage.
SIGHT_M: Final = 0.2


@dataclass(frozen=True, slots=True)
class Mats:
    """A formation, its mats from the front to the rear, each row from its middle outwards.

    Attributes:
        xz: [n, 2] metres.
        yaw_deg: [n], where somebody on the mat looks.
        row: [n] counted from the stage, 0 for the first.
        stage: what everybody looks at.
    """

    kind: FormationKind
    xz: F64
    yaw_deg: F64
    row: I64
    stage: Anchor

    @classmethod
    def of(cls, kind: FormationKind, mats: Sequence[Mat], stage: Anchor) -> "Mats":
        """Return the formation that `wire` told of."""
        return cls(
            kind=kind,
            xz=np.array([(mat.x, mat.z) for mat in mats], np.float64).reshape(-1, 2),
            yaw_deg=np.array([mat.yaw_deg for mat in mats], np.float64),
            row=np.array([int(mat.id[1:].split("-")[0]) - 1 for mat in mats], np.int64),
            stage=stage,
        )

    def __len__(self) -> int:
        return int(self.row.size)

    def wire(self) -> list[Mat]:
        """Return the mats as people are told of them: "r2-3" is the third of the second row."""
        found: list[Mat] = []
        in_row: dict[int, int] = {}
        told = zip(self.row.tolist(), self.xz.tolist(), self.yaw_deg.tolist(), strict=True)
        for row, (x, z), yaw in told:
            in_row[row] = in_row.get(row, 0) + 1
            found.append(Mat(id=f"r{row + 1}-{in_row[row]}", x=x, z=z, yaw_deg=yaw))
        return found


def hidden_by_others(xz: F64, stage: Anchor) -> Bool:
    """Say of which mats the line to the stage passes within `SIGHT_M` of a nearer one: [n].

    Args:
        xz: [n, 2] metres.
        stage: what is looked at.
    """
    to_stage = np.array([stage.x, stage.z]) - xz
    length = np.maximum(np.hypot(to_stage[:, 0], to_stage[:, 1]), 1e-9)
    ahead = to_stage / length[:, None]
    between = xz[None, :, :] - xz[:, None, :]
    along = np.einsum("ijk,ik->ij", between, ahead)
    aside = np.abs(between[:, :, 0] * ahead[:, None, 1] - between[:, :, 1] * ahead[:, None, 0])
    blocks = (along > 0.0) & (along < length[:, None]) & (aside < SIGHT_M)
    np.fill_diagonal(blocks, False)
    found: Bool = blocks.any(axis=1)
    return found
