"""The `hearth` command as an operator uses it: a real process, real sockets, real signals."""

import hashlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

START_TIMEOUT_S = 240  # an empty kernel cache on a busy machine


@dataclass
class Running:
    """A started node, ready to answer."""

    process: subprocess.Popen[str]
    announcement: str

    def port(self, pattern: str = r"//(?:127\.0\.0\.1|localhost):(\d+)/") -> int:
        found = re.search(pattern, self.announcement)
        assert found, self.announcement
        return int(found[1])


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "hearth_server", *args]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEARTH_")}
    return {**kept, **more}


def run(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*args),
        capture_output=True,
        text=True,
        timeout=START_TIMEOUT_S,
        env=environment(**env),
        check=False,
    )


@contextmanager
def serving(data_dir: Path, *args: str, **env: str) -> Iterator[Running]:
    """Start a node on a free port and wait until it announces itself."""
    process = subprocess.Popen(
        command("serve", "--port", "0", "--data-dir", str(data_dir), *args),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**env),
    )
    watchdog = threading.Timer(START_TIMEOUT_S, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        lines: list[str] = []
        # The announcement ends with the line that only a ready node writes last.
        for line in process.stdout:
            lines.append(line)
            if "--lan" in line or "picture" in line or line.startswith("On a phone"):
                break
        yield Running(process, "".join(lines))
    finally:
        watchdog.cancel()
        if process.poll() is None:
            process.kill()
        process.communicate()


def get(url: str, context: ssl.SSLContext | None = None) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10, context=context) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def post(url: str, body: object) -> dict[str, object]:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, object] = json.loads(answer.read())
        return found


def test_a_second_signal_does_not_wait_for_those_who_do_not_answer(tmp_path: Path) -> None:
    with serving(tmp_path, "--log-format", "json", HEARTH_STOP_TIMEOUT_S="60") as node:
        address = ("127.0.0.1", node.port())
        with socket.create_connection(address) as slow:
            # A body that never comes keeps the request, and with it a polite stop, open.
            slow.sendall(
                b"POST /api/v1/rooms/campfire/join HTTP/1.1\r\nHost: x\r\n"
                b"Content-Type: application/json\r\nContent-Length: 40\r\n\r\n{"
            )
            node.process.send_signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):
                node.process.wait(timeout=1.5)
            node.process.send_signal(signal.SIGTERM)
            assert node.process.wait(timeout=8) == 0


def test_a_node_gets_ready_hands_out_a_ticket_and_stops(tmp_path: Path) -> None:
    with serving(tmp_path, "--log-format", "json") as node:
        base = f"http://127.0.0.1:{node.port()}"
        assert f"adb reverse tcp:{node.port()} tcp:{node.port()}" in node.announcement
        assert get(f"{base}/healthz")[0] == 200
        assert get(f"{base}/readyz") == (200, '{"status":"ready"}')
        answer = post(f"{base}/api/v1/rooms/campfire/join", {"name": "Robin"})
        assert len(str(answer["ticket"])) == 43
        assert "hearth_tick_duration_seconds_count" in get(f"{base}/metrics")[1]
        node.process.send_signal(signal.SIGTERM)
        _, errors = node.process.communicate(timeout=15)
    assert node.process.returncode == 0
    events = [json.loads(line) for line in errors.splitlines()]
    assert [event["event"] for event in events][-2:] == ["stopping", "stopped"]
    assert not [event for event in events if event["level"] in ("warning", "error")]


def test_an_open_upgrade_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    """A client that opens the WebSocket and then says nothing."""
    with serving(tmp_path) as node:
        port = node.port()
        with socket.create_connection(("127.0.0.1", port), timeout=10) as silent:
            silent.sendall(
                b"GET /rt HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\n"
                b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                b"Sec-WebSocket-Protocol: hearth.v1\r\n\r\n" % port
            )
            assert silent.recv(4096).startswith(b"HTTP/1.1 101")
            node.process.send_signal(signal.SIGINT)
            node.process.communicate(timeout=15)
    assert node.process.returncode == 0


def test_the_local_network_is_served_over_https_with_a_page_that_leads_there(
    tmp_path: Path,
) -> None:
    # An address of its own keeps the test off the network; the default would open all of them.
    with serving(tmp_path, "--lan", "--host", "127.0.0.2", "--http-port", "0") as node:
        port = node.port(r"https://127\.0\.0\.2:(\d+)/")
        context = ssl.create_default_context(cafile=str(tmp_path / "tls" / "ca.crt"))
        context.check_hostname = False
        status, info = get(f"https://127.0.0.2:{port}/api/v1/info", context)
        assert (status, json.loads(info)["secure"]) == (200, True)
        http_port = node.port(r"type\s+127\.0\.0\.2:(\d+)\s")
        page = get(f"http://127.0.0.2:{http_port}/")[1]
        assert f"https://127.0.0.2:{port}/" in page
        halves = re.findall(r"^  ((?:[0-9A-F]{2}:){15}[0-9A-F]{2})$", node.announcement, re.M)
        served = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.2", port)))
        assert ":".join(halves) == hashlib.sha256(served).digest().hex(":").upper()
        code = re.search(r"^  ([B-Z2-9]{3} [B-Z2-9]{3})   Campfire$", node.announcement, re.M)
        assert code
        follow = get(f"http://127.0.0.2:{http_port}/j/{code[1].replace(' ', '')}")[1]
        assert f"https://127.0.0.2:{port}/r/campfire" in follow


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--port", str(port), "--data-dir", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == (
        f"hearth: port {port} on 127.0.0.1 is in use. Fix: stop the program that has it, or "
        "choose another with --port.\n"
    )


def _broken_file(folder: Path) -> list[str]:
    path = folder / "hearth.toml"
    path.write_text("[[rooms]]\nid = 'yoga'\ncapcity = 12\n", "utf-8")
    return ["--config", str(path)]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (_broken_file, "rooms[0].capcity: unknown key. Fix: did you mean 'capacity'?"),
        (lambda folder: ["--tick-rate", "3"], "--tick-rate: "),
        (lambda folder: ["--config", str(folder / "none.toml")], "there is no such config file"),
        (lambda folder: ["--cert", "c.pem"], "--cert: cert is set but key is not"),
        (lambda folder: ["--log-format", "xml"], "--log-format: "),
    ],
)
def test_a_setting_that_cannot_work_is_one_line(
    tmp_path: Path, args: Callable[[Path], list[str]], says: str
) -> None:
    done = run("serve", *args(tmp_path))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("hearth: ")
    assert says in done.stderr
    assert "Fix: " in done.stderr


def test_a_certificate_that_is_none_is_one_line(tmp_path: Path) -> None:
    for name in ("c.pem", "k.pem"):
        (tmp_path / name).write_text("not PEM", "utf-8")
    files = ["--cert", str(tmp_path / "c.pem"), "--key", str(tmp_path / "k.pem")]
    done = run("serve", "--port", "0", "--data-dir", str(tmp_path), *files)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "Fix: point --cert at the chain" in done.stderr


def test_a_data_folder_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    done = run("serve", "--port", "0", "--data-dir", str(tmp_path / "file" / "data"))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "Fix: choose another --data-dir" in done.stderr


def test_config_prints_what_would_be_used_without_secrets() -> None:
    done = run("config", HEARTH_OPERATOR_KEY="correct horse battery", HEARTH_PORT="9000")
    assert json.loads(done.stdout)["port"] == 9000
    assert "battery" not in done.stdout
