"""What groups' rooms add, as a stranger reads it in WIRE.md sections 5 and 12."""

from tests.integration.stranger_checks import (
    COLOR,
    ID,
    KEBAB,
    MILLISECONDS,
    PEOPLE_TEXT,
    REACTION,
    SNAKE,
    U32,
    Table,
    boolean,
    integer,
    many,
    name,
    number,
    one_of,
    part,
    text,
    three,
)

ROLE = one_of("owner", "leader", "moderator", "host", "member", "guest", "listener")
THING = text(1, 32, KEBAB)
ACROSS = number(-24, 24)
DEGREES = number(-360, 360)
LANTERN = one_of("lantern")
BOUNDARY: Table = {"mode": one_of("off", "non_friends", "all"), "radius_m": number(0.3, 1.5)}
GROUP: Table = {"id": text(1, 64), "slug": text(1, 64), "name": text(1, 80)}
YOU: Table = {
    "account": text(1, 64),
    "role": ROLE,
    "rights": many(text(1, 64), 64),
    "companion": boolean,
    "listener": boolean,
    "boundary": part(BOUNDARY),
}
PLACE: Table = {
    "id": THING,
    "kind": one_of("mat", "seat"),
    "x": ACROSS,
    "z": ACROSS,
    "yaw_deg": DEGREES,
}
ZONE: Table = {
    "id": THING,
    "name": text(1, 40),
    "kind": one_of("quiet", "stage", "private"),
    **dict.fromkeys(("x0", "z0", "x1", "z1"), ACROSS),
}
SPAWN: Table = {"x": ACROSS, "z": ACROSS, "yaw_deg": DEGREES}
OBJECT: Table = {
    "id": THING,
    "kind": LANTERN,
    "x": ACROSS,
    "y": number(0, 4),
    "z": ACROSS,
    "yaw_deg": DEGREES,
    "colour": COLOR,
}
DESIGN: Table = {
    "template": one_of("campfire", "studio", "gallery", "classroom", "terrace"),
    "size": one_of("small", "medium", "large", "great"),
    "light": one_of("dawn", "day", "dusk", "night"),
    "places": many(part(PLACE), 64),
    "zones": many(part(ZONE), 8),
    "spawn": many(part(SPAWN), 32),
    "objects": many(part(OBJECT), 16),
}
OBJECT_STATE: Table = {
    "id": THING,
    "kind": LANTERN,
    "colour": COLOR,
    "position": three,
    "yaw": number(),
    "held_by?": ID,
    "offered_to?": ID,
    "locked": boolean,
    "rev": U32,
}
REACTIONS = many(part({"kind": REACTION, "count": U32, "mine": boolean}), 8)
PEOPLE = many(ID, 256)

ROOMS_TO_SERVER: dict[str, Table] = {
    "place": {"rid": U32, "id": THING, "on": boolean},
    "grab": {"rid": U32, "id": THING},
    "move": {"id": THING, "position": three, "yaw": number()},
    "drop": {"rid": U32, "id": THING, "position": three, "yaw": number()},
    "offer": {"rid": U32, "id": THING, "to": U32},
    "lock": {"rid": U32, "id": THING, "on": boolean},
    "boundary": {"rid": U32, **BOUNDARY},
    "near": {"rid": U32, "participant": ID, "on": boolean},
    "safe": {"rid": U32, "on": boolean},
}
ROOMS_TO_CLIENT: dict[str, Table] = {
    "line": {
        "id": integer(1, 2**53 - 1),
        "key?": text(1, 36),
        "author?": text(1, 64),
        "name": name,
        "text": text(0, 2000),
        "at_ms": MILLISECONDS,
        "from?": ID,
        "room?": part({"id": text(1, 64), "name": text(1, 80)}),
        "edited?": boolean,
        "deleted?": boolean,
        "mentions_me?": boolean,
        "reactions?": REACTIONS,
    },
    "places": {"places": many(part({"id": THING, "by": U32}), 64)},
    "objects": {"reset": boolean, "objects": many(part(OBJECT_STATE), 16)},
    "safety": {"safe": boolean, "boundary": part(BOUNDARY), "forced": boolean},
    "you": {"you": part(YOU)},
    "ties": {
        "friends": PEOPLE,
        "muted": PEOPLE,
        "near": many(ID, 16),
        "near_asked": many(ID, 16),
        "near_asks": PEOPLE,
    },
    "faded": {"people": PEOPLE},
    "notice": {"code": text(1, 64, SNAKE), "text": PEOPLE_TEXT},
}
