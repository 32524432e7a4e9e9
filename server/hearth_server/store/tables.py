"""The tables, once, for SQLite and PostgreSQL. Times are milliseconds since the Unix epoch.

A change here needs a migration in `migrations/versions`; a test compares the two.
"""

from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
#: Counts up by itself; SQLite does that for INTEGER primary keys only.
_Serial = BigInteger().with_variant(Integer(), "sqlite")


def _id(name: str = "id") -> Column[Any]:
    return Column(name, Text, primary_key=True)


def _of(target: str, name: str, *, optional: bool = False, key: bool = False) -> Column[Any]:
    return Column(
        name,
        Text,
        ForeignKey(f"{target}.id", ondelete="CASCADE"),
        nullable=optional,
        primary_key=key,
    )


def _at(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, BigInteger, nullable=optional)


def _flag(name: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False, server_default=false())


def _words(name: str, default: str = "") -> Column[Any]:
    return Column(name, Text, nullable=False, server_default=default)


# --- people ------------------------------------------------------------------------------------

accounts: Final = Table(
    "accounts",
    metadata,
    _id(),
    Column("handle", Text, unique=True),  # lower case; None for guests and the deleted
    _words("name"),
    _words("kind", "member"),  # member, guest
    _flag("operator"),
    Column("password_hash", Text),
    _words("primary_colour", "#ff9a4d"),
    _words("secondary_colour", "#8fb8de"),
    Column("pattern", SmallInteger, nullable=False, server_default=text("0")),
    _words("language"),
    _words("time_zone"),
    _words("boundary_mode", "non_friends"),
    Column("boundary_mm", Integer, nullable=False, server_default=text("600")),
    _at("created_ms"),
    _at("disabled_ms", optional=True),
    _at("deleted_ms", optional=True),
)

sessions: Final = Table(
    "sessions",
    metadata,
    _id(),
    _of("accounts", "account_id"),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("device_hash", LargeBinary(32)),  # of the browser's long-lived cookie; bans look at it
    _words("kind", "browser"),  # browser, headset, guest
    _words("label"),
    Column("room_id", Text),  # a guest's only room
    _at("created_ms"),
    _at("seen_ms"),
    _at("expires_ms"),
    Index(None, "account_id"),
    Index(None, "device_hash"),
)

setup_links: Final = Table(
    "setup_links",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    _words("purpose", "owner"),  # owner, reset
    _of("accounts", "account_id", optional=True),
    _at("created_ms"),
    _at("expires_ms"),
    _at("used_ms", optional=True),
)

recovery_codes: Final = Table(
    "recovery_codes",
    metadata,
    _id(),
    _of("accounts", "account_id"),
    Column("code_hash", LargeBinary(32), nullable=False),
    _at("used_ms", optional=True),
    Index(None, "account_id"),
)

passkeys: Final = Table(
    "passkeys",
    metadata,
    _id(),  # the credential's id, base64url
    _of("accounts", "account_id"),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    _words("name"),
    Column("transports", JSON, nullable=False),
    _at("created_ms"),
    _at("used_ms", optional=True),
    Index(None, "account_id"),
)

pairings: Final = Table(
    "pairings",
    metadata,
    _id(),
    Column("code_hash", LargeBinary(32), nullable=False, unique=True),
    Column("secret_hash", LargeBinary(32), nullable=False, unique=True),
    _of("accounts", "account_id", optional=True),  # who answered
    _words("label"),
    _words("state", "waiting"),  # waiting, approved, refused, spent
    _at("created_ms"),
    _at("expires_ms"),
)

friendships: Final = Table(
    "friendships",
    metadata,
    _of("accounts", "low_id", key=True),  # the lesser of the two ids
    _of("accounts", "high_id", key=True),
    Column("asked_by", Text, nullable=False),
    _at("asked_ms"),
    _at("accepted_ms", optional=True),
    Index(None, "high_id"),
)

blocks: Final = Table(
    "blocks",
    metadata,
    _of("accounts", "account_id", key=True),
    _of("accounts", "blocked_id", key=True),
    _at("created_ms"),
    Index(None, "blocked_id"),
)

mutes: Final = Table(
    "mutes",
    metadata,
    _of("accounts", "account_id", key=True),
    _of("accounts", "muted_id", key=True),
    _at("created_ms"),
)

# --- groups ------------------------------------------------------------------------------------

groups: Final = Table(
    "groups",
    metadata,
    _id(),
    Column("slug", Text, nullable=False, unique=True),
    _words("name"),
    _words("purpose"),
    _words("language"),
    _words("time_zone"),
    _words("visibility", "unlisted"),  # listed, unlisted, private
    _words("joining", "invite"),  # open, request, invite
    Column("question", Text),
    Column("size_limit", Integer, nullable=False, server_default=text("150")),
    Column("guests_allowed", Boolean, nullable=False, server_default=true()),
    Column("members", Integer, nullable=False, server_default=text("0")),  # kept with memberships
    Column("norms_version", Integer, nullable=False, server_default=text("0")),
    #: Signatures of this version and later still hold: the newest material one.
    Column("norms_binding", Integer, nullable=False, server_default=text("0")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    _at("created_ms"),
    _at("archived_ms", optional=True),
    Index(None, "visibility", "name"),
)

group_tags: Final = Table(
    "group_tags",
    metadata,
    _of("groups", "group_id", key=True),
    Column("tag", Text, primary_key=True),
    Index(None, "tag"),
)

memberships: Final = Table(
    "memberships",
    metadata,
    _of("groups", "group_id", key=True),
    _of("accounts", "account_id", key=True),
    _words("role", "member"),
    _at("joined_ms"),
    Column("signed_version", Integer),  # newest norms signed, None before
    Column("read_line", BigInteger, nullable=False, server_default=text("0")),
    Index(None, "account_id"),
    Index(None, "group_id", "joined_ms", "account_id"),
)

join_requests: Final = Table(
    "join_requests",
    metadata,
    _id(),
    _of("groups", "group_id"),
    _of("accounts", "account_id"),
    _words("answer"),
    _words("state", "open"),  # open, accepted, declined, withdrawn
    Column("decided_by", Text),
    _at("created_ms"),
    _at("decided_ms", optional=True),
    Index(None, "group_id", "state"),
    Index(None, "account_id"),
)

invites: Final = Table(
    "invites",
    metadata,
    _id(),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    _words("kind", "member"),  # account, member, guest
    _of("groups", "group_id", optional=True),
    Column("room_id", Text),
    Column("created_by", Text),
    Column("uses_left", Integer, nullable=False),
    _at("created_ms"),
    _at("expires_ms"),
    _at("revoked_ms", optional=True),
    Index(None, "group_id"),
)

invite_uses: Final = Table(
    "invite_uses",
    metadata,
    _of("invites", "invite_id", key=True),
    _of("accounts", "account_id", key=True),
    _at("used_ms"),
    Index(None, "account_id"),
)

norms: Final = Table(
    "norms",
    metadata,
    _of("groups", "group_id", key=True),
    Column("version", Integer, primary_key=True),
    Column("items", JSON, nullable=False),
    _words("hash"),
    _flag("material"),
    _words("note"),
    Column("created_by", Text),
    _at("created_ms"),
)

signatures: Final = Table(
    "signatures",
    metadata,
    _of("groups", "group_id", key=True),
    _of("accounts", "account_id", key=True),
    Column("version", Integer, primary_key=True),
    _words("hash"),
    _at("signed_ms"),
    Index(None, "account_id"),
)

# --- rooms -------------------------------------------------------------------------------------

rooms: Final = Table(
    "rooms",
    metadata,
    _id(),
    _of("groups", "group_id"),
    _words("name"),
    _words("description"),
    _words("access", "members"),  # everyone, members, hosts, leaders
    Column("capacity", Integer, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),  # of name, access, …
    Column("design_version", Integer, nullable=False, server_default=text("1")),
    _at("created_ms"),
    _at("archived_ms", optional=True),
    Index(None, "group_id"),
)

room_designs: Final = Table(
    "room_designs",
    metadata,
    _of("rooms", "room_id", key=True),
    Column("version", Integer, primary_key=True),
    Column("design", JSON, nullable=False),
    _words("note"),
    Column("created_by", Text),
    _at("created_ms"),
)

room_objects: Final = Table(
    "room_objects",
    metadata,
    _of("rooms", "room_id", key=True),
    Column("object_id", Text, primary_key=True),
    Column("state", JSON, nullable=False),  # position, yaw, locked
)

# --- talk --------------------------------------------------------------------------------------

lines: Final = Table(
    "lines",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    _of("groups", "group_id"),
    Column("room_id", Text),
    Column("author_id", Text, ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("key", Text, nullable=False),  # the client's own id: the same line twice is once
    _words("text"),
    _at("created_ms"),
    _at("edited_ms", optional=True),
    _at("deleted_ms", optional=True),
    UniqueConstraint("author_id", "key"),
    Index(None, "group_id", "id"),
    Index(None, "group_id", "room_id", "id"),  # what was said in one room: guests' history
)

line_mentions: Final = Table(
    "line_mentions",
    metadata,
    Column("line_id", _Serial, ForeignKey("lines.id", ondelete="CASCADE"), primary_key=True),
    _of("accounts", "account_id", key=True),
    Column("group_id", Text, nullable=False),
    Index(None, "account_id", "group_id", "line_id"),
)

line_reactions: Final = Table(
    "line_reactions",
    metadata,
    Column("line_id", _Serial, ForeignKey("lines.id", ondelete="CASCADE"), primary_key=True),
    _of("accounts", "account_id", key=True),
    Column("kind", Text, primary_key=True),
    Index(None, "account_id"),
)

# --- safety ------------------------------------------------------------------------------------

reports: Final = Table(
    "reports",
    metadata,
    _id(),
    _of("groups", "group_id"),
    Column("room_id", Text),
    Column("reporter_id", Text),
    Column("subject_id", Text),
    _words("subject_name"),  # as it was then
    Column("line_id", BigInteger),
    _words("line_text"),  # as it was then
    Column("norms_version", Integer),
    Column("norm_item", Integer),
    _words("text"),
    _words("state", "open"),  # open, claimed, closed
    Column("claimed_by", Text),
    Column("closed_by", Text),
    _words("outcome"),
    _at("created_ms"),
    _at("closed_ms", optional=True),
    Index(None, "group_id", "state", "created_ms"),
    Index(None, "reporter_id"),
)

sanctions: Final = Table(
    "sanctions",
    metadata,
    _id(),
    _of("groups", "group_id"),
    Column("room_id", Text),
    _of("accounts", "account_id"),
    _words("kind", "mute"),  # mute, remove, bar, ban
    Column("norm_item", Integer),
    _words("reason"),
    Column("report_id", Text),
    Column("by_id", Text),
    _at("created_ms"),
    _at("expires_ms", optional=True),
    _at("lifted_ms", optional=True),
    Column("lifted_by", Text),
    Index(None, "group_id", "created_ms"),
    Index(None, "account_id"),
)

banned_devices: Final = Table(
    "banned_devices",
    metadata,
    _of("sanctions", "sanction_id", key=True),
    Column("device_hash", LargeBinary(32), primary_key=True),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("group_id", Text),  # None: an act of the operator, or on one's own account
    Column("actor_id", Text),
    Column("action", Text, nullable=False),
    Column("subject_id", Text),
    Column("details", JSON, nullable=False),
    _at("created_ms"),
    Index(None, "group_id", "id"),
    Index(None, "actor_id"),
)
