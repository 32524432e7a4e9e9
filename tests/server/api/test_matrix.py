"""Who may do what: every endpoint of the API for every role, and what each is answered.

A new endpoint without a row fails. Rows ask for things that are not there or change nothing, so
that those who may get a 404, a 409 or the like, and the next one finds everything as it was.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount, Route

from hearth_server.community.furnishing import default_design
from tests.support.events import ORIGINAL
from tests.support.groups import town
from tests.support.roles import MEMBERS, ROLES, Cast, cast

pytestmark = pytest.mark.asyncio

ANY: Final = ROLES
SIGNED: Final = ROLES[1:]
ACCOUNTS: Final = ROLES[2:]
GROUP: Final = MEMBERS
HOSTS: Final = MEMBERS[1:]
MODERATORS: Final = MEMBERS[2:]
LEADERS: Final = MEMBERS[3:]
OWNER: Final = ("owner",)
STRANGERS: Final = ("out", "listener", "operator", "other")
NOBODY: Final[tuple[str, ...]] = ()
TOKEN: Final = "x" * 43
NONE: Final = "aaaaaaaaaaaaaaaa"


@dataclass(frozen=True)
class Row:
    """What an endpoint answers: `ok` to those in `may`, `out` to the signed out, else `no`.

    `but` names exceptions. In a private group strangers get 404, but for the signed out where the
    endpoint asks for a sign-in before it looks (it is not `open`).
    """

    ok: int
    may: Collection[str]
    body: Any = None
    no: int = 403
    out: int = 401
    but: dict[str, int] = field(default_factory=dict)
    open: bool = False

    def expected(self, role: str) -> int:
        if role in self.but:
            return self.but[role]
        if role in self.may:
            return self.ok
        return self.out if role == "out" else self.no

    def hidden(self, role: str) -> int:
        """Return what is expected where the group is private."""
        expected = self.expected(role)
        asked_first = expected == 401 and not self.open
        return 404 if role in STRANGERS and not asked_first else expected


DESIGN: Final = default_design("studio").model_dump()
NORMS: Final = {"version": 99, "items": [], "material": False, "note": ""}
BAN: Final = {"account": NONE, "kind": "ban", "reason": "x"}
SIGNATURE: Final = {"version": 99, "hash": "0" * 64}
PERSON: Final = {"account": NONE}
PASSWORD: Final = "a lantern at the river"
WRONG: Final = "not the right one"
CODE: Final = "KHT4WQ"
PASSKEY: Final = {"challenge_id": TOKEN, "credential": {}}
SAFETY: Final = {"boundary": {"mode": "non_friends", "radius_m": 0.6}}
NEWCOMER: Final = {"invite": TOKEN, "name": "New", "handle": "newcomer", "password": PASSWORD}
UPGRADE: Final = {"handle": "owner", "password": PASSWORD}

EVENT: Final = "/events/{event}"
DAY: Final = "/events/{event}/occurrences/{original}"
YOGA: Final = {"title": "Yoga", "room": "attic", "starts": "2027-05-04T18:30", "zone": "UTC"}

TIMES: Final = {"starts": "2030-01-01T18:30", "zone": "UTC", "rule": "FREQ=DAILY"}
LOST: Final = {"title": "x", "cues": [{"id": "a", "seconds": 30, "pose": "no-such"}]}
MOUNTAIN: Final = {
    "id": "mountain",
    "name": "Mountain",
    "posture": "standing",
    "text": "The library has it.",
    "keys": [{"at": 0.0, "root": [0.0, 0.92, 0.0]}],
}

OF_THE_NODE: Final[dict[str, Row]] = {
    "GET /info": Row(200, ANY),
    "GET /rooms": Row(200, ANY),
    "POST /tickets": Row(200, NOBODY, {"room": "campfire"}, out=403),
    "GET /me": Row(200, ANY),
    "PATCH /me": Row(200, SIGNED, {}),
    "GET /me/export": Row(200, SIGNED),
    "PUT /me/password": Row(200, NOBODY, {"current": WRONG, "password": PASSWORD}),
    "POST /me/recovery-codes": Row(200, NOBODY, {"password": WRONG}),
    "GET /me/devices": Row(200, SIGNED),
    "DELETE /me/devices": Row(204, SIGNED),
    "DELETE /me/devices/{session_id}": Row(404, SIGNED),
    "POST /setup/look": Row(404, ANY, {"token": TOKEN}),
    "POST /setup": Row(404, ANY, {"token": TOKEN, "password": PASSWORD}),
    "POST /invites/look": Row(404, ANY, {"token": TOKEN}),
    "POST /accounts": Row(404, ANY, NEWCOMER),
    "POST /guests": Row(404, ("out", "guest"), {"invite": TOKEN, "name": "New"}, no=409),
    "POST /me/upgrade": Row(409, SIGNED, UPGRADE),
    "POST /session": Row(401, ANY, {"handle": "nobody-ROLE", "password": WRONG}),
    "POST /session/passkey/options": Row(403, ANY),
    "POST /session/passkey": Row(403, ANY, PASSKEY),
    "POST /me/passkeys/options": Row(403, SIGNED, {"password": WRONG}),
    "GET /me/passkeys": Row(200, ACCOUNTS),
    "POST /me/passkeys": Row(403, SIGNED, {**PASSKEY, "name": "Key"}),
    "DELETE /me/passkeys/{credential_id}": Row(404, ACCOUNTS),
    "POST /pairings": Row(201, ANY, {}),
    "POST /pairings/poll": Row(404, ANY, {"secret": TOKEN}),
    "POST /me/pairings/look": Row(404, ACCOUNTS, {"code": CODE}),
    "POST /me/pairings": Row(404, ACCOUNTS, {"code": CODE, "approve": True}),
    "GET /me/friends": Row(200, ACCOUNTS),
    "POST /me/friends": Row(404, ACCOUNTS, PERSON),
    "DELETE /me/friends/{account}": Row(204, ACCOUNTS),
    "GET /me/safety": Row(200, SIGNED),
    "PATCH /me/safety": Row(200, SIGNED, SAFETY),
    "POST /me/blocks": Row(404, SIGNED, PERSON),
    "DELETE /me/blocks/{account}": Row(204, SIGNED),
    "POST /me/mutes": Row(404, SIGNED, PERSON),
    "DELETE /me/mutes/{account}": Row(204, SIGNED),
    "GET /me/events": Row(200, SIGNED),
    "GET /me/calendar": Row(200, ACCOUNTS),
    "POST /me/calendar": Row(201, ACCOUNTS),
    "DELETE /me/calendar": Row(204, ACCOUNTS),
    "GET /calendars/{token}.ics": Row(404, ANY),
    "GET /admin/overview": Row(200, ("operator",)),
    "GET /admin/accounts": Row(200, ("operator",)),
    "POST /admin/accounts/{account}/disable": Row(404, ("operator",), {"on": True}),
    "POST /admin/invites": Row(201, ("operator",), {"uses": 1, "days": 1}),
    "GET /admin/groups": Row(200, ("operator",)),
    "GET /admin/audit": Row(200, ("operator",)),
    "GET /plan-starters": Row(200, ANY),
    "GET /poses": Row(200, ANY),
    "GET /groups": Row(200, ANY),
    "POST /groups": Row(201, ACCOUNTS, {"name": "Mine", "template": "terrace"}),
}

OF_THE_GROUP: Final[dict[str, Row]] = {
    "GET /groups/{group}": Row(200, ANY),
    "PATCH /groups/{group}": Row(409, LEADERS, {"version": 99, "name": "x"}),
    "POST /groups/{group}/archive": Row(200, OWNER, {"on": False}),
    "POST /groups/{group}/join": Row(200, GROUP, {}),
    "POST /groups/{group}/transfer": Row(404, OWNER, PERSON),
    "GET /groups/{group}/requests": Row(200, MODERATORS),
    "POST /groups/{group}/requests/{request_id}": Row(404, MODERATORS, {"accept": True}),
    "GET /groups/{group}/invites": Row(200, HOSTS),
    "POST /groups/{group}/invites": Row(404, HOSTS, {"kind": "guest", "room": "attic"}),
    "DELETE /groups/{group}/invites/{invite_id}": Row(404, HOSTS),
    "GET /groups/{group}/members": Row(200, GROUP, open=True),
    "PATCH /groups/{group}/members/{account}": Row(404, LEADERS, {"role": "host"}),
    "DELETE /groups/{group}/members/{account}": Row(404, MODERATORS),
    "GET /groups/{group}/norms": Row(200, ANY),
    "PUT /groups/{group}/norms": Row(409, LEADERS, NORMS),
    "POST /groups/{group}/norms/sign": Row(409, ("guest", *GROUP), SIGNATURE),
    "GET /groups/{group}/norms/history": Row(200, ANY),
    "POST /groups/{group}/reports": Row(404, SIGNED, {**PERSON, "text": "x"}, but={"banned": 403}),
    "GET /groups/{group}/reports": Row(200, MODERATORS),
    "POST /groups/{group}/reports/{report_id}": Row(404, MODERATORS, {"act": "claim"}),
    "POST /groups/{group}/sanctions": Row(404, MODERATORS, BAN),
    "GET /groups/{group}/sanctions": Row(200, MODERATORS),
    "DELETE /groups/{group}/sanctions/{sanction_id}": Row(404, MODERATORS),
    "GET /groups/{group}/audit": Row(200, MODERATORS),
    "GET /groups/{group}/rooms": Row(200, ANY, but={"banned": 403}),
    "POST /groups/{group}/rooms": Row(201, LEADERS, {"name": "New", "template": "gallery"}),
    "GET /rooms/{room_id}": Row(200, ANY),
    "PATCH /rooms/{room_id}": Row(409, LEADERS, {"version": 99, "name": "x"}),
    "POST /rooms/{room_id}/join": Row(200, ("guest", *GROUP), {"name": "x"}),
    "PUT /rooms/{room_id}/design": Row(409, LEADERS, {"version": 99, "design": DESIGN}),
    "GET /rooms/{room_id}/versions": Row(200, LEADERS),
    "POST /rooms/{room_id}/undo": Row(409, LEADERS, {"version": 99}),
    "POST /rooms/{room_id}/archive": Row(200, LEADERS, {"on": False}),
    "GET /groups/{group}/lines": Row(200, ("guest", *GROUP), open=True),
    "POST /groups/{group}/lines": Row(200, GROUP, {"key": "k", "text": "Hello"}),
    "PATCH /groups/{group}/lines/{line_id}": Row(404, ("guest", *GROUP), {"text": "x"}),
    "DELETE /groups/{group}/lines/{line_id}": Row(404, ("guest", *GROUP)),
    "PUT /groups/{group}/lines/{line_id}/reactions/{kind}": Row(404, ("guest", *GROUP)),
    "DELETE /groups/{group}/lines/{line_id}/reactions/{kind}": Row(404, ("guest", *GROUP)),
    "PUT /groups/{group}/read": Row(204, ("guest", *GROUP), {"line": 0}),
    "GET /groups/{group}/presence": Row(200, ("guest", *GROUP), open=True),
    "GET /groups/{group}/events": Row(200, ANY, but={"banned": 403}),
    "POST /groups/{group}/events": Row(404, HOSTS, YOGA),
    "GET /groups/{group}/events.ics": Row(200, ANY, but={"banned": 403}),
    "POST /groups/{group}/class-now": Row(404, HOSTS, {"room": "attic"}),
    f"GET {EVENT}": Row(200, ANY, but={"banned": 403}),
    # Of those who may host events, these may change what others lead.
    f"PATCH {EVENT}": Row(409, LEADERS, {"version": 99}),
    f"POST {EVENT}/cancel": Row(409, LEADERS, {"version": 99}),
    f"DELETE {EVENT}": Row(409, LEADERS),
    f"POST {EVENT}/clone": Row(201, HOSTS),
    f"GET {EVENT}/event.ics": Row(200, ANY, but={"banned": 403}),
    f"GET {DAY}": Row(200, ANY, but={"banned": 403}),
    f"PATCH {DAY}": Row(409, LEADERS, {"change_version": 99}),
    f"POST {DAY}/cancel": Row(409, LEADERS, {"change_version": 99}),
}

OF_AN_EVENT: Final[dict[str, Row]] = {
    "POST /groups/{group}/events/preview": Row(200, HOSTS, TIMES),
    f"PUT {DAY}/rsvp": Row(200, ("guest", *GROUP), {"access": True}, but={"owner": 409}),
    f"POST {DAY}/rsvp/accept": Row(200, ("guest", *GROUP), but={"owner": 409}),
    # Nobody of them brings anybody: who may not be there at all is told that first.
    f"POST {DAY}/rsvp/guest-link": Row(409, ("guest", *GROUP)),
    f"GET {DAY}/rsvps": Row(200, LEADERS),
    f"GET {DAY}/attendance": Row(200, LEADERS),
    f"DELETE {DAY}/rsvp": Row(204, SIGNED, but={"banned": 204}),
    f"PUT {DAY}/waiting": Row(200, ("guest", *GROUP), {}),
    f"POST {DAY}/waiting/{{account}}": Row(404, LEADERS, {"admit": True}),
    f"DELETE {DAY}/waiting": Row(204, SIGNED, but={"banned": 204}),
}

OF_A_PLAN: Final[dict[str, Row]] = {
    "GET /groups/{group}/plans": Row(200, HOSTS, open=True),
    "POST /groups/{group}/plans": Row(422, HOSTS, LOST),
    # Nobody's event has it: whoever does not host is not shown it.
    "GET /plans/{plan_id}": Row(200, HOSTS, open=True),
    "PUT /plans/{plan_id}": Row(409, HOSTS, {"version": 99, "title": "x", "cues": []}),
    "GET /plans/{plan_id}/versions": Row(200, HOSTS),
    "GET /plans/{plan_id}/versions/{number}": Row(200, HOSTS),
    "POST /plans/{plan_id}/versions/{number}/bring-back": Row(409, HOSTS, {"version": 99}),
    "POST /plans/{plan_id}/undo": Row(409, HOSTS, {"version": 99}),
    "DELETE /plans/{plan_id}": Row(204, HOSTS),
    "GET /groups/{group}/poses": Row(200, ANY, open=True, but={"banned": 403}),
    "PUT /groups/{group}/poses/{pose_id}": Row(409, HOSTS, MOUNTAIN),
    "DELETE /groups/{group}/poses/{pose_id}": Row(404, HOSTS),
}

#: What ends something about who asks, so it comes last, in this order.
LAST: Final[dict[str, Row]] = {
    "POST /groups/{group}/leave": Row(204, SIGNED, but={"owner": 409, "banned": 204, "guest": 204}),
    # Each of them owns the group that they started further up.
    "DELETE /me": Row(409, ACCOUNTS, {"password": WRONG}, but={"guest": 204}),
    "DELETE /session": Row(204, ANY),
}
#: A stream that does not end; tests/server/api/talk has its own.
ELSEWHERE: Final = frozenset({"GET /live"})
#: The document itself; everything else that is served stands in it.
UNDOCUMENTED: Final = frozenset({"GET /openapi.json"})


async def ask(stage: Cast, role: str, operation: str, row: Row) -> int:
    method, path = operation.split(" ", 1)
    filled = path.format(
        group=stage.group,
        room_id=stage.room,
        line_id=stage.line + 1000,
        event=stage.event,
        token=TOKEN,
        original=ORIGINAL,
        plan_id=stage.plan,
        number=1,
        pose_id=MOUNTAIN["id"],
        kind="heart",
        **dict.fromkeys(_IDS, NONE),
    )
    body = row.body
    if isinstance(body, dict):
        body = {
            name: value.replace("ROLE", role) if isinstance(value, str) else value
            for name, value in body.items()
        }
    who = None if role == "out" else role
    response = await stage.here.ask(who, method, filled, body)
    stage.here.client.cookies.clear()
    return response.status_code


_IDS: Final = (
    "account",
    "request_id",
    "invite_id",
    "report_id",
    "sanction_id",
    "session_id",
    "credential_id",
)


async def walk(stage: Cast, table: dict[str, Row], *, private: bool) -> list[str]:
    """Return where answers differ from the table."""
    wrong = []
    for operation, row in table.items():
        for role in ROLES:
            expected = row.hidden(role) if private else row.expected(role)
            got = await ask(stage, role, operation, row)
            if got != expected:
                wrong.append(f"{operation} as {role}: {got}, expected {expected}")
    return wrong


async def test_every_endpoint_answers_every_role_as_the_table_says(tmp_path: Path) -> None:
    async with cast(tmp_path, "listed") as stage:
        wrong = await walk(stage, OF_THE_NODE, private=False)
        wrong += await walk(stage, OF_THE_GROUP, private=False)
        wrong += await walk(stage, OF_AN_EVENT, private=False)
        wrong += await walk(stage, OF_A_PLAN, private=False)
        wrong += await walk(stage, LAST, private=False)
    assert not wrong, "\n".join(wrong)


async def test_a_private_group_is_not_there_for_strangers_anywhere(tmp_path: Path) -> None:
    async with cast(tmp_path, "private") as stage:
        wrong = await walk(stage, OF_THE_GROUP, private=True)
        wrong += await walk(stage, OF_AN_EVENT, private=True)
        wrong += await walk(stage, OF_A_PLAN, private=True)
        leaving = {"POST /groups/{group}/leave": LAST["POST /groups/{group}/leave"]}
        wrong += await walk(stage, leaving, private=True)
    assert not wrong, "\n".join(wrong)


async def test_every_endpoint_has_a_row(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        schema = (await here.client.get("/api/v1/openapi.json")).json()
    there = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, operations in schema["paths"].items()
        for method in operations
    }
    assert there == {*OF_THE_NODE, *OF_THE_GROUP, *OF_AN_EVENT, *OF_A_PLAN, *LAST, *ELSEWHERE}
    app = here.node.app._app
    assert isinstance(app, FastAPI)
    served = {
        f"{method} {path.removeprefix('/api/v1')}"
        for method, path in served_by(app.routes)
        if path.startswith("/api/v1")
    }
    assert served == there | UNDOCUMENTED


async def test_whatever_takes_a_body_may_find_it_unreadable(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        schema = (await here.client.get("/api/v1/openapi.json")).json()
    silent = [
        f"{method} {path}"
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation and not {"400", "413"} <= operation["responses"].keys()
    ]
    assert silent == []


def served_by(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield method and path of everything that routes answer, those inside of others too."""
    for route in routes:
        # The framework's own kind of route for an included router says nothing of itself.
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from served_by(included.routes, prefix + route.include_context.prefix)  # type: ignore[attr-defined]
        elif isinstance(route, Mount):
            yield from served_by(route.routes, prefix + route.path)
        else:
            assert isinstance(route, Route), route
            methods = route.methods or set()
            # Whoever answers GET answers HEAD.
            for method in methods - ({"HEAD"} if "GET" in methods else set()):
                yield method, prefix + route.path
