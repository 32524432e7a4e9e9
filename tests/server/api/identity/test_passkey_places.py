"""Where passkeys are offered, and how long a challenge holds; the rest needs an authenticator."""

from pathlib import Path

import httpx
import pytest

from hearth_server.community.ways_in import Passkey
from tests.support.api import ShellOptions
from tests.support.community import community
from tests.support.people import PASSWORD, with_password

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("flags", "base", "headers", "party"),
    [
        ({}, "http://localhost:8460", {}, "localhost"),
        ({}, "http://hearth.localhost:8460", {}, "hearth.localhost"),
        ({}, "http://127.0.0.1:8460", {}, None),
        ({}, "http://[::1]:8460", {}, None),
        ({}, "http://hearth.example.org", {}, None),
        ({"lan": True}, "https://192.168.1.20:8460", {}, None),
        ({"lan": True}, "https://hearth.local:8460", {}, "hearth.local"),
        ({"public_url": "https://h.example.org"}, "http://127.0.0.1:8460", {}, "h.example.org"),
        ({"public_url": "http://hearth.example.org"}, "http://127.0.0.1:8460", {}, None),
        ({"public_url": "https://203.0.113.7"}, "http://localhost:8460", {}, None),
        (
            {"proxy_headers": True},
            "http://hearth.example.org",
            {"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9"},
            "hearth.example.org",
        ),
        # Nobody said that a proxy is to be believed.
        ({}, "http://hearth.example.org", {"x-forwarded-proto": "https"}, None),
        ({}, "http://localhost:8460", {"host": "local host"}, None),
        ({}, "http://localhost:8460", {"host": "[::1"}, None),
    ],
)  # fmt: skip
async def test_passkeys_need_https_and_a_name(
    tmp_path: Path,
    flags: dict[str, object],
    base: str,
    headers: dict[str, str],
    party: str | None,
) -> None:
    async with community(tmp_path, options=ShellOptions(flags=flags)) as node:
        transport = httpx.ASGITransport(node.app, client=("127.0.0.1", 50000))
        async with httpx.AsyncClient(transport=transport, base_url=base, headers=headers) as client:
            me = (await client.get("/api/v1/me")).json()
            asked = await client.post("/api/v1/session/passkey/options")
    assert me["passkeys"] is (party is not None)
    if party is None:
        assert (asked.status_code, asked.json()["code"]) == (403, "passkeys_unavailable")
    else:
        options = asked.json()["options"]
        assert (options["rpId"], options["userVerification"]) == (party, "required")
        assert len(options["challenge"]) >= 43


async def test_a_challenge_holds_five_minutes_and_for_one_answer(tmp_path: Path) -> None:
    async with community(tmp_path) as node:
        transport = httpx.ASGITransport(node.app, client=("127.0.0.1", 50000))
        base = "http://localhost:8460"
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:

            async def answered(challenge_id: str) -> str:
                body = {"challenge_id": challenge_id, "credential": {"id": "abc", "response": {}}}
                answer = await client.post("/api/v1/session/passkey", json=body)
                assert (answer.status_code, answer.json()["code"]) == (403, "passkey_refused")
                detail: str = answer.json()["detail"]
                return detail

            async def challenge() -> str:
                asked = await client.post("/api/v1/session/passkey/options")
                found: str = asked.json()["challenge_id"]
                return found

            stale = await answered("x" * 43)
            assert "too long" in stale
            first = await challenge()
            node.clock.advance(299)
            # In time, so it is the answer itself that is wrong; and the challenge is spent.
            assert await answered(first) != stale
            assert await answered(first) == stale
            late = await challenge()
            node.clock.advance(301)
            assert await answered(late) == stale


async def test_a_challenge_for_one_account_makes_no_passkey_for_another(tmp_path: Path) -> None:
    async with community(tmp_path) as node:
        base = "http://localhost:8460"
        asked = {}
        clients = {}
        for handle in ("robin", "wren"):
            await with_password(node, handle)
            transport = httpx.ASGITransport(node.app, client=("127.0.0.1", 50000))
            clients[handle] = httpx.AsyncClient(transport=transport, base_url=base)
            body = {"handle": handle, "password": PASSWORD}
            await clients[handle].post("/api/v1/session", json=body)
            answer = await clients[handle].post(
                "/api/v1/me/passkeys/options", json={"password": PASSWORD}
            )
            asked[handle] = answer.json()
        body = {"challenge_id": asked["wren"]["challenge_id"], "credential": {"id": "abc"}}
        refused = await clients["robin"].post("/api/v1/me/passkeys", json=body)
        assert "too long" in refused.json()["detail"]
        assert asked["robin"]["options"]["user"]["name"] == "robin"
        for client in clients.values():
            await client.aclose()


async def test_a_sign_in_alone_makes_no_passkey(tmp_path: Path) -> None:
    """Whoever finds a device signed in cannot make themselves a way in that outlives it."""
    async with community(tmp_path) as node:
        await with_password(node, "robin")
        transport = httpx.ASGITransport(node.app, client=("127.0.0.1", 50000))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost:8460"
        ) as client:
            await client.post("/api/v1/session", json={"handle": "robin", "password": PASSWORD})
            path = "/api/v1/me/passkeys/options"
            for proof in ({}, {"password": "not robin's at all"}, {"recovery_code": "a" * 19}):
                refused = await client.post(path, json=proof)
                assert (refused.status_code, refused.json()["code"]) == (403, "wrong_password")
            # Guessing is slowed down as at the door.
            for _ in range(20):
                refused = await client.post(path, json={"password": "not robin's at all"})
            assert refused.status_code == 429
            node.clock.advance(3600)
            asked = await client.post(path, json={"password": PASSWORD})
            assert asked.status_code == 200


async def test_an_authenticator_is_told_where_its_older_passkeys_are(tmp_path: Path) -> None:
    async with community(tmp_path) as node:
        account_id = await with_password(node, "robin")
        ways = ("hybrid", "internal")
        kept = Passkey("aaaa", account_id, b"key", 0, "Phone", ways, node.now_ms)
        async with node.services.store.writing() as tx:
            assert await tx.identity.add_passkey(kept)
            robin = await tx.identity.account(account_id)
        assert robin is not None
        transport = httpx.ASGITransport(node.app, client=("127.0.0.1", 50000))
        cookies = {"hearth_session": (await node.session(robin)).token}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost:8460", cookies=cookies
        ) as client:
            options = await client.post("/api/v1/me/passkeys/options", json={"password": PASSWORD})
            asked = options.json()
    (known,) = asked["options"]["excludeCredentials"]
    assert known == {"id": "aaaa", "type": "public-key", "transports": ["hybrid", "internal"]}


async def test_every_route_of_people_is_documented(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as client:
        schema = (await client.get("/api/v1/openapi.json")).json()
    routes = [
        (path, method, route)
        for path, methods in schema["paths"].items()
        for method, route in methods.items()
        if route.get("tags", [""])[0] in ("people", "operator")
    ]
    assert len(routes) > 35
    for path, method, route in routes:
        assert route["summary"], path
        problems = {
            status: answer for status, answer in route["responses"].items() if status >= "400"
        }
        if (method, path) not in (("get", "/api/v1/me"), ("delete", "/api/v1/session")):
            assert problems, (method, path)
        for answer in problems.values():
            assert "application/problem+json" in answer["content"]
        if "requestBody" in route:
            reference = route["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            model = schema["components"]["schemas"][reference.rpartition("/")[2]]
            assert model["examples"], reference
            assert model["additionalProperties"] is False, reference
