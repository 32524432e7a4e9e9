import pytest

from hearth_server.api.limits import Budget, Rate
from hearth_server.errors import Refusal
from hearth_server.tokens import Grant, Profile
from tests.support.api import HttpShell, ShellOptions, http_shell

pytestmark = pytest.mark.asyncio

GUEST = {
    "name": "Robin",
    "primary": "#FF9A4D",
    "secondary": "#8fb8de",
    "pattern": 2,
    "device": "vr",
}
KEY = "correct horse battery"
OPEN = {"host": "0.0.0.0"}
TIGHT = {budget: Rate(2, 0.01) for budget in Budget}


async def join(
    shell: HttpShell, body: object = GUEST, room: str = "campfire", peer: str = "127.0.0.1"
) -> tuple[int, dict[str, object]]:
    async with shell.client(peer) as client:
        response = await client.post(f"/api/v1/rooms/{room}/join", json=body)
    return response.status_code, response.json()


async def test_a_guest_gets_a_ticket_that_opens_the_room_as_they_are() -> None:
    shell = http_shell()
    status, answer = await join(shell)
    assert status == 200
    assert answer["url"] == "/rt"
    assert answer["expires_in_s"] == 30
    assert answer["room"] == {
        "id": "campfire",
        "name": "Campfire",
        "description": "A clearing with a fire. Sit down, say hello.",
        "space": "campfire",
        "bounds": {"min": [-16.0, -0.5, -16.0], "max": [16.0, 6.0, 16.0]},
        "capacity": 50,
        "present": 0,
        "link": "/r/campfire",
        "join_code": shell.codes.code("campfire"),
        "group": None,
        "design": None,
        "access": None,
        "version": None,
        "mechanisms": [],
        "may_enter": True,
        "listener": False,
        "archived": False,
    }
    grant = shell.tickets.redeem(str(answer["ticket"]), shell.clock.monotonic_s())
    assert grant == Grant("campfire", Profile("Robin", "#ff9a4d", "#8fb8de", 2, "vr"))


async def test_a_name_is_enough() -> None:
    status, _ = await join(http_shell(), {"name": "Robin"})
    assert status == 200


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Robin  ", "Robin"),
        ("Ro\u202ebin", "Robin"),
        ("Ro\u0000bin\n", "Robin"),
        ("Zoe\u0301", "Zo\u00e9"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("Ann  of   Cleves", "Ann of Cleves"),
        ("x" * 32, "x" * 32),
    ],
)
async def test_names_are_kept_without_what_deceives(typed: str, kept: str) -> None:
    shell = http_shell()
    _, answer = await join(shell, {"name": typed})
    grant = shell.tickets.redeem(str(answer["ticket"]), shell.clock.monotonic_s())
    assert isinstance(grant, Grant)
    assert grant.profile.name == kept


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": " \u200d\u202e "}, "name"),
        ({"name": "x" * 33}, "name"),
        ({"name": "x" * 300}, "name"),
        ({"name": 5}, "name"),
        ({"name": "R", "primary": "red"}, "primary"),
        ({"name": "R", "secondary": "#12345"}, "secondary"),
        ({"name": "R", "pattern": 8}, "pattern"),
        ({"name": "R", "pattern": -1}, "pattern"),
        ({"name": "R", "device": "toaster"}, "device"),
        ([], "body"),
        ("hello", "body"),
    ],
)
async def test_unusable_input_is_a_problem_that_names_the_field(body: object, field: str) -> None:
    shell = http_shell()
    status, answer = await join(shell, body)
    assert (status, answer["code"]) == (422, "invalid_input")
    errors = answer["errors"]
    assert isinstance(errors, list)
    assert [error["field"] for error in errors] == [field]
    assert errors[0]["detail"] == answer["detail"]
    assert "Value error" not in str(answer)
    assert len(shell.tickets) == 0


async def test_a_body_that_is_no_json() -> None:
    async with http_shell().client() as client:
        response = await client.post(
            "/api/v1/rooms/campfire/join",
            content=b'{"name": ',
            headers={"content-type": "application/json"},
        )
    assert (response.status_code, response.json()["code"]) == (400, "not_json")
    assert response.headers["content-type"] == "application/problem+json"


async def test_an_unknown_room_is_told_kindly() -> None:
    status, answer = await join(http_shell(), room="attic")
    assert (status, answer["code"]) == (404, "room_not_found")
    assert answer["type"] == "urn:hearth:problem:room_not_found"
    assert "attic" in str(answer["detail"])


async def test_a_full_room_refuses() -> None:
    shell = http_shell()
    shell.rooms.rooms["campfire"].present = 50
    status, answer = await join(shell)
    assert (status, answer["code"]) == (409, "room_full")


@pytest.mark.parametrize("code", ["starting", "stopping"])
async def test_nobody_is_let_in_while_not_ready(code: str) -> None:
    shell = http_shell()
    shell.rooms.refusal = Refusal(code, "Not now.", retry_after_s=2.0)
    async with shell.client() as client:
        answers = [
            await client.post("/api/v1/rooms/campfire/join", json=GUEST),
            await client.post("/api/v1/tickets", json={"room": "campfire"}),
            await client.get("/api/v1/rooms"),
            await client.get("/api/v1/rooms/campfire"),
            await client.get("/readyz"),
            await client.get("/rt"),
        ]
        assert (await client.get("/healthz")).status_code == 200
    assert {(a.status_code, a.json()["code"], a.headers["retry-after"]) for a in answers} == {
        (503, code, "2")
    }


async def test_other_sites_may_not_join_from_here() -> None:
    shell = http_shell()
    async with shell.client() as client:
        own, foreign = [
            await client.post("/api/v1/rooms/campfire/join", json=GUEST, headers={"origin": origin})
            for origin in ("http://127.0.0.1:8460", "https://evil.example")
        ]
    assert own.status_code == 200
    assert (foreign.status_code, foreign.json()["code"]) == (403, "foreign_origin")


async def test_unused_tickets_run_into_the_address_limit() -> None:
    shell = http_shell(ShellOptions(flags=OPEN, rates=TIGHT))
    statuses = [(await join(shell, peer="203.0.113.9"))[0] for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert (await join(shell, peer="198.51.100.7"))[0] == 200


async def test_a_refusal_for_too_many_says_when_to_try_again() -> None:
    shell = http_shell(ShellOptions(flags=OPEN, rates={b: Rate(0, 0.1) for b in Budget}))
    async with shell.client("203.0.113.9") as client:
        response = await client.post("/api/v1/rooms/campfire/join", json=GUEST)
    assert response.headers["retry-after"] == "10"
    assert response.json()["code"] == "too_many_attempts"


async def test_this_machine_alone_opens_load_rooms_and_has_no_address_limit() -> None:
    shell = http_shell(ShellOptions(rates=TIGHT))
    answers = [await join(shell, room="load-7") for _ in range(10)]
    assert {status for status, _ in answers} == {200}
    room = answers[0][1]["room"]
    assert isinstance(room, dict)
    assert room["capacity"] == 5000


@pytest.mark.parametrize("flags", [OPEN, {}])
async def test_nobody_else_opens_load_rooms(flags: dict[str, object]) -> None:
    """Not on an open node, and not through a proxy that nobody announced."""
    shell = http_shell(ShellOptions(flags=flags))
    async with shell.client("127.0.0.1") as client:
        response = await client.post(
            "/api/v1/rooms/load-1/join", json=GUEST, headers={"x-forwarded-for": "203.0.113.9"}
        )
    assert response.json()["code"] == "room_not_found"


async def test_the_operator_mints_many_tickets() -> None:
    shell = http_shell(ShellOptions(flags={**OPEN, "operator_key": KEY}))
    async with shell.client("203.0.113.9") as client:
        response = await client.post(
            "/api/v1/tickets",
            json={"room": "load-3", "count": 200, "name": "Walker"},
            headers={"authorization": f"Bearer {KEY}"},
        )
    tickets = response.json()["tickets"]
    assert len(set(tickets)) == 200
    last = shell.tickets.redeem(tickets[199], shell.clock.monotonic_s())
    assert isinstance(last, Grant)
    assert (last.room_id, last.profile.name) == ("load-3", "Walker 200")


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        (None, 401, "unauthorized"),
        ("Bearer wrong", 401, "unauthorized"),
        (f"Basic {KEY}", 401, "unauthorized"),
        ("Bearer ", 401, "unauthorized"),
        ("Bearer \xe9", 401, "unauthorized"),
    ],
)
async def test_nobody_else_mints(header: str | None, status: int, code: str) -> None:
    shell = http_shell(ShellOptions(flags={**OPEN, "operator_key": KEY}))
    headers = {"authorization": header.encode("latin-1")} if header is not None else {}
    async with shell.client("203.0.113.9") as client:
        response = await client.post("/api/v1/tickets", json={"room": "campfire"}, headers=headers)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["www-authenticate"] == "Bearer"


async def test_guessing_the_key_is_limited() -> None:
    flags = {**OPEN, "operator_key": KEY}
    shell = http_shell(ShellOptions(flags=flags, rates=TIGHT))
    async with shell.client("203.0.113.9") as client:
        wrong = {"authorization": "Bearer wrong"}
        statuses = [
            (await client.post("/api/v1/tickets", json={"room": "a"}, headers=wrong)).status_code
            for _ in range(4)
        ]
    assert statuses == [401, 401, 429, 429]


async def test_without_a_key_there_is_no_operator() -> None:
    async with http_shell(ShellOptions(flags=OPEN)).client("203.0.113.9") as client:
        response = await client.post("/api/v1/tickets", json={"room": "campfire"})
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")


async def test_rooms_are_listed_with_who_is_there() -> None:
    shell = http_shell(ShellOptions(flags={"rooms": [{"id": "a"}, {"id": "b", "name": "Bee"}]}))
    shell.rooms.rooms["b"].present = 3
    await join(shell, room="load-1")
    async with shell.client() as client:
        rooms = (await client.get("/api/v1/rooms")).json()["rooms"]
        one = (await client.get("/api/v1/rooms/b")).json()
        none = await client.get("/api/v1/rooms/c")
    assert [(room["id"], room["name"], room["present"]) for room in rooms] == [
        ("a", "a", 0),
        ("b", "Bee", 3),
    ]
    assert one == rooms[1]
    assert none.json()["code"] == "room_not_found"


@pytest.mark.parametrize(
    ("base_url", "flags", "secure"),
    [
        ("http://127.0.0.1:8460", {}, True),
        ("http://localhost:8460", {}, True),
        ("http://192.168.1.20:8460", OPEN, False),
        ("https://192.168.1.20:8460", {"lan": True}, True),
    ],
)
async def test_info_says_whether_vr_can_work_here(
    base_url: str, flags: dict[str, object], secure: bool
) -> None:
    shell = http_shell(ShellOptions(flags=flags, vr_url="https://hearth.example.org"))
    async with shell.client(base_url=base_url) as client:
        info = (await client.get("/api/v1/info")).json()
    assert (info["name"], info["version"], info["protocol"]) == ("Hearth", "9.9.9", "hearth.v1")
    assert info["secure"] is secure
    assert info["vr_url"] == (None if secure else "https://hearth.example.org")


async def test_refusals_and_tickets_are_counted() -> None:
    shell = http_shell()
    await join(shell)
    await join(shell, room="attic")
    await join(shell, {})
    text = shell.metrics.render().decode()
    assert "hearth_tickets_issued_total 1.0" in text
    assert 'hearth_refusals_total{code="room_not_found"} 1.0' in text
    assert 'hearth_refusals_total{code="invalid_input"} 1.0' in text
