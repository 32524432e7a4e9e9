"""Shared objects of a room: who carries what, where things stand. Pure rules.

Whoever is kept apart from the one who carries a thing is told that it stands where it stood: a
lantern that floats would show where somebody is whom they may not see.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from hearth_protocol.design import Design, DesignObject
from hearth_protocol.errors import ErrorCode
from hearth_protocol.group_room import ObjectState
from hearth_protocol.limits import OBJECT_REACH_M
from hearth_server.community.spaces import ObjectKept
from hearth_server.settings import Bounds

Point = tuple[float, float, float]
#: As many as somebody has hands.
HELD_MAX: Final = 2


@dataclass(slots=True)
class _Rest:
    """A thing as it last stood, for those who may not see who carries it."""

    position: Point
    yaw: float
    rev: int


@dataclass(slots=True, eq=False)
class Thing:
    """One object."""

    design: DesignObject
    position: Point
    yaw: float
    rest: _Rest
    locked: bool = False
    held_by: int = 0
    offered_to: int = 0
    rev: int = 0


class Objects:
    """The objects of one room, by id.

    Args:
        design: what there is, and where it stands at first.
        kept: where things were left, and what is locked.
        bounds: nothing is carried out of these.

    Attributes:
        changed: what is to be told at the next tick.
        unsaved: what was put down or locked since it was last kept.
    """

    def __init__(self, design: Design, kept: Iterable[ObjectKept], bounds: Bounds) -> None:
        self._bounds = bounds
        self._things = {each.id: _fresh(each) for each in design.objects}
        self.changed: set[str] = set()
        self.unsaved: set[str] = set()
        for state in kept:
            thing = self._things.get(state.id)
            if thing is not None:
                thing.position = self._inside(state.position)
                thing.yaw, thing.locked = state.yaw, state.locked
                self._settle(thing)

    # --- what people do --------------------------------------------------------------------------

    def grab(self, who: int, thing_id: str, reach: Sequence[Point]) -> ErrorCode | None:
        """Somebody takes a thing; `reach` are the points they can reach out from."""
        thing = self._things.get(thing_id)
        if thing is None:
            return ErrorCode.NO_SUCH_THING
        if thing.held_by == who:
            return None
        refused = self._kept_from(who, thing, reach)
        if refused is None:
            thing.held_by, thing.offered_to = who, 0
            self._touch(thing)
        return refused

    def _kept_from(self, who: int, thing: Thing, reach: Sequence[Point]) -> ErrorCode | None:
        offered = thing.held_by != 0 and thing.offered_to == who
        if thing.locked:
            return ErrorCode.LOCKED
        if thing.held_by and not offered:
            return ErrorCode.TAKEN
        if not offered and min(math.dist(thing.position, at) for at in reach) > OBJECT_REACH_M:
            return ErrorCode.TOO_FAR
        if sum(each.held_by == who for each in self._things.values()) >= HELD_MAX:
            return ErrorCode.NOT_ALLOWED
        return None

    def move(self, who: int, thing_id: str, to: Point, yaw: float, head: Point) -> bool:
        """Somebody carries what they hold. False when they do not hold it."""
        thing = self._things.get(thing_id)
        if thing is None or thing.held_by != who:
            return False
        thing.position = self._inside(_near(head, to))
        thing.yaw = math.remainder(yaw, math.tau)
        self._touch(thing)
        return True

    def drop(self, who: int, thing_id: str, to: Point, yaw: float, head: Point) -> ErrorCode | None:
        """Somebody puts down what they hold."""
        if not self.move(who, thing_id, to, yaw, head):
            return ErrorCode.NO_SUCH_THING if thing_id not in self._things else ErrorCode.TAKEN
        self._put_down(self._things[thing_id])
        return None

    def offer(self, who: int, thing_id: str, to: int) -> ErrorCode | None:
        """Somebody holds out what they hold; 0 takes the offer back."""
        thing = self._things.get(thing_id)
        if thing is None:
            return ErrorCode.NO_SUCH_THING
        if thing.held_by != who:
            return ErrorCode.TAKEN
        thing.offered_to = to
        self._touch(thing)
        return None

    def lock(self, who: int, thing_id: str, on: bool) -> ErrorCode | None:
        """Somebody who may do so fixes a thing where it is, or frees it."""
        thing = self._things.get(thing_id)
        if thing is None:
            return ErrorCode.NO_SUCH_THING
        if thing.held_by not in (0, who):
            return ErrorCode.TAKEN
        thing.locked = on
        self._put_down(thing)
        return None

    def let_go(self, who: int) -> None:
        """Somebody leaves: what they carried stands on the floor below; offers to them lapse."""
        for thing in self._things.values():
            if thing.held_by == who:
                x, _, z = thing.position
                thing.position = (x, 0.0, z)
                self._put_down(thing)
            elif thing.offered_to == who:
                thing.offered_to = 0
                self._touch(thing)

    def part(self, a: int, b: int) -> None:
        """Two are kept apart: neither holds anything out to the other any more."""
        for thing in self._things.values():
            if {thing.held_by, thing.offered_to} == {a, b}:
                thing.offered_to = 0
                self._touch(thing)

    def refit(self, design: Design, bounds: Bounds) -> None:
        """Take another design: things that it has where it had them stay as they are."""
        self._bounds = bounds
        before = self._things
        self._things = {}
        for each in design.objects:
            old = before.get(each.id)
            same = old is not None and old.design == each
            thing = self._things[each.id] = old if old is not None and same else _fresh(each)
            thing.position = self._inside(thing.position)
        self.changed &= self._things.keys()
        self.unsaved &= self._things.keys()

    # --- what people are told --------------------------------------------------------------------

    def all(self, unseen: Collection[int]) -> list[ObjectState]:
        """Return everything as somebody may know it who is kept apart from `unseen`."""
        return [_state(thing, unseen) for thing in self._things.values()]

    def news(self, unseen: Collection[int]) -> list[ObjectState]:
        """Return what changed for somebody."""
        return [
            _state(self._things[each], unseen)
            for each in sorted(self.changed)
            if self._things[each].held_by not in unseen
        ]

    def concerned(self) -> set[int]:
        """Return whom `news` is about: to be kept apart from anybody else makes no difference."""
        things = [self._things[each] for each in self.changed]
        return {who for thing in things for who in (thing.held_by, thing.offered_to)}

    def of(self, people: Collection[int], unseen: Collection[int]) -> list[ObjectState]:
        """Return what these people carry or are offered, as somebody may know it."""
        return [
            _state(thing, unseen)
            for thing in self._things.values()
            if thing.held_by in people or thing.offered_to in people
        ]

    def take_unsaved(self) -> list[ObjectKept]:
        """Return what is to be kept, and start afresh."""
        unsaved, self.unsaved = self.unsaved, set()
        things = [self._things[each] for each in sorted(unsaved)]
        return [
            ObjectKept(thing.design.id, thing.rest.position, thing.rest.yaw, thing.locked)
            for thing in things
        ]

    # --- inside ----------------------------------------------------------------------------------

    def _touch(self, thing: Thing) -> None:
        thing.rev = (thing.rev + 1) & 0xFFFFFFFF
        self.changed.add(thing.design.id)

    def _put_down(self, thing: Thing) -> None:
        thing.held_by = thing.offered_to = 0
        self._touch(thing)
        self._settle(thing)
        self.unsaved.add(thing.design.id)

    def _settle(self, thing: Thing) -> None:
        thing.rest = _Rest(thing.position, thing.yaw, thing.rev)

    def _inside(self, at: Point) -> Point:
        low, high = self._bounds.min, self._bounds.max
        x, y, z = (
            min(max(value, least), most) for value, least, most in zip(at, low, high, strict=True)
        )
        return (x, max(y, 0.0), z)


def _fresh(design: DesignObject) -> Thing:
    position, yaw = (design.x, design.y, design.z), math.radians(design.yaw_deg)
    return Thing(design, position, yaw, _Rest(position, yaw, 0))


def _near(head: Point, to: Point) -> Point:
    """Return a point within reach of the head, as near to `to` as may be."""
    gap_m = math.dist(head, to)
    if gap_m <= OBJECT_REACH_M:
        return to
    share = OBJECT_REACH_M / gap_m
    x, y, z = (h + (t - h) * share for h, t in zip(head, to, strict=True))
    return (x, y, z)


def _state(thing: Thing, unseen: Collection[int]) -> ObjectState:
    design = thing.design
    if thing.held_by in unseen:
        rest = thing.rest
        return ObjectState(
            id=design.id,
            kind=design.kind,
            colour=design.colour,
            position=rest.position,
            yaw=rest.yaw,
            locked=thing.locked,
            rev=rest.rev,
        )
    offered = thing.offered_to and thing.offered_to not in unseen
    return ObjectState(
        id=design.id,
        kind=design.kind,
        colour=design.colour,
        position=thing.position,
        yaw=thing.yaw,
        held_by=thing.held_by or None,
        offered_to=thing.offered_to if offered else None,
        locked=thing.locked,
        rev=thing.rev,
    )
