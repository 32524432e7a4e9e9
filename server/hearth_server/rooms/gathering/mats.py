"""Which mat is whose while a formation lasts: offered, taken, or free. Pure rules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hearth_protocol.design import DesignPlace
from hearth_protocol.gathering import FormationKind, Mat


@dataclass(slots=True, eq=False)
class MatBook:
    """The mats of a formation, and whose they are, by account.

    Attributes:
        version: counts up with each formation.
        kind: "none" while the room's own places count.
        mats: as they lie.
        offered: who was offered which and has not answered.
        taken: whose each is; kept while its owner is gone, until somebody else needs it.
    """

    version: int = 0
    kind: FormationKind = "none"
    mats: tuple[Mat, ...] = ()
    offered: dict[str, str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    _as_kept: list[dict[str, Any]] | None = None

    def lay(self, kind: FormationKind, mats: Sequence[Mat]) -> None:
        """Begin a formation, or end it with "none": nobody has a mat."""
        self.version += 1
        self.kind, self.mats, self._as_kept = kind, tuple(mats), None
        self.offered.clear()
        self.taken.clear()

    def of(self, account: str) -> Mat | None:
        """Return the mat somebody has."""
        mat_id = self.taken.get(account)
        return next((mat for mat in self.mats if mat.id == mat_id), None)

    def owner(self, mat_id: str) -> str | None:
        """Return who has a mat or is offered it."""
        for book in (self.taken, self.offered):
            for account, held in book.items():
                if held == mat_id:
                    return account
        return None

    def offer(self, account: str, mat_id: str) -> None:
        """Keep a mat for somebody who is asked."""
        self.offered[account] = mat_id

    def take(self, account: str, mat_id: str) -> None:
        """A mat is somebody's; the one they had or were offered before is free."""
        self.offered.pop(account, None)
        self.taken[account] = mat_id

    def free(self, account: str) -> None:
        """Somebody has no mat and is offered none."""
        self.offered.pop(account, None)
        self.taken.pop(account, None)

    def used(self, here: Collection[str]) -> set[int]:
        """Return the indexes of mats that are not to be given away.

        Mats of people who are not here count, while there are others.
        """
        held = {*self.offered.values(), *self.taken.values()}
        if len(held) >= len(self.mats):
            gone = [who for who in (*self.offered, *self.taken) if who not in here]
            for who in gone:
                self.free(who)
            held = {*self.offered.values(), *self.taken.values()}
        return {index for index, mat in enumerate(self.mats) if mat.id in held}

    def places(self) -> list[DesignPlace]:
        """Return the mats as places that are claimed like all others."""
        return [
            DesignPlace(id=mat.id, kind="mat", x=mat.x, z=mat.z, yaw_deg=mat.yaw_deg)
            for mat in self.mats
        ]

    def kept(self) -> dict[str, Any]:
        """Return what a restart must not forget; who was only asked is asked anew."""
        if self._as_kept is None:
            # Asked for whenever anything of a gathering changed, while these lie as they lie.
            self._as_kept = [mat.model_dump() for mat in self.mats]
        return {
            "version": self.version,
            "kind": self.kind,
            "mats": self._as_kept,
            "taken": dict(self.taken),
        }

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> "MatBook":
        """Bring it back."""
        mats = tuple(Mat.model_validate(each) for each in kept["mats"])
        return cls(kept["version"], kept["kind"], mats, {}, dict(kept["taken"]))
