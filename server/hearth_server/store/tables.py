"""The tables, once, for SQLite and PostgreSQL. Times are milliseconds since the Unix epoch.

A change here needs a migration in `migrations/versions`; a test compares the two.
"""

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
    true,
)

from hearth_server.store.columns import SERIAL, flag, key_column, metadata, moment, reference, words

# --- people ------------------------------------------------------------------------------------

accounts: Final = Table(
    "accounts",
    metadata,
    key_column(),
    Column("handle", Text, unique=True),  # lower case; None for guests and the deleted
    words("name"),
    words("kind", "member"),  # member, guest
    flag("operator"),
    Column("password_hash", Text),
    words("primary_colour", "#ff9a4d"),
    words("secondary_colour", "#8fb8de"),
    Column("pattern", SmallInteger, nullable=False, server_default=text("0")),
    words("language"),
    words("time_zone"),
    words("boundary_mode", "non_friends"),
    Column("boundary_mm", Integer, nullable=False, server_default=text("600")),
    moment("created_ms"),
    moment("disabled_ms", optional=True),
    moment("deleted_ms", optional=True),
)

sessions: Final = Table(
    "sessions",
    metadata,
    key_column(),
    reference("accounts", "account_id"),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("device_hash", LargeBinary(32)),  # of the browser's long-lived cookie; bans look at it
    words("kind", "browser"),  # browser, headset, guest
    words("label"),
    Column("room_id", Text),  # a guest's only room
    moment("created_ms"),
    moment("seen_ms"),
    moment("expires_ms"),
    Index(None, "account_id"),
    Index(None, "device_hash"),
)

setup_links: Final = Table(
    "setup_links",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    words("purpose", "owner"),  # owner, reset
    reference("accounts", "account_id", optional=True),
    moment("created_ms"),
    moment("expires_ms"),
    moment("used_ms", optional=True),
)

recovery_codes: Final = Table(
    "recovery_codes",
    metadata,
    key_column(),
    reference("accounts", "account_id"),
    Column("code_hash", LargeBinary(32), nullable=False),
    moment("used_ms", optional=True),
    Index(None, "account_id"),
)

passkeys: Final = Table(
    "passkeys",
    metadata,
    key_column(),  # the credential's id, base64url
    reference("accounts", "account_id"),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    words("name"),
    Column("transports", JSON, nullable=False),
    moment("created_ms"),
    moment("used_ms", optional=True),
    Index(None, "account_id"),
)

pairings: Final = Table(
    "pairings",
    metadata,
    key_column(),
    Column("code_hash", LargeBinary(32), nullable=False, unique=True),
    Column("secret_hash", LargeBinary(32), nullable=False, unique=True),
    reference("accounts", "account_id", optional=True),  # who answered
    words("label"),
    words("state", "waiting"),  # waiting, approved, refused, spent
    moment("created_ms"),
    moment("expires_ms"),
)

friendships: Final = Table(
    "friendships",
    metadata,
    reference("accounts", "low_id", key=True),  # the lesser of the two ids
    reference("accounts", "high_id", key=True),
    Column("asked_by", Text, nullable=False),
    moment("asked_ms"),
    moment("accepted_ms", optional=True),
    moment("declined_ms", optional=True),  # by who was asked; who asked is not told
    moment("withdrawn_ms", optional=True),  # by who asked, after that
    Index(None, "high_id"),
)

blocks: Final = Table(
    "blocks",
    metadata,
    reference("accounts", "account_id", key=True),
    reference("accounts", "blocked_id", key=True),
    moment("created_ms"),
    Index(None, "blocked_id"),
)

mutes: Final = Table(
    "mutes",
    metadata,
    reference("accounts", "account_id", key=True),
    reference("accounts", "muted_id", key=True),
    moment("created_ms"),
)

# --- groups ------------------------------------------------------------------------------------

groups: Final = Table(
    "groups",
    metadata,
    key_column(),
    Column("slug", Text, nullable=False, unique=True),
    words("name"),
    words("purpose"),
    words("language"),
    words("time_zone"),
    words("visibility", "unlisted"),  # listed, unlisted, private
    words("joining", "invite"),  # open, request, invite
    Column("question", Text),
    Column("size_limit", Integer, nullable=False, server_default=text("150")),
    Column("guests_allowed", Boolean, nullable=False, server_default=true()),
    Column("members", Integer, nullable=False, server_default=text("0")),  # kept with memberships
    Column("norms_version", Integer, nullable=False, server_default=text("0")),
    #: Signatures of this version and later still hold: the newest material one.
    Column("norms_binding", Integer, nullable=False, server_default=text("0")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    moment("created_ms"),
    moment("archived_ms", optional=True),
    Index(None, "visibility", "name"),
)

group_tags: Final = Table(
    "group_tags",
    metadata,
    reference("groups", "group_id", key=True),
    Column("tag", Text, primary_key=True),
    Index(None, "tag"),
)

memberships: Final = Table(
    "memberships",
    metadata,
    reference("groups", "group_id", key=True),
    reference("accounts", "account_id", key=True),
    words("role", "member"),
    moment("joined_ms"),
    Column("signed_version", Integer),  # newest norms signed, None before
    Column("read_line", BigInteger, nullable=False, server_default=text("0")),
    Index(None, "account_id"),
    Index(None, "group_id", "joined_ms", "account_id"),
)

join_requests: Final = Table(
    "join_requests",
    metadata,
    key_column(),
    reference("groups", "group_id"),
    reference("accounts", "account_id"),
    words("answer"),
    words("state", "open"),  # open, accepted, declined, withdrawn
    Column("decided_by", Text),
    moment("created_ms"),
    moment("decided_ms", optional=True),
    Index(None, "group_id", "state"),
    Index(None, "account_id"),
)

invites: Final = Table(
    "invites",
    metadata,
    key_column(),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    words("kind", "member"),  # account, member, guest
    reference("groups", "group_id", optional=True),
    Column("room_id", Text),
    Column("created_by", Text),
    Column("uses_left", Integer, nullable=False),
    moment("created_ms"),
    moment("expires_ms"),
    moment("revoked_ms", optional=True),
    Column("event_id", Text),  # of a guest link for one day of an event
    Column("original", Text),
    Index(None, "group_id"),
)

invite_uses: Final = Table(
    "invite_uses",
    metadata,
    reference("invites", "invite_id", key=True),
    reference("accounts", "account_id", key=True),
    moment("used_ms"),
    Index(None, "account_id"),
)

norms: Final = Table(
    "norms",
    metadata,
    reference("groups", "group_id", key=True),
    Column("version", Integer, primary_key=True),
    Column("items", JSON, nullable=False),
    words("hash"),
    flag("material"),
    words("note"),
    Column("created_by", Text),
    moment("created_ms"),
)

signatures: Final = Table(
    "signatures",
    metadata,
    reference("groups", "group_id", key=True),
    reference("accounts", "account_id", key=True),
    Column("version", Integer, primary_key=True),
    words("hash"),
    moment("signed_ms"),
    Index(None, "account_id"),
)

# --- rooms -------------------------------------------------------------------------------------

rooms: Final = Table(
    "rooms",
    metadata,
    key_column(),
    reference("groups", "group_id"),
    words("name"),
    words("description"),
    words("access", "members"),  # everyone, members, hosts, leaders
    Column("capacity", Integer, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),  # of name, access, …
    Column("design_version", Integer, nullable=False, server_default=text("1")),
    moment("created_ms"),
    moment("archived_ms", optional=True),
    Index(None, "group_id"),
)

room_designs: Final = Table(
    "room_designs",
    metadata,
    reference("rooms", "room_id", key=True),
    Column("version", Integer, primary_key=True),
    Column("design", JSON, nullable=False),
    words("note"),
    Column("created_by", Text),
    moment("created_ms"),
)

room_objects: Final = Table(
    "room_objects",
    metadata,
    reference("rooms", "room_id", key=True),
    Column("object_id", Text, primary_key=True),
    Column("state", JSON, nullable=False),  # position, yaw, locked
)

# --- talk --------------------------------------------------------------------------------------

lines: Final = Table(
    "lines",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    reference("groups", "group_id"),
    Column("room_id", Text),
    Column("author_id", Text, ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("key", Text, nullable=False),  # the client's own id: the same line twice is once
    words("text"),
    moment("created_ms"),
    moment("edited_ms", optional=True),
    moment("deleted_ms", optional=True),
    UniqueConstraint("author_id", "key"),
    Index(None, "group_id", "id"),
    Index(None, "group_id", "room_id", "id"),  # what was said in one room: guests' history
)

line_mentions: Final = Table(
    "line_mentions",
    metadata,
    Column("line_id", SERIAL, ForeignKey("lines.id", ondelete="CASCADE"), primary_key=True),
    reference("accounts", "account_id", key=True),
    Column("group_id", Text, nullable=False),
    Index(None, "account_id", "group_id", "line_id"),
)

line_reactions: Final = Table(
    "line_reactions",
    metadata,
    Column("line_id", SERIAL, ForeignKey("lines.id", ondelete="CASCADE"), primary_key=True),
    reference("accounts", "account_id", key=True),
    Column("kind", Text, primary_key=True),
    Index(None, "account_id"),
)

# --- safety ------------------------------------------------------------------------------------

reports: Final = Table(
    "reports",
    metadata,
    key_column(),
    reference("groups", "group_id"),
    Column("room_id", Text),
    Column("reporter_id", Text),
    Column("subject_id", Text),
    words("subject_name"),  # as it was then
    Column("line_id", BigInteger),
    words("line_text"),  # as it was then
    Column("norms_version", Integer),
    Column("norm_item", Integer),
    words("text"),
    words("state", "open"),  # open, claimed, closed
    Column("claimed_by", Text),
    Column("closed_by", Text),
    words("outcome"),
    moment("created_ms"),
    moment("closed_ms", optional=True),
    Index(None, "group_id", "state", "created_ms"),
    Index(None, "reporter_id"),
)

sanctions: Final = Table(
    "sanctions",
    metadata,
    key_column(),
    reference("groups", "group_id"),
    Column("room_id", Text),
    reference("accounts", "account_id"),
    words("kind", "mute"),  # mute, remove, bar, ban
    Column("norm_item", Integer),
    words("reason"),
    Column("report_id", Text),
    Column("by_id", Text),
    moment("created_ms"),
    moment("expires_ms", optional=True),
    moment("lifted_ms", optional=True),
    Column("lifted_by", Text),
    Index(None, "group_id", "created_ms"),
    Index(None, "account_id"),
)

banned_devices: Final = Table(
    "banned_devices",
    metadata,
    reference("sanctions", "sanction_id", key=True),
    Column("device_hash", LargeBinary(32), primary_key=True),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("group_id", Text),  # None: an act of the operator, or on one's own account
    Column("actor_id", Text),
    Column("action", Text, nullable=False),
    Column("subject_id", Text),
    Column("details", JSON, nullable=False),
    moment("created_ms"),
    Index(None, "group_id", "id"),
    Index(None, "actor_id"),
)
