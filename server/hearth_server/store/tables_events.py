"""The tables of events, session plans and poses."""

from typing import Final

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

import hearth_server.store.tables  # noqa: F401 - those that these refer to
from hearth_server.store.columns import flag, key_column, metadata, moment, reference, words

plans: Final = Table(
    "plans",
    metadata,
    key_column(),
    reference("groups", "group_id"),
    words("title"),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("ms", Integer, nullable=False),  # how long it lasts
    Column("cue_count", Integer, nullable=False),
    Column("created_by", Text),
    moment("created_ms"),
    moment("archived_ms", optional=True),
    Index(None, "group_id"),
)

plan_versions: Final = Table(
    "plan_versions",
    metadata,
    reference("plans", "plan_id", key=True),
    Column("version", Integer, primary_key=True),
    Column("parent", Integer),  # the version that undoing this one leads back to
    words("title"),
    Column("cues", JSON, nullable=False),
    words("note"),
    Column("created_by", Text),
    moment("created_ms"),
)

group_poses: Final = Table(
    "group_poses",
    metadata,
    reference("groups", "group_id", key=True),
    Column("pose_id", Text, primary_key=True),
    Column("pose", JSON, nullable=False),
    Column("created_by", Text),
    moment("created_ms"),
)

events: Final = Table(
    "events",
    metadata,
    key_column(),
    reference("groups", "group_id"),
    reference("rooms", "room_id"),
    words("title"),
    words("description"),
    words("template", "class"),  # class, talk
    words("state", "draft"),  # draft, scheduled, cancelled
    words("starts"),  # of the first, local to the zone: 2026-12-01T18:30:00
    words("zone", "UTC"),  # IANA name
    Column("minutes", Integer, nullable=False),
    words("rule"),  # RFC 5545 RRULE value; "" for a single one
    Column("capacity", Integer, nullable=False),
    Column("doors", JSON, nullable=False),  # mode, open_min, late_min, roles
    words("audience", "near"),  # near, nobody
    words("formation", "none"),  # none, rows, arc, circle: offered when it begins
    Column("guests_max", Integer, nullable=False, server_default=text("0")),  # of each who answers
    Column("plan_id", Text, ForeignKey("plans.id", ondelete="SET NULL")),
    Column("host_id", Text, ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("co_hosts", JSON, nullable=False),  # account ids, in the order of succession
    words("note"),  # why it was cancelled
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("created_by", Text),
    moment("created_ms"),
    moment("until_ms", optional=True),  # nothing of it is later; None: without an end
    moment("due_ms", optional=True),  # when the next doors of it open; None: none any more
    Index(None, "group_id", "state"),
    Index(None, "state", "due_ms"),
    Index(None, "room_id"),
    Index(None, "host_id"),
    Index(None, "plan_id"),
)

# An occurrence is known by when its rule says that it begins, local to the event's zone.
event_changes: Final = Table(
    "event_changes",
    metadata,
    reference("events", "event_id", key=True),
    Column("original", Text, primary_key=True),  # 20261201T183000
    flag("cancelled"),
    Column("changes", JSON, nullable=False),  # starts, minutes, title, room_id, capacity, plan_id
    words("note"),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("changed_by", Text),
    moment("changed_ms"),
)

rsvps: Final = Table(
    "rsvps",
    metadata,
    reference("events", "event_id", key=True),
    Column("original", Text, primary_key=True),
    reference("accounts", "account_id", key=True),
    words("state", "going"),  # going, waiting, offered, released
    Column("turn", Integer, nullable=False),  # counts up within an occurrence
    moment("asked_ms"),
    moment("offer_until_ms", optional=True),
    flag("access"),  # would like to be in front
    flag("attendance"),  # the host may keep that one came
    moment("came_ms", optional=True),
    Column("guests", Integer, nullable=False, server_default=text("0")),  # brought, not in yet
    Column("brought_by", Text),  # an account, on whose places somebody came in
    UniqueConstraint("event_id", "original", "turn"),
    Index(None, "account_id"),
    Index(None, "brought_by"),
)

event_runs: Final = Table(
    "event_runs",
    metadata,
    reference("events", "event_id", key=True),
    Column("original", Text, primary_key=True),
    Column("room_id", Text, nullable=False),
    words("state", "doors"),  # doors, live, winding_down, ended
    Column("live", JSON, nullable=False),  # what a gathering needs to go on after a restart
    moment("opened_ms"),
    moment("ended_ms", optional=True),
    moment("kept_ms"),
    Index(None, "state"),
    Index(None, "room_id"),
)

calendar_links: Final = Table(
    "calendar_links",
    metadata,
    reference("accounts", "account_id", key=True),
    Column("token_hash", LargeBinary(32), nullable=False),
    moment("created_ms"),
    UniqueConstraint("token_hash"),
)
