"""Ways into a community for tests: links, invites, and people with passwords."""

from dataclasses import replace

from hearth_server.community.groups import Group
from hearth_server.community.membership import Invite
from hearth_server.ids import new_id
from hearth_server.services.identity.links import make_owner_link, make_reset_link
from hearth_server.tokens import digest_of, fresh_token
from tests.support.community import Community

DAY_MS = 86_400_000
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
    account = await node.person(handle.title(), handle=handle, **changes)
    async with node.services.store.writing() as tx:
        await tx.identity.set_password(account.id, hashed)
    return account.id
