"""What a fresh room of each template looks like before anybody arranges it."""

import math
from collections.abc import Callable
from typing import Final

from hearth_protocol.design import (
    Design,
    DesignObject,
    DesignPlace,
    DesignSpawn,
    DesignZone,
    Light,
    PlaceKind,
    Size,
    Template,
)

_WARM: Final = "#ffb35c"
_COOL: Final = "#9fd0ff"


def default_design(template: Template) -> Design:
    """Return the design a room of this template begins with."""
    return _DEFAULTS[template]()


def default_capacity(template: Template) -> int:
    """Return how many people a fresh room of this template holds."""
    return {"campfire": 20, "studio": 16, "gallery": 30, "classroom": 30, "terrace": 24}[template]


def _campfire() -> Design:
    return _design(
        ("campfire", "medium", "night"),
        places=_circle("seat", "log", 10, (0.0, 0.0), 2.6),
        spawn=_arrivals(8, 5.2),
        objects=[
            _lantern("lantern-1", 4.5, -4.5, _WARM),
            _lantern("lantern-2", -4.5, -4.5, _WARM),
        ],
    )


def _studio() -> Design:
    # 2.2 m apart, so that arms can be stretched, and nobody straight behind another.
    rows = [
        *((x, -2.6) for x in (-4.4, -2.2, 0.0, 2.2, 4.4)),
        *((x, -0.2) for x in (-5.5, -3.3, -1.1, 1.1, 3.3, 5.5)),
        *((x, 2.2) for x in (-3.3, -1.1, 1.1, 3.3)),
    ]
    return _design(
        ("studio", "medium", "day"),
        places=[
            _place("mat", "mat-teacher", 0.0, -5.2, 180.0),
            *(_place("mat", f"mat-{n + 1}", x, z, 0.0) for n, (x, z) in enumerate(rows)),
        ],
        zones=[_zone("front", "Front", "stage", (-2.5, -7.0, 2.5, -3.6))],
        spawn=[_spawn(x, 7.5, 0.0) for x in (-4.0, -2.0, 0.0, 2.0, 4.0)],
        objects=[_lantern("lantern-1", -6.5, -6.0, _COOL)],
    )


def _gallery() -> Design:
    return _design(
        ("gallery", "large", "day"),
        places=[
            _place("seat", f"bench-{n + 1}", x, z, yaw)
            for n, (x, z, yaw) in enumerate(
                [(-0.5, 0.0, 0.0), (0.5, 0.0, 0.0), (-6.0, 0.5, 90.0), (6.0, 0.5, -90.0)]
            )
        ],
        zones=[_zone("corner", "Quiet corner", "quiet", (9.0, 9.0, 15.0, 15.0))],
        spawn=[_spawn(x, 12.0, 0.0) for x in (-3.0, -1.5, 0.0, 1.5, 3.0)],
        objects=[_lantern("lantern-1", 3.0, 8.0, _COOL)],
    )


def _classroom() -> Design:
    rows = [(x, z) for z in (0.0, 1.6, 3.2, 4.8) for x in (-4.5, -2.7, -0.9, 0.9, 2.7, 4.5)]
    return _design(
        ("classroom", "medium", "day"),
        places=[_place("seat", f"seat-{n + 1}", x, z, 0.0) for n, (x, z) in enumerate(rows)],
        zones=[
            _zone("stage", "Stage", "stage", (-4.0, -9.0, 4.0, -5.0)),
            _zone("nook", "Study nook", "private", (6.5, 6.0, 9.5, 9.5)),
        ],
        spawn=[_spawn(x, 7.5, 0.0) for x in (-4.0, -2.0, 0.0, 2.0, 4.0)],
        objects=[_lantern("lantern-1", -5.0, -6.0, _WARM)],
    )


def _terrace() -> Design:
    circles = (("west", -5.2, -1.0), ("east", 5.2, -1.0), ("south", 0.0, -5.4))
    return _design(
        ("terrace", "medium", "dusk"),
        places=[place for name, x, z in circles for place in _circle("seat", name, 5, (x, z), 1.5)],
        zones=[_zone("alcove", "Alcove", "private", (6.5, 6.0, 9.5, 9.5))],
        spawn=[_spawn(x, 6.0, 0.0) for x in (-3.0, -1.5, 0.0, 1.5, 3.0)],
        objects=[
            _lantern("lantern-1", -5.2, -1.0, _WARM),
            _lantern("lantern-2", 5.2, -1.0, _WARM),
            _lantern("lantern-3", 0.0, -5.4, _WARM),
        ],
    )


_DEFAULTS: Final[dict[Template, Callable[[], Design]]] = {
    "campfire": _campfire,
    "studio": _studio,
    "gallery": _gallery,
    "classroom": _classroom,
    "terrace": _terrace,
}


def _design(
    kind: tuple[Template, Size, Light],
    places: list[DesignPlace],
    spawn: list[DesignSpawn],
    objects: list[DesignObject],
    zones: list[DesignZone] | None = None,
) -> Design:
    template, size, light = kind
    return Design(
        template=template,
        size=size,
        light=light,
        places=places,
        zones=zones or [],
        spawn=spawn,
        objects=objects,
    )


def _place(kind: PlaceKind, name: str, x: float, z: float, yaw_deg: float) -> DesignPlace:
    return DesignPlace(id=name, kind=kind, x=x, z=z, yaw_deg=yaw_deg)


def _circle(
    kind: PlaceKind, name: str, count: int, middle: tuple[float, float], radius_m: float
) -> list[DesignPlace]:
    """Return places around a point, each looking at it."""
    found = []
    for index in range(count):
        angle = 2.0 * math.pi * index / count
        x = round(middle[0] + radius_m * math.sin(angle), 2)
        z = round(middle[1] + radius_m * math.cos(angle), 2)
        found.append(_place(kind, f"{name}-{index + 1}", x, z, round(math.degrees(angle), 1)))
    return found


def _spawn(x: float, z: float, yaw_deg: float) -> DesignSpawn:
    return DesignSpawn(x=x, z=z, yaw_deg=yaw_deg)


def _arrivals(count: int, radius_m: float) -> list[DesignSpawn]:
    return [
        _spawn(place.x, place.z, place.yaw_deg)
        for place in _circle("seat", "at", count, (0.0, 0.0), radius_m)
    ]


def _lantern(name: str, x: float, z: float, colour: str) -> DesignObject:
    return DesignObject(id=name, kind="lantern", x=x, y=0.0, z=z, yaw_deg=0.0, colour=colour)


def _zone(name: str, title: str, kind: str, box: tuple[float, float, float, float]) -> DesignZone:
    x0, z0, x1, z1 = box
    return DesignZone.model_validate(
        {"id": name, "name": title, "kind": kind, "x0": x0, "z0": z0, "x1": x1, "z1": z1}
    )
