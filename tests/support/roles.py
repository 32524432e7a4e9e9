"""A town with somebody in every role of one group, for tests of who may do what."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hearth_server.api.limits import RATES, Rate
from hearth_server.community.permissions import Role
from tests.support.api import ShellOptions
from tests.support.events import keep, record
from tests.support.groups import API, Town, token_of, town

MEMBERS: Final = ("member", "host", "moderator", "leader", "owner")
#: In the order of a table: nobody's, visitors, members, and those who are something elsewhere.
ROLES: Final = ("out", "guest", "listener", *MEMBERS, "operator", "other", "banned")


@dataclass
class Cast:
    """The town, the group, its room, and of the owner's a line, an event that they host, a plan."""

    here: Town
    group: str
    room: str
    line: int
    guest_token: str
    event: str
    plan: str


@asynccontextmanager
async def cast(folder: Path, visibility: str) -> AsyncIterator[Cast]:
    """Open a town whose people are named by their role in one group."""
    # Nothing is limited here: everybody asks for everything.
    options = ShellOptions(rates={budget: Rate(1e9, 1e9) for budget in RATES})
    async with town(folder, "listener", *MEMBERS, "other", options=options) as here:
        await here.person("operator", operator=True)
        await here.person("banned", device="a banned browser")
        made = await here.start("owner", visibility=visibility, joining="invite", name="Matrix")
        group, room = made["group"]["id"], made["room"]["id"]
        token = token_of(made["invite"]["link"])
        signature = await here.signature("owner", group)
        for name in (*MEMBERS[:-1], "banned"):
            await here.join(name, group, invite=token, signature=signature)
            if name != "banned":
                await here.give(group, name, Role(name))
        await here.start("other", name="Elsewhere")
        guest_token = await _guest(here, group, room)
        ban = {"account": here.id("banned"), "kind": "ban", "reason": "Enough."}
        await here.do("owner", "POST", f"/groups/{group}/sanctions", ban)
        line = await here.do(
            "owner", "POST", f"/groups/{group}/lines", {"key": "first", "text": "Hello"}
        )
        event = await keep(here.node.services.store, record(group, room, here.id("owner")))
        plan = await here.do("owner", "POST", f"/groups/{group}/plans", {"title": "Morning"})
        yield Cast(here, group, room, line["id"], guest_token, event.id, plan["id"])


async def _guest(here: Town, group: str, room: str) -> str:
    """Let a guest come in by a guest link and sign; return the link's secret."""
    made = await here.do(
        "owner", "POST", f"/groups/{group}/invites", {"kind": "guest", "room": room}
    )
    token = token_of(made["link"])
    came = await here.client.post(API + "/guests", json={"invite": token, "name": "Gast"})
    assert came.status_code == 200, came.text
    here.tokens["guest"] = came.cookies["hearth_session"]
    here.client.cookies.clear()
    me = await here.get("guest", "/me")
    async with here.node.services.store.reading() as tx:
        account = await tx.identity.account(me["account"]["id"])
    assert account is not None
    here.people["guest"] = account
    await here.do(
        "guest",
        "POST",
        f"/groups/{group}/norms/sign",
        await here.signature("guest", group),
    )
    return token
