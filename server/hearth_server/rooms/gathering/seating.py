"""Who gets which mat: the least walking, then the wishes that may cost a little of it. Pure.

What holds in any case: nobody gets a mat within two mats of somebody they are apart from. If
that leaves no mat for somebody, they get none. Who would like to be in front is in the front rows
before anything else; friends beside each other are worth `FRIENDS_M` of walking by all together.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from hearth_server.rooms.gathering.layout import APART_M, Mats

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]

#: Two mats further: from middle to middle, metres.
KEPT_APART_M: Final = 2.0 * APART_M
#: So near lie mats beside, before or slantwise behind each other.
BESIDE_M: Final = 1.5 * APART_M
#: What a pair of friends who get mats beside each other may cost the others, metres.
FRIENDS_M: Final = 40.0
#: Looks for a better mat, at most.
LOOKS_MAX: Final = 40
_NEVER: Final = 1e6
_TOO_NEAR: Final = 1e4
_BEHIND: Final = 1e3
_NOBODY: Final = -1


@dataclass(frozen=True, slots=True)
class People:
    """Who is to get a mat.

    Attributes:
        xz: [n, 2], where they stand.
        access: those (by row) who would like to be in front.
        friends: pairs of rows.
        apart: pairs of rows who are kept apart.
    """

    xz: F64
    access: frozenset[int] = frozenset()
    friends: tuple[tuple[int, int], ...] = ()
    apart: tuple[tuple[int, int], ...] = ()


def assign(mats: Mats, people: People) -> I64:
    """Give each person a mat of the front ones: [n] indices, -1 for who gets none.

    The same people at the same places get the same mats, always.
    """
    count = people.xz.shape[0]
    if count == 0 or len(mats) == 0:
        return np.full(count, _NOBODY, np.int64)
    seats = _Seats(mats, people)
    seats.walk_least()
    seats.part()
    seats.unite()
    return seats.mat


def late(
    mats: Mats,
    taken: Collection[int],
    apart: Collection[int] = (),
    at: tuple[float, float] | None = None,
) -> int | None:
    """Give a late comer a mat at the rear or the edge of those in use, or any; None if none fits.

    Args:
        mats: the formation.
        taken: mats in use.
        apart: mats of those whom the late comer is kept apart from.
        at: where they stand.
    """
    used = np.zeros(len(mats), np.bool_)
    used[list(taken)] = True
    may = ~used
    for other in apart:
        away = mats.xz - mats.xz[other]
        may &= np.hypot(away[:, 0], away[:, 1]) >= KEPT_APART_M - 1e-9
    free = np.flatnonzero(may)
    if free.size == 0:
        return None
    start = np.array(at) if at is not None else np.array([mats.stage.x, mats.stage.z])
    walk_m = np.hypot(*(mats.xz[free] - start).T)
    inside = np.array([_is_inside(mats, used, int(mat)) for mat in free])
    last = int(mats.row[used].max(initial=0))
    # Behind the last who sits is as good as beside them, three rows behind them is lonely.
    lonely = np.maximum(mats.row[free] - last, 0)
    forward = np.where(inside, last - mats.row[free], 0)
    return int(free[np.lexsort((free, walk_m, lonely, forward, inside))[0]])


def _is_inside(mats: Mats, used: Bool, mat: int) -> bool:
    """Say whether people sit behind a mat, and on both sides of it in its row."""
    row = int(mats.row[mat])
    if mats.row.max() == 0:
        return False  # a circle has no rear
    behind = bool((used & (mats.row > row)).any())
    beside = np.flatnonzero(mats.row == row)
    # Mats of a row are listed from its middle outwards: no used one lies further out on its side.
    offset = mats.xz[beside] - mats.xz[beside[0]]
    mine = mats.xz[mat] - mats.xz[beside[0]]
    same_side = offset @ mine > 0.0
    further = np.hypot(offset[:, 0], offset[:, 1]) > np.hypot(mine[0], mine[1]) + 1e-9
    outer = bool((used[beside] & same_side & further).any()) or mat == beside[0]
    return behind and outer


class _Seats:
    """People on mats while it is worked out who gets which."""

    def __init__(self, mats: Mats, people: People) -> None:
        self._mats, self._people = mats, people
        count, self._all = people.xz.shape[0], len(mats)
        self._front = min(count, self._all)
        apart_m = cdist(mats.xz, mats.xz)
        self._near = apart_m < KEPT_APART_M - 1e-9
        self._beside = (apart_m < BESIDE_M) & (apart_m > 0.0)
        self._cost: F64 = cdist(people.xz, mats.xz)
        self._front_rows: Bool = np.zeros(self._all, np.bool_)
        self._in_front()
        self._apart = _both_ways(people.apart, count)
        self._friends = _both_ways(people.friends, count)
        self.mat: I64 = np.full(count, _NOBODY, np.int64)
        self._holder: I64 = np.full(self._all, _NOBODY, np.int64)

    def _in_front(self) -> None:
        """Make any mat behind the front rows dear for those who would like to be in front."""
        access = np.array(sorted(self._people.access), np.int64)
        if access.size == 0:
            return
        row = self._mats.row
        self._front_rows = row <= row[min(access.size, self._all) - 1]
        self._cost[np.ix_(access, np.flatnonzero(~self._front_rows))] += _BEHIND

    def walk_least(self) -> None:
        """Give out the front mats so that all together walk least, friends side by side.

        Who is beside whom is settled first, pair by pair, and the others are placed around them;
        should that cost too much walking, friends are left to `unite`.
        """
        alone, alone_m = self._matched({})
        pairs = self._side_by_side(alone)
        chosen = alone
        if pairs:
            together, together_m = self._matched(pairs)
            better = self._pairs_beside(together) - self._pairs_beside(alone)
            if together_m - alone_m <= FRIENDS_M * better:
                chosen = together
        self.mat[:] = chosen
        seated = np.flatnonzero(chosen != _NOBODY)
        self._holder[chosen[seated]] = seated

    def _matched(self, given: dict[int, int]) -> tuple[I64, float]:
        """Give everybody a front mat with the least walking, some of them a given one."""
        people = np.setdiff1d(np.arange(self.mat.size), list(given))
        mats = np.setdiff1d(np.arange(self._front), list(given.values()))
        found = np.full(self.mat.size, _NOBODY, np.int64)
        rows, columns = linear_sum_assignment(self._cost[np.ix_(people, mats)])
        found[people[rows]] = mats[columns]
        for person, mat in given.items():
            found[person] = mat
        seated = np.flatnonzero(found != _NOBODY)
        return found, float(self._cost[seated, found[seated]].sum())

    def _side_by_side(self, alone: I64) -> dict[int, int]:
        """Choose front mats beside each other for friends, as near to both as they can be."""
        given: dict[int, int] = {}
        one, other = np.nonzero(self._beside[: self._front, : self._front])
        free = np.ones(self._all, np.bool_)
        access = self._people.access
        spare = int(self._front_rows.sum()) - len(access)
        for pair in self._people.friends if one.size else ():
            if pair[0] == pair[1] or all(who in given for who in pair):
                continue
            a, b = pair if pair[1] not in given else pair[::-1]  # who has a mat comes first
            open_to = free if spare >= 2 or access & {a, b} else free & ~self._front_rows
            may = open_to[other] & (open_to[one] if a not in given else one == given[a])
            cost = np.where(may, self._cost[a, one] + self._cost[b, other], np.inf)
            best = int(np.argmin(cost))
            alone_m = sum(self._cost[who, alone[who]] for who in (a, b) if alone[who] >= 0)
            if cost[best] > alone_m + FRIENDS_M:
                continue
            for who, mat in ((a, int(one[best])), (b, int(other[best]))):
                if who not in given:
                    given[who], free[mat] = mat, False
                    spare -= int(self._front_rows[mat] and who not in access)
        return given

    def _pairs_beside(self, mat: I64) -> int:
        a, b = np.array(self._people.friends, np.int64).T
        return int((self._beside[mat[a], mat[b]] & (mat[a] >= 0) & (mat[b] >= 0)).sum())

    def part(self) -> None:
        """Move people until nobody is near somebody they are apart from."""
        if self._apart.size == 0:
            return
        looks = 0
        while (torn := self._torn()).size and looks < LOOKS_MAX:
            looks += torn.size
            if not any([self._improve(int(person)) for person in torn]):
                break
        while (torn := self._torn()).size:
            self._unseat(int(torn[np.argmax(self._trouble()[torn])]))
        for person in np.flatnonzero(self.mat == _NOBODY).tolist():
            self._seat(person)

    def unite(self) -> None:
        """Bring friends beside each other where that is worth it."""
        looks = 0
        for one, other in self._people.friends:
            if looks >= LOOKS_MAX or min(self.mat[one], self.mat[other]) == _NOBODY:
                continue
            if self._beside[self.mat[one], self.mat[other]] or one == other:
                continue
            looks += 2
            if not self._improve(one):
                self._improve(other)

    # --- one step --------------------------------------------------------------------------------

    def _trouble(self) -> I64:
        """Count for everybody whom they sit too near to: [n]."""
        a, b = self._apart.T
        both = (self.mat[a] >= 0) & (self.mat[b] >= 0)
        near = both & self._near[self.mat[a], self.mat[b]]
        return np.bincount(a[near], minlength=self.mat.size)

    def _torn(self) -> I64:
        found: I64 = np.flatnonzero(self._trouble())
        return found

    def _improve(self, person: int) -> bool:
        """Move somebody to the mat that makes things best, if any makes them better.

        Whoever sits there gets the mat that comes free.
        """
        here = int(self.mat[person])
        gain = self._gain(person, here)
        there = int(np.argmin(gain))
        if gain[there] >= -1e-9:
            return False
        other = int(self._holder[there])
        self._put(person, there)
        self._holder[here] = _NOBODY
        if other != _NOBODY:
            self._put(other, here)
        return True

    def _gain(self, person: int, here: int) -> F64:
        """Say what it would change if somebody had each mat: [m], less than 0 is better."""
        holder = self._holder
        held = holder != _NOBODY
        mats = np.arange(self._all)
        change: F64 = self._cost[person] - self._cost[person, here]
        change[held] += self._cost[holder[held], here] - self._cost[holder[held], mats[held]]
        for pairs, table, weight in (
            (self._apart, self._near, _TOO_NEAR),
            (self._friends, self._beside, -FRIENDS_M),
        ):
            if pairs.size == 0:
                continue
            mine = pairs[pairs[:, 0] == person, 1]
            mine = self.mat[mine[self.mat[mine] >= 0]]
            change += weight * (table[:, mine].sum(axis=1) - table[here, mine].sum())
            a, b = pairs[(self.mat[pairs] >= 0).all(axis=1) & (pairs != person).all(axis=1)].T
            differs = table[here, self.mat[b]].astype(np.int64) - table[self.mat[a], self.mat[b]]
            theirs = np.bincount(a, differs, minlength=self.mat.size)
            change[held] += weight * theirs[holder[held]]
            # Two who change places with each other stay as far apart as they were.
            change[mine] = _NEVER
        change[here] = 0.0
        return change

    def _put(self, person: int, mat: int) -> None:
        self.mat[person] = mat
        self._holder[mat] = person

    def _unseat(self, person: int) -> None:
        self._holder[self.mat[person]] = _NOBODY
        self.mat[person] = _NOBODY

    def _seat(self, person: int) -> None:
        """Give somebody without a mat the best free one that keeps them apart, if there is one."""
        mine = self._apart[self._apart[:, 0] == person, 1]
        theirs = self.mat[mine[self.mat[mine] >= 0]]
        cost = np.where(self._near[:, theirs].any(axis=1), np.inf, self._cost[person])
        cost[self._holder != _NOBODY] = np.inf
        best = int(np.argmin(cost))
        if np.isfinite(cost[best]):
            self._put(person, best)


def _both_ways(pairs: tuple[tuple[int, int], ...], count: int) -> I64:
    """Return every pair of different people in both orders, [k, 2], without repeats."""
    found = {pair for a, b in pairs for pair in ((a, b), (b, a)) if a != b}
    assert all(0 <= a < count for a, _ in found)
    return np.array(sorted(found), np.int64).reshape(-1, 2)
