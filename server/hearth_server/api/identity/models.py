"""The JSON of ways in and of one's own account, with examples for its OpenAPI page."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from hearth_server.api.answers import example
from hearth_server.api.models import Colour
from hearth_server.api.texts import Name
from hearth_server.community.accounts import Account, AccountKind, SessionKind
from hearth_server.community.handles import HANDLE_MAX, HANDLE_RULE, clean_handle
from hearth_server.community.passwords import PASSWORD_MAX
from hearth_server.community.permissions import Role
from hearth_server.services.identity.overview import Me, OwnGroup

_TOKEN: str = "b2N4h0o1v5kq0qv0m8X2c3V9c0Z6tq1bX7rH3aYwTgE"
_PASSWORD: str = "a lantern at the river"


def _handle(typed: str) -> str:
    handle = clean_handle(typed)
    if handle is None:
        raise PydanticCustomError("handle", "should have {rule}", {"rule": HANDLE_RULE})
    return handle


def _plain(typed: str) -> str:
    if "\0" in typed:
        raise PydanticCustomError("plain", "should contain no NUL character")
    return typed


Token = Annotated[
    str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_-]+$", examples=[_TOKEN])
]
Handle = Annotated[
    str, Field(max_length=HANDLE_MAX + 8, examples=["robin"]), AfterValidator(_handle)
]
#: What somebody types to sign in: anything, so that no rule tells what handles look like.
Password = Annotated[
    str, Field(max_length=4 * PASSWORD_MAX, examples=[_PASSWORD]), AfterValidator(_plain)
]
Pattern = Annotated[int, Field(ge=0, le=7)]
RecoveryCode = Annotated[str, Field(max_length=64, examples=["k7qf-2mwd-x5ab-zr4c"])]


class LookRequest(BaseModel):
    """The token of a link, which is what stands after its #."""

    model_config = example(token=_TOKEN)

    token: Token


class SetupLookOut(BaseModel):
    """What a set-up link is for."""

    purpose: Literal["owner", "reset"]
    handle: str | None


class SetupRequest(BaseModel):
    """A set-up link put to use. A reset needs no name and no handle."""

    model_config = example(token=_TOKEN, name="Robin", handle="robin", password=_PASSWORD)

    token: Token
    password: Password
    name: Name | None = None
    handle: Handle | None = None


class RegisterRequest(BaseModel):
    """An account by an invite."""

    model_config = example(
        invite=_TOKEN, name="Robin", handle="robin", password=_PASSWORD, primary="#ff9a4d"
    )

    invite: Token
    name: Name
    handle: Handle
    password: Password
    primary: Colour = "#ff9a4d"
    secondary: Colour = "#8fb8de"
    pattern: Pattern = 0


class GuestRequest(BaseModel):
    """A guest by a guest link: a name is enough."""

    model_config = example(invite=_TOKEN, name="Robin")

    invite: Token
    name: Name
    primary: Colour = "#ff9a4d"
    secondary: Colour = "#8fb8de"
    pattern: Pattern = 0


class SignInRequest(BaseModel):
    """A sign-in. With a recovery code, `password` is the new one."""

    model_config = example(handle="robin", password=_PASSWORD)

    handle: Annotated[str, Field(max_length=64)]
    password: Password
    recovery_code: RecoveryCode | None = None


class UpgradeRequest(BaseModel):
    """What a guest needs to become a member."""

    model_config = example(handle="robin", password=_PASSWORD)

    handle: Handle
    password: Password


class AccountOut(BaseModel):
    """One's own account."""

    id: str
    name: str
    handle: str | None
    kind: AccountKind
    operator: bool
    primary: str
    secondary: str
    pattern: int
    language: str
    time_zone: str

    @classmethod
    def of(cls, account: Account) -> Self:
        """Show an account to its owner."""
        return cls(**{name: getattr(account, name) for name in cls.model_fields})


class SessionOut(BaseModel):
    """The device in use. A guest's has the one room it may enter."""

    id: str
    kind: SessionKind
    room: str | None
    brought: bool = Field(description="A guest for one event alone, who makes no account of it.")


class OwnGroupOut(BaseModel):
    """A group in one's own list."""

    id: str
    slug: str
    name: str
    role: Role | None
    archived: bool
    signed: bool
    unread: int
    mentions: int
    present: int

    @classmethod
    def of(cls, own: OwnGroup) -> Self:
        """Show a group to one who belongs to it."""
        group = own.group
        return cls(
            id=group.id,
            slug=group.slug,
            name=group.name,
            role=own.standing.role,
            archived=group.archived,
            signed=own.standing.signed,
            unread=own.unread,
            mentions=own.mentions,
            present=own.present,
        )


_ME: JsonDict = {
    "account": {
        "id": "k3jq5yw2mzr7ahtc",
        "name": "Robin",
        "handle": "robin",
        "kind": "member",
        "operator": False,
        "primary": "#ff9a4d",
        "secondary": "#8fb8de",
        "pattern": 2,
        "language": "en",
        "time_zone": "Europe/Berlin",
    },
    "session": {"id": "p4fa6xq2ndw7bkzs", "kind": "browser", "room": None, "brought": False},
    "groups": [
        {
            "id": "c5hv3lq7yra2tnpe",
            "slug": "morning-yoga",
            "name": "Morning Yoga",
            "role": "member",
            "archived": False,
            "signed": True,
            "unread": 3,
            "mentions": 1,
            "present": 2,
        }
    ],
    "setup_needed": False,
    "passkeys": True,
}


class MeOut(BaseModel):
    """Who is signed in. `recovery_codes` are there right after they were made, and never again."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ME]})

    account: AccountOut | None
    session: SessionOut | None
    groups: list[OwnGroupOut]
    setup_needed: bool = Field(description="Whether nobody runs this node yet.")
    passkeys: bool = Field(description="Whether passkeys work at this address.")
    recovery_codes: list[str] | None = None

    @classmethod
    def of(cls, me: Me, *, passkeys: bool, codes: tuple[str, ...] = ()) -> Self:
        """Show somebody who they are."""
        session = me.session
        return cls(
            account=AccountOut.of(me.account) if me.account else None,
            session=SessionOut(
                id=session.id, kind=session.kind, room=session.room_id, brought=me.brought
            )
            if session
            else None,
            groups=[OwnGroupOut.of(own) for own in me.groups],
            setup_needed=me.setup_needed,
            passkeys=passkeys,
            recovery_codes=list(codes) or None,
        )
