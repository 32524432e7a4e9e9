"""A headset signed in from another device: by a code that is shown, never typed a password."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.support.community import Community, community
from tests.support.people import PASSWORD, QUEST, with_password

pytestmark = pytest.mark.asyncio


async def start(headset: httpx.AsyncClient, **body: object) -> dict[str, str]:
    response = await headset.post("/api/v1/pairings", json=body, headers={"user-agent": QUEST})
    assert response.status_code == 201, response.text
    found: dict[str, str] = response.json()
    return found


async def poll(node: Community, headset: httpx.AsyncClient, secret: str) -> httpx.Response:
    node.clock.advance(3)
    return await headset.post("/api/v1/pairings/poll", json={"secret": secret})


async def signed_in(node: Community, client: httpx.AsyncClient, handle: str = "robin") -> str:
    account_id = await with_password(node, handle)
    await client.post("/api/v1/session", json={"handle": handle, "password": PASSWORD})
    return account_id


async def test_a_headset_is_let_in_by_its_owner(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as desk, node.client() as headset:
        account_id = await signed_in(node, desk)
        asked = await start(headset)
        assert (asked["expires_in_s"], asked["poll_every_s"]) == (600, 3)
        assert len(asked["code"]) == 6
        assert (await poll(node, headset, asked["secret"])).json()["state"] == "waiting"
        typed = f"{asked['code'][:3].lower()} {asked['code'][3:]}"
        looked = await desk.post("/api/v1/me/pairings/look", json={"code": typed})
        assert looked.json() == {"label": "Quest browser", "asked_ms": node.now_ms - 3000}
        body = {"code": typed, "approve": True}
        assert (await desk.post("/api/v1/me/pairings", json=body)).status_code == 204
        approved = await poll(node, headset, asked["secret"])
        assert approved.json()["state"] == "approved"
        assert approved.json()["me"]["account"]["id"] == account_id
        me = (await headset.get("/api/v1/me")).json()
        assert (me["account"]["id"], me["session"]["kind"]) == (account_id, "headset")
        # Once: neither code nor secret open anything again.
        assert (await poll(node, headset, asked["secret"])).json() == {
            "state": "expired",
            "me": None,
        }
        again = await desk.post("/api/v1/me/pairings", json=body)
        assert again.json()["code"] == "pairing_unknown"
        devices = (await desk.get("/api/v1/me/devices")).json()["items"]
        assert {(each["kind"], each["label"]) for each in devices} >= {("headset", "Quest browser")}


async def test_signing_everything_out_ends_headsets_that_were_let_in_and_are_not_in_yet(
    tmp_path: Path,
) -> None:
    async with community(tmp_path) as node, node.client() as desk, node.client() as headset:
        await signed_in(node, desk)
        for path, method, body in (
            ("/me/devices", "DELETE", None),
            ("/me/password", "PUT", {"current": PASSWORD, "password": "two owls on one branch"}),
        ):
            asked = await start(headset)
            approval = {"code": asked["code"], "approve": True}
            assert (await desk.post("/api/v1/me/pairings", json=approval)).status_code == 204
            ended = await desk.request(method, f"/api/v1{path}", json=body)
            assert ended.status_code == 204, ended.text
            assert (await poll(node, headset, asked["secret"])).json()["state"] == "refused"
            assert (await headset.get("/api/v1/me")).json()["account"] is None


async def test_a_refused_headset_stays_out(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as desk, node.client() as headset:
        await signed_in(node, desk)
        asked = await start(headset, label="Somebody's\u202e headset\n")
        looked = await desk.post("/api/v1/me/pairings/look", json={"code": asked["code"]})
        assert looked.json()["label"] == "Somebody's headset"
        body = {"code": asked["code"], "approve": False}
        assert (await desk.post("/api/v1/me/pairings", json=body)).status_code == 204
        assert (await poll(node, headset, asked["secret"])).json()["state"] == "refused"
        body["approve"] = True
        again = await desk.post("/api/v1/me/pairings", json=body)
        assert again.json()["code"] == "pairing_unknown"
        assert (await poll(node, headset, asked["secret"])).json()["state"] == "refused"
        assert (await headset.get("/api/v1/me")).json()["account"] is None


async def test_a_code_lives_ten_minutes(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as desk, node.client() as headset:
        await signed_in(node, desk)
        asked = await start(headset)
        node.clock.advance(600)
        body = {"code": asked["code"], "approve": True}
        late = await desk.post("/api/v1/me/pairings", json=body)
        assert (late.status_code, late.json()["code"]) == (410, "pairing_expired")
        assert (await poll(node, headset, asked["secret"])).json()["state"] == "expired"
        # Approved in time, fetched too late.
        asked = await start(headset)
        body["code"] = asked["code"]
        assert (await desk.post("/api/v1/me/pairings", json=body)).status_code == 204
        node.clock.advance(600)
        assert (await poll(node, headset, asked["secret"])).json()["state"] == "expired"


async def test_a_headset_that_asks_too_often_is_told_so(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as headset:
        asked = await start(headset)
        body = {"secret": asked["secret"]}
        assert (await headset.post("/api/v1/pairings/poll", json=body)).status_code == 200
        node.clock.advance(1)
        early = await headset.post("/api/v1/pairings/poll", json=body)
        assert (early.status_code, early.json()["code"]) == (429, "too_many_attempts")
        assert int(early.headers["retry-after"]) == 3
        node.clock.advance(2)
        assert (await headset.post("/api/v1/pairings/poll", json=body)).status_code == 200


async def test_an_account_that_was_switched_off_meanwhile_lets_nothing_in(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as desk, node.client() as headset:
        account_id = await signed_in(node, desk)
        asked = await start(headset)
        await desk.post("/api/v1/me/pairings", json={"code": asked["code"], "approve": True})
        async with node.services.store.writing() as tx:
            account = await tx.identity.account(account_id)
            assert account is not None
            await tx.identity.change_account(replace(account, disabled_ms=node.now_ms))
        assert (await poll(node, headset, asked["secret"])).json()["state"] == "refused"
        assert (await headset.get("/api/v1/me")).json()["account"] is None


async def test_guessing_codes_gets_slower_and_a_known_one_buys_no_more(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as desk, node.client() as headset:
        await signed_in(node, desk)
        own = await start(headset)
        codes = []
        for number in range(9):
            # Between guesses the code of a headset of one's own, which works.
            good = await desk.post("/api/v1/me/pairings/look", json={"code": own["code"]})
            bad = await desk.post(
                "/api/v1/me/pairings/look", json={"code": f"BCDFG{'HJKMNPQRS'[number]}"}
            )
            codes.append((good.status_code, bad.status_code))
        assert codes[0] == (200, 404)
        assert codes[-1] == (429, 429)
        node.clock.advance(3)
        good = await desk.post("/api/v1/me/pairings/look", json={"code": own["code"]})
        assert good.status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/pairings", {"label": 7}),
        ("/pairings", {"label": "x" * 300}),
        ("/pairings/poll", {}),
        ("/pairings/poll", {"secret": "a b"}),
        ("/pairings/poll", {"secret": ""}),
        ("/pairings/poll", {"secret": "x" * 200}),
    ],
)
async def test_bad_input_is_refused(tmp_path: Path, path: str, body: dict[str, object]) -> None:
    async with community(tmp_path) as node, node.client() as headset:
        answer = await headset.post(f"/api/v1{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
        unknown = await headset.post("/api/v1/pairings/poll", json={"secret": "x" * 43})
        assert unknown.json()["code"] == "pairing_unknown"
