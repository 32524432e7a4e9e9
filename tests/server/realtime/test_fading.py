"""Who vanishes for whom by a personal boundary is told to both, and again to who comes back."""

from hearth_protocol.group_room import Faded
from tests.support.gathering import Gathering, Visitor, account

ANN, BOB = account("Ann"), account("Bob")


def told(visitor: Visitor) -> list[int]:
    messages = visitor.all(Faded)
    return messages[-1].people if messages else []


def press(gathering: Gathering, mover: Visitor, towards: tuple[float, float, float]) -> None:
    """Push against somebody's edge for three seconds."""
    x, y, z = towards
    for step in range(60):
        mover.at = (x, y, z + max(0.05, 1.5 - step * 0.05))
        gathering.settle(1)


def test_pushing_against_somebody_makes_both_vanish_until_they_part() -> None:
    gathering = Gathering()
    ann, bob = gathering.enter(ANN), gathering.enter(BOB)
    ann.at, bob.at = (0.0, 1.6, -3.0), (0.0, 1.6, 3.0)
    gathering.settle(10)
    assert told(ann) == told(bob) == []
    press(gathering, bob, ann.at)
    assert (told(ann), told(bob)) == ([bob.id], [ann.id])
    bob.at = (0.0, 1.6, 3.0)
    gathering.settle(20)
    assert told(ann) == told(bob) == []
