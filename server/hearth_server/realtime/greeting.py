"""Settings and people in the words of the simulation and of the wire. Pure translations."""

from hearth_protocol.control import Bounds as WireBounds
from hearth_protocol.control import Interest, Person, RoomInfo, Spawn, Tier, Welcome
from hearth_protocol.fields import Device
from hearth_protocol.limits import RESUME_TTL_S
from hearth_protocol.version import VERSION
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room
from hearth_server.rooms.spawn import Spot
from hearth_server.settings import RoomSettings, Settings
from hearth_server.tokens import Profile
from hearth_sim.settings import RoomShape, WorldSettings


def world_settings(settings: Settings) -> WorldSettings:
    """Return the world an operator asked for."""
    return WorldSettings(
        capacity=settings.max_participants,
        tick_hz=settings.tick_rate,
        lanes=settings.neighbours,
        interest_radius_m=min(settings.sight_m, 150.0),
        tiers="on" if settings.tiers else "off",
    )


def room_shape(room: RoomSettings) -> RoomShape:
    """Return the box the simulation keeps people in."""
    return RoomShape(room.bounds.min, room.bounds.max, room.capacity)


def person_of(participant_id: int, profile: Profile, device: Device) -> Person:
    """Return a newcomer as the roster tells of them."""
    return Person(
        id=participant_id,
        name=profile.name,
        primary=profile.primary,
        secondary=profile.secondary,
        pattern=profile.pattern,
        device=device,
    )


def room_info(room: Room) -> RoomInfo:
    """Return a live room as people see it."""
    settings = room.settings
    return RoomInfo(
        id=settings.id,
        name=settings.title,
        description=settings.description,
        space=settings.space,
        bounds=WireBounds(min=settings.bounds.min, max=settings.bounds.max),
        capacity=settings.capacity,
        present=room.present,
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
    who: Participant, room: Room, spot: Spot, world: WorldSettings, at: tuple[int, int]
) -> Welcome:
    """Return the answer to hello.

    Args:
        who: the participant, with their fresh resume token.
        room: where they are.
        spot: where they stand.
        world: what the simulation was built with.
        at: tick and server milliseconds.
    """
    tick, server_ms = at
    return Welcome(
        v=VERSION,
        participant=who.id,
        room=room_info(room),
        tick_hz=world.tick_hz,
        tick=tick,
        server_ms=server_ms,
        resume=who.resume_token,
        resume_ttl_s=RESUME_TTL_S,
        spawn=Spawn(position=(spot.x, spot.y, spot.z), yaw=spot.yaw),
        interest=interest_of(world),
    )
