"""What holds for every answer: problems, headers, caching, metrics, the built client."""

import json
from pathlib import Path

import pytest

from hearth_server.api.guard import MAX_BODY_BYTES
from tests.support.api import HttpShell, ShellOptions, http_shell

pytestmark = pytest.mark.asyncio

PAGE = {"accept": "text/html"}
KEY = "correct horse battery"


def built(folder: Path) -> Path:
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Hearth</title>", "utf-8")
    (folder / "assets" / "index-abc123.js").write_text("let a = 1;\n" * 200, "utf-8")
    (folder / "assets" / "sans.woff2").write_bytes(b"font")
    (folder / "robots.txt").write_text("User-agent: *\n", "utf-8")
    (folder.parent / "secret.txt").write_text("secret", "utf-8")
    return folder


@pytest.fixture
def shell(tmp_path: Path) -> HttpShell:
    return http_shell(ShellOptions(web=built(tmp_path / "web")))


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("DELETE", "/api/v1/rooms", 405, "method_not_allowed"),
        ("GET", "/api/v1/rooms/campfire/join", 405, "method_not_allowed"),
        ("POST", "/", 405, "method_not_allowed"),
    ],
)
async def test_every_error_is_a_problem(
    shell: HttpShell, method: str, path: str, status: int, code: str
) -> None:
    async with shell.client() as client:
        response = await client.request(method, path)
    problem = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert {"type", "title", "detail"} <= problem.keys()
    assert problem["detail"].endswith(".")
    if status == 405:
        assert response.headers["allow"]


async def test_a_fault_of_ours_is_a_problem_without_its_insides(tmp_path: Path) -> None:
    shell = http_shell()
    shell.rooms.rooms = None  # type: ignore[assignment]
    async with shell.client() as client:
        client._transport.raise_app_exceptions = False  # type: ignore[attr-defined]
        response = await client.get("/api/v1/rooms/campfire")
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert "NoneType" not in response.text


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_over_the_ceiling_is_refused(shell: HttpShell, declared: bool) -> None:
    body = b"x" * (MAX_BODY_BYTES + 1)

    async def dripping() -> object:
        for start in range(0, len(body), 8192):
            yield body[start : start + 8192]

    async with shell.client() as client:
        response = await client.post(
            "/api/v1/rooms/campfire/join",
            content=body if declared else dripping(),  # type: ignore[arg-type]
            headers={"content-type": "application/json"},
        )
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["/", "/api/v1/info", "/nothing", "/pages/pages.css", "/healthz"])
async def test_every_answer_is_guarded(shell: HttpShell, path: str) -> None:
    async with shell.client() as client:
        headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "ws://127.0.0.1:8460 wss://127.0.0.1:8460" in policy
    assert "worker-src 'self' blob:" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "xr-spatial-tracking=(self)" in headers["permissions-policy"]
    # It would take away the button with which a self-made certificate is accepted.
    assert "strict-transport-security" not in headers


async def test_a_host_header_cannot_write_into_the_policy(shell: HttpShell) -> None:
    async with shell.client() as client:
        response = await client.get("/", headers={"host": "a; script-src *"})
    assert "script-src *" not in response.headers["content-security-policy"]


async def test_the_client_is_served_at_the_lobby_and_at_every_room(shell: HttpShell) -> None:
    async with shell.client() as client:
        for path in ("/", "/r/campfire", "/r/unknown-room"):
            response = await client.get(path, headers=PAGE)
            assert response.status_code == 200
            assert "<title>Hearth</title>" in response.text
            assert response.headers["cache-control"] == "no-cache"


async def test_hashed_files_are_kept_forever_and_compressed(shell: HttpShell) -> None:
    async with shell.client() as client:
        script = await client.get("/assets/index-abc123.js", headers={"accept-encoding": "gzip"})
        plain = await client.get("/assets/index-abc123.js", headers={"accept-encoding": "identity"})
        font = await client.get("/assets/sans.woff2")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-encoding"] == "gzip"
    assert int(script.headers["content-length"]) < 300
    assert script.text == plain.text
    assert script.headers["content-type"].startswith("text/javascript")
    assert (font.headers["content-type"], font.content) == ("font/woff2", b"font")


async def test_an_unchanged_page_is_not_sent_again(shell: HttpShell) -> None:
    async with shell.client() as client:
        first = await client.get("/")
        again = await client.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
    ],
)
async def test_no_path_leaves_the_folder(shell: HttpShell, path: str) -> None:
    async with shell.client() as client:
        response = await client.get(path)
    assert response.status_code == 404
    assert "secret" not in response.text.replace("secret.txt", "")


async def test_a_rebuilt_client_is_noticed(shell: HttpShell, tmp_path: Path) -> None:
    async with shell.client() as client:
        await client.get("/")
        (tmp_path / "web" / "index.html").write_text("<title>Newer</title>", "utf-8")
        assert "Newer" in (await client.get("/")).text


async def test_without_a_build_the_page_says_what_to_do() -> None:
    async with http_shell().client() as client:
        response = await client.get("/r/campfire", headers=PAGE)
    assert response.status_code == 503
    assert "make setup" in response.text


async def test_a_lost_visitor_gets_a_page_and_a_program_a_problem(shell: HttpShell) -> None:
    async with shell.client() as client:
        page = await client.get("/attic", headers=PAGE)
        problem = await client.get("/attic")
    assert (page.status_code, problem.status_code) == (404, 404)
    assert "Go to the lobby" in page.text
    assert problem.json()["code"] == "not_found"


async def test_the_realtime_path_tells_browsers_what_it_is(shell: HttpShell) -> None:
    async with shell.client() as client:
        response = await client.get("/rt")
    assert (response.status_code, response.headers["upgrade"]) == (426, "websocket")


@pytest.mark.parametrize(
    ("flags", "peer", "headers", "status"),
    [
        ({}, "127.0.0.1", {}, 200),
        ({"host": "0.0.0.0"}, "127.0.0.1", {}, 200),
        ({"host": "0.0.0.0"}, "203.0.113.9", {}, 403),
        ({}, "127.0.0.1", {"x-forwarded-for": "203.0.113.9"}, 403),
        ({"host": "0.0.0.0", "open_metrics": True}, "203.0.113.9", {}, 200),
        ({"host": "0.0.0.0", "operator_key": KEY}, "203.0.113.9", {}, 401),
        (
            {"host": "0.0.0.0", "operator_key": KEY},
            "203.0.113.9",
            {"authorization": f"Bearer {KEY}"},
            200,
        ),
    ],
)
async def test_metrics_are_for_this_machine_and_the_operator(
    flags: dict[str, object], peer: str, headers: dict[str, str], status: int
) -> None:
    async with http_shell(ShellOptions(flags=flags)).client(peer) as client:
        response = await client.get("/metrics", headers=headers)
    assert response.status_code == status
    assert ("hearth_tick_duration_seconds_bucket" in response.text) is (status == 200)


async def test_the_schema_has_examples_and_problems(shell: HttpShell) -> None:
    async with shell.client() as client:
        schema = (await client.get("/api/v1/openapi.json")).json()
    join = schema["paths"]["/api/v1/rooms/{room_id}/join"]["post"]
    refusals = {"400", "401", "403", "404", "409", "413", "422", "429", "503"}
    assert set(join["responses"]) == {"200", *refusals}
    assert "application/problem+json" in join["responses"]["422"]["content"]
    assert schema["components"]["schemas"]["JoinRequest"]["examples"][0]["name"] == "Robin"
    assert "/metrics" not in schema["paths"]
    assert "HTTPValidationError" not in json.dumps(schema["paths"])
