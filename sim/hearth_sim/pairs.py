"""Exclusions and friendships: symmetric short lists per slot."""

import numpy as np

from hearth_sim.arrays import I32, Lanes, Pairs
from hearth_sim.slots import WorldFullError


def _add(count: I32, listed: I32, owner: int, other: int) -> None:
    size = int(count[owner])
    if other in listed[owner, :size]:
        return
    listed[owner, size] = other
    count[owner] = size + 1


def _remove(count: I32, listed: I32, owner: int, other: int) -> None:
    size = int(count[owner])
    at = np.flatnonzero(listed[owner, :size] == other)
    if at.size == 0:
        return
    listed[owner, at[0]] = listed[owner, size - 1]
    listed[owner, size - 1] = -1
    count[owner] = size - 1


def link(count: I32, listed: I32, a: int, b: int) -> None:
    """Put each in the other's list, or neither.

    Raises:
        WorldFullError: one of the lists is full.
    """
    most = listed.shape[1]
    if b in listed[a, : count[a]]:
        return
    if count[a] >= most or count[b] >= most:
        raise WorldFullError(f"a slot holds {most} pairs of one kind and no more")
    _add(count, listed, a, b)
    _add(count, listed, b, a)


def unlink(count: I32, listed: I32, a: int, b: int) -> None:
    """Take each out of the other's list."""
    _remove(count, listed, a, b)
    _remove(count, listed, b, a)


def clear(count: I32, listed: I32, slot: int) -> None:
    """Empty a slot's list and take it out of everybody's: who gets it next is somebody else."""
    for other in listed[slot, : count[slot]].tolist():
        _remove(count, listed, other, slot)
    listed[slot, : count[slot]] = -1
    count[slot] = 0


def _hint(pairs: Pairs, *changed: int) -> None:
    """Say anew in one word a slot who may be in their list, so that most need not search it."""
    for slot in changed:
        listed = pairs.excluded[slot, : pairs.excluded_count[slot]].astype(np.int64)
        pairs.excluded_hint[slot] = np.bitwise_or.reduce(np.left_shift(np.int64(1), listed & 63))


def exclude(pairs: Pairs, lanes: Lanes, a: int, b: int) -> None:
    """Neither is told of the other any more; lanes that say otherwise are emptied now.

    Raises:
        WorldFullError: one of the two lists is full; then nothing changed.
    """
    link(pairs.excluded_count, pairs.excluded, a, b)
    _hint(pairs, a, b)
    for observer, subject in ((a, b), (b, a)):
        subjects = lanes.subject[observer]
        held = subjects == subject
        subjects[held] = -1
        lanes.used[observer] -= int(np.count_nonzero(held))


def include(pairs: Pairs, a: int, b: int) -> None:
    """Take an exclusion back."""
    unlink(pairs.excluded_count, pairs.excluded, a, b)
    _hint(pairs, a, b)


def befriend(pairs: Pairs, a: int, b: int) -> None:
    """Prefer each in the other's choice of lanes.

    Raises:
        WorldFullError: one of the two lists is full; then nothing changed.
    """
    link(pairs.friend_count, pairs.friend, a, b)


def unfriend(pairs: Pairs, a: int, b: int) -> None:
    """Take a friendship back."""
    unlink(pairs.friend_count, pairs.friend, a, b)


def forget(pairs: Pairs, slot: int) -> None:
    """Clear every list that names this slot: the next who gets it is somebody else."""
    others = pairs.excluded[slot, : pairs.excluded_count[slot]].tolist()
    clear(pairs.excluded_count, pairs.excluded, slot)
    _hint(pairs, slot, *others)
    clear(pairs.friend_count, pairs.friend, slot)
