"""Join codes and the pages that lead other devices in."""

import re
from pathlib import Path

import pytest

from hearth_server.api.codes import JoinCodes, load_secret, spaced
from hearth_server.api.door import browser_of
from hearth_server.api.limits import Budget, Rate
from hearth_server.community.codes import ALPHABET
from tests.support.api import FINGERPRINT, LAN, HttpShell, ShellOptions, http_shell

ROOMS = {"rooms": [{"id": "campfire", "name": "Camp & <fire>"}, {"id": "yoga"}]}
QUEST = (
    "Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) "
    "OculusBrowser/38.0 Chrome/138.0 VR Safari/537.36"
)


def lan_shell(**more: object) -> HttpShell:
    options = ShellOptions(flags={"lan": True, **ROOMS}, lan=LAN, **more)  # type: ignore[arg-type]
    return http_shell(options)


def test_codes_last_and_lead_back() -> None:
    codes, again = JoinCodes(b"s" * 32), JoinCodes(b"s" * 32)
    rooms = [f"room-{number}" for number in range(300)]
    made = {room: codes.code(room) for room in rooms}
    assert {room: again.code(room) for room in rooms} == made
    assert len(set(made.values())) == 300
    for room, code in made.items():
        assert len(code) == 6
        assert set(code) <= set(ALPHABET)
        assert codes.room(spaced(code).lower()) == room
        assert codes.room(f" {code[:2]}-{code[2:]} ") == room


def test_another_install_has_other_codes() -> None:
    assert JoinCodes(b"a" * 32).code("campfire") != JoinCodes(b"b" * 32).code("campfire")


def test_codes_cannot_be_misread() -> None:
    assert not set(ALPHABET) & set("AEIOU01L")


def test_the_secret_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "data" / "join-code.key"
    secret = load_secret(path)
    assert load_secret(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"short")
    assert len(load_secret(path)) == 32


@pytest.mark.asyncio
@pytest.mark.parametrize("template", ["/j?code={}", "/j/{}"])
async def test_a_code_leads_to_its_room(template: str) -> None:
    shell = lan_shell()
    async with shell.client() as client:
        response = await client.get(template.format(shell.codes.code("yoga").lower()))
    assert (response.status_code, response.headers["location"]) == (303, "/r/yoga")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("typed", "says"),
    [("BCDFGH", "No room has the code BCD FGH"), ("BC", "this one has 2"), ("<b>", "has 1")],
)
async def test_a_wrong_code_says_what_is_wrong(typed: str, says: str) -> None:
    async with lan_shell().client() as client:
        response = await client.get("/j", params={"code": typed})
    assert response.status_code == 404
    assert says in response.text
    assert "<b>" not in response.text


@pytest.mark.asyncio
async def test_guessing_codes_is_limited_and_right_ones_cost_nothing() -> None:
    shell = lan_shell(rates={budget: Rate(2, 0.01) for budget in Budget})
    code = shell.codes.code("yoga")
    async with shell.client("192.168.1.50") as client:
        statuses = [
            (await client.get(f"/j/{typed}")).status_code
            for typed in (code, code, code, "BCDFGH", code, "BCDFGJ", code, "BCDFGK")
        ]
    assert statuses == [303, 303, 303, 404, 303, 404, 429, 429]


@pytest.mark.asyncio
async def test_plain_http_explains_before_the_warning_comes() -> None:
    shell = lan_shell()
    async with shell.client("192.168.1.50", "http://192.168.1.20:8462", plain_http=True) as client:
        page = await client.get("/", headers={"user-agent": QUEST})
    text = page.text
    assert page.status_code == 200
    assert "VR and the microphone need a secure connection (https)" in text
    assert 'href="https://192.168.1.20:8460/"' in text
    assert re.search(r"<details open><summary>Quest browser</summary>", text)
    assert "Proceed to 192.168.1.20 (unsafe)" in text
    assert FINGERPRINT[:23].replace(":", " ") in text
    assert 'href="/ca.crt"' in text
    assert 'href="/j"' in text


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["/j/{}", "/j?code={}", "/r/campfire"])
async def test_plain_http_keeps_the_room_in_sight(path: str) -> None:
    shell = lan_shell()
    async with shell.client(base_url="http://hearth.local:8462", plain_http=True) as client:
        page = await client.get(path.format(shell.codes.code("campfire")))
    assert 'href="https://hearth.local:8460/r/campfire"' in page.text
    assert "Camp &amp; &lt;fire&gt;" in page.text


@pytest.mark.asyncio
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8462", "[::1", '"><script>'])
async def test_plain_http_never_leads_elsewhere(host: str) -> None:
    async with lan_shell().client(plain_http=True) as client:
        page = await client.get("/r/elsewhere", headers={"host": host})
    assert 'href="https://192.168.1.20:8460/"' in page.text
    assert "evil" not in page.text


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["/api/v1/rooms", "/rt"])
async def test_plain_http_serves_no_api(path: str) -> None:
    async with lan_shell().client(plain_http=True) as client:
        response = await client.get(path)
    assert response.status_code == 426
    assert "https://" in response.text


@pytest.mark.asyncio
async def test_the_invitation_shows_address_codes_and_pictures() -> None:
    shell = lan_shell()
    async with shell.client() as client:
        text = (await client.get("/lan")).text
    assert "192.168.1.20:8462" in text
    assert spaced(shell.codes.code("campfire")) in text
    assert text.count("<svg") == 3  # the ember and two rooms
    assert "Camp &amp; &lt;fire&gt;" in text


@pytest.mark.asyncio
async def test_off_the_lan_there_is_no_invitation_and_no_authority() -> None:
    async with http_shell().client() as client:
        page = await client.get("/lan")
        authority = await client.get("/ca.crt")
    assert (page.status_code, page.headers["location"]) == (303, "/")
    assert authority.status_code == 404


@pytest.mark.asyncio
@pytest.mark.parametrize("plain_http", [True, False])
async def test_the_authority_downloads_as_phones_expect(plain_http: bool) -> None:
    async with lan_shell().client(plain_http=plain_http) as client:
        response = await client.get("/ca.crt")
    assert response.headers["content-type"] == "application/x-x509-ca-cert"
    assert response.content == LAN.ca_pem


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["/j", "/lan", "/nothing"])
async def test_pages_hold_no_inline_script_or_style(path: str) -> None:
    """The content policy would silently drop them."""
    async with lan_shell().client() as client:
        text = (await client.get(path, headers={"accept": "text/html"})).text
    assert "<style" not in text
    assert 'style="' not in text
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.search(r"<script(?![^>]*src=)", text)


@pytest.mark.parametrize(
    ("user_agent", "browser"),
    [
        (QUEST, "quest"),
        ("Mozilla/5.0 (iPhone; CPU) AppleWebKit/605 CriOS/130 Mobile/15E Safari/604.1", "safari"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15", "safari"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "firefox"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/138.0 Safari/537.36", "chrome"),
        ("", "chrome"),
    ],
)
def test_the_visitors_own_browser_comes_first(user_agent: str, browser: str) -> None:
    assert browser_of(user_agent) == browser
