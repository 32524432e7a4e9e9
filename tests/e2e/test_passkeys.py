"""Passkeys from end to end: a real browser with a virtual authenticator, against a real node."""

import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.support.node import Node, running_node

pytestmark = pytest.mark.e2e
PASSWORD = "a lantern at the river"
_numbers = itertools.count(1)
#: What a page does with the API and an authenticator; no page of the client is needed for it.
SCRIPT = """
window.api = async (method, path, body) => {
  const answer = await fetch('/api/v1' + path, {
    method,
    headers: {'content-type': 'application/json'},
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  return {status: answer.status, body: text ? JSON.parse(text) : null};
};
window.makePasskey = async (name, proof) => {
  const asked = (await api('POST', '/me/passkeys/options', proof)).body;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked.options);
  const credential = (await navigator.credentials.create({publicKey})).toJSON();
  const sent = {challenge_id: asked.challenge_id, credential, name};
  return {sent, answer: await api('POST', '/me/passkeys', sent)};
};
window.askPasskey = async () => {
  const asked = (await api('POST', '/session/passkey/options', {})).body;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.options);
  const credential = (await navigator.credentials.get({publicKey})).toJSON();
  return {challenge_id: asked.challenge_id, credential};
};
"""


class Desk:
    """A browser at the node's own address, with an authenticator that verifies its owner."""

    def __init__(self, context: BrowserContext, node: Node) -> None:
        self.page: Page = context.new_page()
        self.page.add_init_script(SCRIPT)
        self.page.goto(node.url.replace("127.0.0.1", "localhost") + "/healthz")
        self.cdp: CDPSession = context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable")
        self.authenticator = self.cdp.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )["authenticatorId"]

    def api(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Ask the API as the page would."""
        found: dict[str, Any] = self.page.evaluate(
            "([method, path, body]) => api(method, path, body ?? undefined)", [method, path, body]
        )
        return found

    def make(self, name: str, proof: object = None) -> dict[str, Any]:
        """Let the authenticator make a passkey and the node keep it."""
        found: dict[str, Any] = self.page.evaluate(
            "([name, proof]) => makePasskey(name, proof)",
            [name, proof or {"password": PASSWORD}],
        )
        return found

    def answer(self) -> dict[str, Any]:
        """Let the authenticator answer a sign-in's challenge; send it nowhere yet."""
        found: dict[str, Any] = self.page.evaluate("() => askPasskey()")
        return found

    def credentials(self) -> list[dict[str, Any]]:
        """Return what the authenticator holds, private keys included."""
        found: list[dict[str, Any]] = self.cdp.send(
            "WebAuthn.getCredentials", {"authenticatorId": self.authenticator}
        )["credentials"]
        return found


@pytest.fixture(scope="module")
def own_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, Path]]:
    data = tmp_path_factory.mktemp("passkeys")
    with running_node(data) as running:
        yield running, data


@pytest.fixture
def desk(browser: Browser, own_node: tuple[Node, Path]) -> Iterator[Desk]:
    node, data = own_node
    context = browser.new_context()
    sitting = Desk(context, node)
    printed = subprocess.run(
        [Path(sys.executable).parent / "hearth", "owner-link", "--data-dir", str(data)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = re.search(r"/setup#([\w-]{43})", printed)
    assert found, printed
    handle = f"robin.{next(_numbers)}"
    body = {"token": found[1], "name": "Robin", "handle": handle, "password": PASSWORD}
    assert sitting.api("POST", "/setup", body)["status"] == 200
    yield sitting
    context.close()


def test_a_passkey_signs_its_owner_in_without_a_word(desk: Desk) -> None:
    me = desk.api("GET", "/me")["body"]
    assert me["passkeys"] is True
    made = desk.make("My laptop")
    assert made["answer"]["status"] == 201, made
    assert made["answer"]["body"]["name"] == "My laptop"
    # The same answer again is worth nothing: its challenge is spent.
    assert desk.api("POST", "/me/passkeys", made["sent"])["body"]["code"] == "passkey_refused"
    desk.api("DELETE", "/session")
    assert desk.api("GET", "/me")["body"]["account"] is None
    proof = desk.answer()
    signed_in = desk.api("POST", "/session/passkey", proof)
    assert signed_in["status"] == 200, signed_in
    assert signed_in["body"]["account"]["id"] == me["account"]["id"]
    assert desk.api("GET", "/me")["body"]["account"]["id"] == me["account"]["id"]
    again = desk.api("POST", "/session/passkey", proof)
    assert (again["status"], again["body"]["code"]) == (403, "passkey_refused")
    (listed,) = desk.api("GET", "/me/passkeys")["body"]["items"]
    assert listed["used_ms"] is not None
    assert desk.api("DELETE", f"/me/passkeys/{listed['id']}")["status"] == 204
    gone = desk.api("POST", "/session/passkey", desk.answer())
    assert gone["body"]["code"] == "passkey_refused"


def test_a_copied_authenticator_is_found_out_by_its_counter(desk: Desk) -> None:
    desk.make("My key")
    (copy,) = desk.credentials()
    for _ in range(2):
        assert desk.api("POST", "/session/passkey", desk.answer())["status"] == 200
    # What somebody copied earlier counts on from where it was then.
    desk.cdp.send("WebAuthn.clearCredentials", {"authenticatorId": desk.authenticator})
    desk.cdp.send(
        "WebAuthn.addCredential", {"authenticatorId": desk.authenticator, "credential": copy}
    )
    refused = desk.api("POST", "/session/passkey", desk.answer())
    assert (refused["status"], refused["body"]["code"]) == (403, "passkey_refused")
    acts = desk.api("GET", "/admin/audit")["body"]["items"]
    assert acts[0]["action"] == "passkey_counter_went_back"


def test_an_answer_that_was_touched_is_refused(desk: Desk) -> None:
    desk.make("My key")
    for part, change in (
        ("signature", lambda text: text[:-4] + ("AAAA" if text[-4:] != "AAAA" else "BBBB")),
        ("authenticatorData", lambda text: text[:-4] + "AAAA"),
        ("clientDataJSON", lambda text: "e30"),
        ("signature", lambda text: "not base64 at all \u2603"),
        ("authenticatorData", lambda text: 7),
    ):
        proof = desk.answer()
        proof["credential"]["response"][part] = change(proof["credential"]["response"][part])
        refused = desk.api("POST", "/session/passkey", proof)
        assert (refused["status"], refused["body"]["code"]) == (403, "passkey_refused"), part
    proof = desk.answer()
    proof["credential"] = {"id": proof["credential"]["id"]}
    assert desk.api("POST", "/session/passkey", proof)["status"] == 403
    # Somebody's answer to a sign-in makes no passkey, and another's challenge neither.
    proof = desk.answer()
    keep = desk.api("POST", "/me/passkeys", proof)
    assert keep["body"]["code"] == "passkey_refused"


def test_a_fresh_passkey_ends_an_account(desk: Desk) -> None:
    desk.make("My key")
    none = desk.api("DELETE", "/me", {})
    assert none["body"]["code"] == "wrong_password"
    # For another passkey it takes as much: a sign-in alone is not enough.
    another = "/me/passkeys/options"
    assert desk.api("POST", another, {})["body"]["code"] == "wrong_password"
    assert desk.api("POST", another, desk.answer())["status"] == 200
    assert desk.api("DELETE", "/me", desk.answer())["status"] == 204
    assert desk.api("GET", "/me")["body"]["account"] is None
    gone = desk.api("POST", "/session/passkey", desk.answer())
    assert gone["body"]["code"] == "passkey_refused"


def test_the_page_asks_for_proof_before_it_adds_one(desk: Desk) -> None:
    """A wrong password is said beside its field; with a passkey none has to be typed."""
    page = desk.page
    page.goto(page.url.replace("/healthz", "/me/sign-in"))
    add = page.locator("[data-test=add-passkey]")
    form = page.locator("form", has=add)
    form.get_by_label("Name of this passkey").fill("My phone")
    password = form.locator("[data-test=passkey-proof]")
    password.fill("not mine at all")
    add.click()
    expect(form.get_by_text("This is not your password.")).to_be_visible()
    assert desk.credentials() == []
    password.fill(PASSWORD)
    add.click()
    expect(page.locator("[data-test=passkeys]")).to_contain_text("My phone")
    expect(password).to_have_value("")
    # With nothing typed, the passkey answers for its owner.
    page.goto(page.url.replace("/me/sign-in", "/me/data"))
    page.locator("[data-test=delete-account]").click()
    page.get_by_role("button", name="Delete it for good").click()
    expect(page).to_have_url(re.compile(r"/$"))
    assert desk.api("GET", "/me")["body"]["account"] is None


def test_a_bare_number_offers_no_passkeys(desk: Desk, own_node: tuple[Node, Path]) -> None:
    desk.page.goto(own_node[0].url + "/healthz")
    assert desk.api("GET", "/me")["body"]["passkeys"] is False
    refused = desk.api("POST", "/session/passkey/options", {})
    assert (refused["status"], refused["body"]["code"]) == (403, "passkeys_unavailable")
