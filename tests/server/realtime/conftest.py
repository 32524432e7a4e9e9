"""A furnished room of a group, and three people in it."""

from dataclasses import replace

import pytest

from hearth_protocol.design import DesignObject, DesignPlace, DesignZone
from tests.support.gathering import ROOM, Gathering, Visitor, account
from tests.support.runs import run_of

ANN, BOB, CEM = account("Ann"), account("Bob"), account("Cem")
NOOK = DesignZone(id="nook", name="Nook", kind="private", x0=3, z0=-3, x1=6, z1=3)
STAGE = DesignZone(id="stage", name="Stage", kind="stage", x0=-9, z0=-9, x1=-5, z1=-5)
QUIET = DesignZone(id="corner", name="Corner", kind="quiet", x0=-9, z0=5, x1=-5, z1=9)
DESIGN = ROOM.design.model_copy(
    update={
        "places": [
            DesignPlace(id="mat-1", kind="mat", x=0, z=1, yaw_deg=0),
            DesignPlace(id="mat-2", kind="mat", x=1.5, z=1, yaw_deg=0),
            DesignPlace(id="far", kind="seat", x=-8, z=-8, yaw_deg=0),
        ],
        "zones": [NOOK, STAGE, QUIET],
        "objects": [
            DesignObject(id="lamp", kind="lantern", x=0, y=0.5, z=0.5, yaw_deg=0, colour="#ffcc66")
        ],
    }
)


@pytest.fixture
def gathering() -> Gathering:
    return Gathering(replace(ROOM, design=DESIGN))


@pytest.fixture
def three(gathering: Gathering) -> tuple[Visitor, Visitor, Visitor]:
    people = tuple(gathering.enter(each) for each in (ANN, BOB, CEM))
    for index, person in enumerate(people):
        person.at = (0.3 * index, 1.6, 1.0)
    gathering.settle()  # welcomed
    gathering.settle(2)  # and standing there
    return people  # type: ignore[return-value]


@pytest.fixture
def held(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> tuple[Visitor, Visitor, Visitor]:
    """Ann leads, Bob takes over if she is gone, Cem is a student; the doors are open."""
    gathering.live.begin_gathering(run_of(ANN, BOB))
    gathering.settle(6)
    return three
