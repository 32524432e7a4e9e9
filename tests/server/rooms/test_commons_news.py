"""News of places and things: to be kept apart from whom they are not about makes no difference."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_protocol.design import DesignObject, DesignPlace
from hearth_server.rooms.objects import Objects
from hearth_server.rooms.places import Places
from tests.support.gathering import ROOM

PEOPLE = st.integers(1, 8)
AT = (0.0, 1.6, 0.0)
PLACES = [DesignPlace(id=f"m{n}", kind="mat", x=n * 0.2, z=0, yaw_deg=0) for n in range(6)]
THINGS = [
    DesignObject(id=f"o{n}", kind="lantern", x=0.1 * n, y=0.5, z=0, yaw_deg=0, colour="#ffcc66")
    for n in range(4)
]


@st.composite
def acts(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    what = st.sampled_from(["take", "free", "grab", "drop", "offer", "gone", "told", "form"])
    return draw(st.lists(st.tuples(what, PEOPLE, PEOPLE), max_size=30))


def act(places: Places, objects: Objects, what: str, who: int, other: int) -> None:
    thing = f"o{other % 4}"
    if what == "take":
        places.take(who, f"m{other % 6}")
    elif what == "free":
        places.free(who)
    elif what == "grab":
        objects.grab(who, thing, [AT])
    elif what == "drop":
        objects.drop(who, thing, AT, 0.0, AT)
    elif what == "offer":
        objects.offer(who, thing, other)
    elif what == "gone":
        places.free(who)
        objects.let_go(who)
    elif what == "form":
        places.form(None if places.formed else PLACES[:4])
    else:
        places.changed.clear()
        objects.changed.clear()


@settings(max_examples=200, deadline=None)
@given(acts(), st.frozensets(PEOPLE, max_size=5))
def test_who_is_not_concerned_makes_no_difference(
    done: list[tuple[str, int, int]], unseen: frozenset[int]
) -> None:
    design = ROOM.design.model_copy(update={"places": PLACES, "objects": THINGS, "zones": []})
    places, objects = Places(design), Objects(design, (), ROOM.settings().bounds)
    for what, who, other in done:
        act(places, objects, what, who, other)
        assert places.news(unseen & places.concerned()) == places.news(unseen)
        assert objects.news(unseen & objects.concerned()) == objects.news(unseen)
