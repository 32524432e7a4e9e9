"""Ways into a community for tests: links, invites, and people with passwords."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from hearth_server.community.accounts import Account, Boundary
from hearth_server.community.groups import Group
from hearth_server.community.membership import Invite
from hearth_server.community.relations import RelationBook
from hearth_server.community.spans import DAY_MS
from hearth_server.ids import new_id
from hearth_server.services.identity.links import make_owner_link, make_reset_link
from hearth_server.services.live import RoomLine
from hearth_server.tokens import digest_of, fresh_token
from tests.support.api import ShellOptions
from tests.support.community import Community
from tests.support.groups import StandingRooms, Town, town

PASSWORD = "a lantern at the river"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
QUEST = (
    "Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) "
    "OculusBrowser/38.0.0 Chrome/134.0.0.0 VR Safari/537.36"
)


async def owner_link(node: Community) -> str:
    """Return the token of a link that makes an operator."""
    return await make_owner_link(node.services.store, node.now_ms)


async def reset_link(node: Community, handle: str) -> str:
    """Return the token of a link that resets a password."""
    token = await make_reset_link(node.services.store, handle, node.now_ms)
    assert isinstance(token, str)
    return token


async def invite(node: Community, **changes: object) -> tuple[Invite, str]:
    """Keep an invite to the node, or what `changes` make of it; return it and its token."""
    token = fresh_token()
    plain = Invite(
        id=new_id(),
        kind="account",
        group_id=None,
        room_id=None,
        created_by=None,
        uses_left=1,
        created_ms=node.now_ms,
        expires_ms=node.now_ms + DAY_MS,
    )
    made = replace(plain, **changes)  # type: ignore[arg-type]
    async with node.services.store.writing() as tx:
        await tx.groups.add_invite(made, digest_of(token))
    return made, token


async def group(node: Community, name: str = "Campers", **changes: object) -> Group:
    """Keep a group without members, norms or rooms."""
    plain = Group(id=new_id(), slug=name.lower(), name=name, created_ms=node.now_ms)
    made = replace(plain, **changes)  # type: ignore[arg-type]
    async with node.services.store.writing() as tx:
        assert await tx.groups.add_group(made)
    return made


async def guest_link(node: Community, of: Group, room_id: str = "den-abc234") -> tuple[Invite, str]:
    """Keep a guest link to a room of a group, for five."""
    return await invite(node, kind="guest", group_id=of.id, room_id=room_id, uses_left=5)


async def with_password(node: Community, handle: str, **changes: object) -> str:
    """Keep an account whose password is `PASSWORD`; return its id."""
    hashed = await node.services.passwords.hash(PASSWORD)
    assert isinstance(hashed, str)
    name = str(changes.pop("name", handle.title()))
    account = await node.person(name, handle=handle, **changes)
    async with node.services.store.writing() as tx:
        await tx.identity.set_password(account.id, hashed)
    return account.id


class WatchedRooms(StandingRooms):
    """Live rooms that remember who was signed off, and whose relations changed."""

    def __init__(self, book: RelationBook | None = None) -> None:
        super().__init__()
        self.signed_off: list[tuple[str, tuple[str, ...] | None]] = []
        #: Pairs, and whether the book kept them apart when the rooms were told.
        self.related_pairs: list[tuple[frozenset[str], bool]] = []
        self.boundaries: list[tuple[str, Boundary]] = []
        self.looks: list[Account] = []
        self.said: list[RoomLine] = []
        self.book = book or RelationBook()

    def sign_off(self, account_id: str, session_ids: Collection[str] | None, text: str, /) -> None:
        self.signed_off.append((account_id, tuple(session_ids) if session_ids else None))

    def look_changed(self, account: Account, /) -> None:
        self.looks.append(account)

    def related(self, a: str, b: str, /) -> None:
        self.related_pairs.append((frozenset((a, b)), self.book.apart(a, b)))

    def say_line(self, line: RoomLine, /) -> None:
        self.said.append(line)

    def boundary_changed(self, account_id: str, boundary: Boundary, /) -> None:
        self.boundaries.append((account_id, boundary))


@asynccontextmanager
async def neighbourhood(
    folder: Path, *names: str, options: ShellOptions | None = None
) -> AsyncIterator[Town]:
    """Open a town whose rooms are watched, with these people in it; all have `PASSWORD`."""
    async with town(folder, options=options) as place:
        rooms = WatchedRooms(place.node.services.relations)
        place.node.services.live = place.rooms = rooms
        for name in names:
            account = await place.person(name)
            hashed = await place.node.services.passwords.hash(PASSWORD)
            assert isinstance(hashed, str)
            async with place.node.services.store.writing() as tx:
                await tx.identity.set_password(account.id, hashed)
        yield place


def watched(place: Town) -> WatchedRooms:
    """Return the rooms of a neighbourhood."""
    assert isinstance(place.rooms, WatchedRooms)
    return place.rooms
