"""A town for tests of groups: people with sessions, live rooms that stand still, one API."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from hearth_server.community.accounts import Account
from hearth_server.community.groups import Standing
from hearth_server.community.permissions import Role
from hearth_server.services.live import EmptyRooms, LivePerson
from hearth_server.services.sessions import DeviceFacts
from tests.support.api import ShellOptions
from tests.support.community import BASE_URL, Community, community

API = "/api/v1"
JSON = dict[str, Any]


class StandingRooms(EmptyRooms):
    """Live rooms in which a test puts people, and which remember what they were told."""

    def __init__(self) -> None:
        self.people: dict[str, list[LivePerson]] = {}
        self.standings: list[Standing] = []
        self.told: list[tuple[str, str]] = []
        self.out: list[tuple[str, tuple[str, ...], str]] = []
        self.changed: list[str] = []

    def put(self, room_id: str, account: Account) -> int:
        """Let somebody be in a room; return their participant number."""
        number = 1 + sum(len(each) for each in self.people.values())
        person = LivePerson(number, account.id, account.name, account.card)
        self.people.setdefault(room_id, []).append(person)
        return number

    def who(self, room_id: str, participant: int, /) -> LivePerson | None:
        here = self.people.get(room_id, ())
        return next((each for each in here if each.participant == participant), None)

    def met(self, account_id: str, room_id: str, participant: int, /) -> LivePerson | None:
        here = self.where(account_id) == room_id
        return self.who(room_id, participant) if here else None

    def presence(self, room_ids: Collection[str], /) -> Mapping[str, Sequence[LivePerson]]:
        return {room: here for room, here in self.people.items() if room in room_ids}

    def accounts_in(self, room_ids: Collection[str], /) -> Mapping[str, Sequence[str | None]]:
        return {
            room: [each.account_id for each in here]
            for room, here in self.presence(room_ids).items()
        }

    def where(self, account_id: str, /) -> str | None:
        for room, here in self.people.items():
            if any(each.account_id == account_id for each in here):
                return room
        return None

    def standing_changed(self, standing: Standing, /, *, told: str = "") -> None:
        self.standings.append(standing)
        if told and standing.account_id is not None:
            self.told.append((standing.account_id, told))

    def put_out(
        self, account_id: str, room_ids: Collection[str], text: str, /, *, waits: bool = False
    ) -> None:
        self.out.append((account_id, tuple(room_ids), text))

    def room_changed(self, room_id: str, /) -> None:
        self.changed.append(room_id)


@dataclass
class Town:
    """People by name, and what they do over HTTP."""

    node: Community
    client: httpx.AsyncClient
    rooms: StandingRooms
    people: dict[str, Account] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    async def person(self, name: str, device: str | None = None, **changes: object) -> Account:
        """Let somebody have an account and be signed in."""
        account = await self.node.person(name, **changes)
        self.people[name] = account
        opened = await self.node.session(account, DeviceFacts(device=device))
        self.tokens[name] = opened.token
        return account

    async def ask(
        self, who: str | None, method: str, path: str, body: object = None
    ) -> httpx.Response:
        """Ask the API as somebody; None is signed out."""
        headers = {}
        if who is not None:
            headers["cookie"] = f"hearth_session={self.tokens[who]}"
        return await self.client.request(method, API + path, json=body, headers=headers)

    async def get(self, who: str | None, path: str) -> JSON:
        """Ask for something that is there."""
        response = await self.ask(who, "GET", path)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def do(self, who: str | None, method: str, path: str, body: object = None) -> JSON:
        """Do something that works."""
        response = await self.ask(who, method, path, body)
        assert response.status_code < 300, response.text
        return dict(response.json()) if response.content else {}

    async def refused(
        self, who: str | None, method: str, path: str, body: object = None
    ) -> tuple[int, str]:
        """Do something that is refused; return status and code."""
        response = await self.ask(who, method, path, body)
        assert response.status_code >= 400, response.text
        return response.status_code, response.json()["code"]

    async def start(self, who: str, **changes: object) -> JSON:
        """Start a group: listed and open unless told otherwise."""
        answers = {
            "name": "Evening Yoga",
            "template": "studio",
            "visibility": "listed",
            "joining": "open",
            **changes,
        }
        return await self.do(who, "POST", "/groups", answers)

    async def signature(self, who: str | None, group: str) -> JSON:
        """Return what signs the norms in force, as somebody reads them."""
        norms = await self.get(who, f"/groups/{group}/norms")
        return {"version": norms["version"], "hash": norms["hash"]}

    async def join(self, who: str, group: str, **body: object) -> JSON:
        """Join a group, signed."""
        if "signature" not in body and "invite" not in body:
            body["signature"] = await self.signature(who, group)
        return await self.do(who, "POST", f"/groups/{group}/join", body)

    async def give(self, group_id: str, who: str, role: Role) -> None:
        """Make somebody what the API does not let one become in a single step."""
        async with self.node.services.store.writing() as tx:
            await tx.groups.set_role(group_id, self.people[who].id, role)

    def id(self, who: str) -> str:
        """Return somebody's account."""
        return self.people[who].id


@asynccontextmanager
async def town(
    folder: Path, *names: str, options: ShellOptions | None = None, url: str | None = None
) -> AsyncIterator[Town]:
    """Open a town in which these people have accounts, on a database in `folder` or at `url`."""
    async with community(folder, url, options) as node:
        rooms = StandingRooms()
        node.talk.open_rooms(rooms)
        # From elsewhere: this machine's own requests are exempt from limits.
        transport = httpx.ASGITransport(node.app, client=("203.0.113.9", 50000))
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
            here = Town(node, client, rooms)
            for name in names:
                await here.person(name)
            yield here


async def group_of(here: Town, *members: str, **changes: object) -> tuple[str, str]:
    """Start a group of Robin's that these people joined; return it and its room."""
    made = await here.start("Robin", **changes)
    group_id, room_id = str(made["group"]["id"]), str(made["room"]["id"])
    for name in members:
        await here.join(name, group_id)
    return group_id, room_id


def token_of(link: str) -> str:
    """Return the secret of an invite's link."""
    return link.partition("#")[2]
