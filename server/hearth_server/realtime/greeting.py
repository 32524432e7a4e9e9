"""Settings and people in the words of the simulation and of the wire. Pure translations."""

from hearth_protocol.control import Bounds as WireBounds
from hearth_protocol.control import Interest, Person, RoomInfo, Spawn, Tier, Welcome
from hearth_protocol.design import Design
from hearth_protocol.fields import Device
from hearth_protocol.group_room import GroupRef
from hearth_protocol.limits import RESUME_TTL_S
from hearth_protocol.version import VERSION
from hearth_server.community.spaces import CAPACITY_MAX, RESERVED_SEATS
from hearth_server.rooms.identity import Identity
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room
from hearth_server.rooms.spawn import Spot
from hearth_server.settings import RoomSettings, Settings
from hearth_server.tokens import Profile
from hearth_sim.settings import RoomShape, WorldSettings, ZoneBox

#: Whoever is in a group's room can be something to everybody else in it.
PAIRS_PER_SLOT = CAPACITY_MAX + RESERVED_SEATS


def world_settings(settings: Settings) -> WorldSettings:
    """Return the world an operator asked for."""
    return WorldSettings(
        capacity=settings.max_participants,
        tick_hz=settings.tick_rate,
        lanes=settings.neighbours,
        interest_radius_m=min(settings.sight_m, 150.0),
        tiers="on" if settings.tiers else "off",
        exclusions_per_slot=PAIRS_PER_SLOT,
        friends_per_slot=PAIRS_PER_SLOT,
    )


def room_shape(room: RoomSettings, design: Design | None = None) -> RoomShape:
    """Return the box the simulation keeps people in, and whose sound stays in its zone.

    A private zone has a number of its own and no portal: nothing is heard in or out.
    """
    low, high = room.bounds.min, room.bounds.max
    private = [zone for zone in design.zones if zone.kind == "private"] if design else []
    boxes = tuple(
        ZoneBox(number + 1, (zone.x0, low[1], zone.z0), (zone.x1, high[1], zone.z1))
        for number, zone in enumerate(private)
    )
    return RoomShape(low, high, room.capacity, zones=boxes)


def person_of(
    participant_id: int,
    profile: Profile,
    device: Device,
    identity: Identity | None = None,
    now_ms: int = 0,
) -> Person:
    """Return a newcomer as the roster tells of them.

    Args:
        participant_id: theirs.
        profile: how they look.
        device: what they came with.
        identity: who they are in a group's room.
        now_ms: since the Unix epoch.
    """
    return Person(
        role=identity.role if identity is not None else None,
        new=identity.is_new(now_ms) if identity is not None else None,
        id=participant_id,
        name=profile.name,
        primary=profile.primary,
        secondary=profile.secondary,
        pattern=profile.pattern,
        device=device,
    )


def room_info(room: Room, unseen: int = 0) -> RoomInfo:
    """Return a live room as people see it.

    Args:
        room: which.
        unseen: how many of those in it the receiver may not know of.
    """
    settings, facts = room.settings, room.commons.facts if room.commons is not None else None
    group = facts.group if facts is not None else None
    return RoomInfo(
        group=GroupRef(id=group.id, slug=group.slug, name=group.name) if group else None,
        design=facts.room.design if facts is not None else None,
        version=facts.room.version if facts is not None else None,
        mechanisms=sorted(facts.mechanisms) if facts is not None else None,
        id=settings.id,
        name=settings.title,
        description=settings.description,
        space=facts.room.design.template if facts is not None else settings.space,
        bounds=WireBounds(min=settings.bounds.min, max=settings.bounds.max),
        capacity=settings.capacity,
        present=room.present - unseen,
    )


def interest_of(world: WorldSettings) -> Interest:
    """Return what the server will tell of others, tier by tier."""
    if world.tiers == "off":
        tiers = [Tier(lanes=world.lanes, every=1)]
    else:
        full = min(world.tier_full, world.lanes)
        half = min(world.tier_half, world.lanes - full)
        rest = world.lanes - full - half
        shares = ((full, 1), (half, 2), (rest, 4))
        tiers = [Tier(lanes=lanes, every=every) for lanes, every in shares if lanes]
    return Interest(lanes=world.lanes, radius_m=world.interest_radius_m, tiers=tiers)


def welcome_for(
    who: Participant,
    room: Room,
    spot: Spot,
    world: WorldSettings,
    at: tuple[int, int],
    unseen: int = 0,
) -> Welcome:
    """Return the answer to hello.

    Args:
        who: the participant, with their fresh resume token.
        room: where they are.
        spot: where they stand.
        world: what the simulation was built with.
        at: tick and server milliseconds.
        unseen: how many of those in the room they may not know of.
    """
    tick, server_ms = at
    return Welcome(
        v=VERSION,
        participant=who.id,
        room=room_info(room, unseen),
        tick_hz=world.tick_hz,
        tick=tick,
        server_ms=server_ms,
        resume=who.resume_token,
        resume_ttl_s=RESUME_TTL_S,
        spawn=Spawn(position=(spot.x, spot.y, spot.z), yaw=spot.yaw),
        interest=interest_of(world),
    )
