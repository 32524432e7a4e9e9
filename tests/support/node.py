"""A whole node in a process of its own, started as an operator would start it."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LOGS = Path(__file__).parents[2] / "artifacts" / "nodes"


@dataclass(frozen=True)
class Node:
    """A running server and where to reach it."""

    url: str
    process: subprocess.Popen[bytes]

    def get(self, path: str) -> str:
        """Answer the body of a page of the node."""
        with urllib.request.urlopen(self.url + path, timeout=5) as response:
            body: bytes = response.read()
        return body.decode()


def log_of(node: Node) -> Path:
    """Return the file with all that the node printed."""
    return LOGS / f"node-{node.url.rsplit(':', 1)[1]}.log"


def printed(node: Node, pattern: str, within_s: float = 10.0) -> str:
    """Wait until the node has printed something that fits; return it."""
    give_up_at = time.monotonic() + within_s  # noqa: TID251 - a real process prints in real time
    while (found := re.search(pattern, log_of(node).read_text())) is None:
        assert time.monotonic() < give_up_at, f"the node printed no {pattern}"  # noqa: TID251
        time.sleep(0.1)
    return found[0]


def free_port() -> int:
    """Ask the system for a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_ready(node: Node, within_s: float = 240.0) -> None:
    """Wait for /readyz; a node with an empty kernel cache needs its time."""
    give_up_at = time.monotonic() + within_s  # noqa: TID251 - a real process starts in real time
    while True:
        with contextlib.suppress(OSError):
            node.get("/readyz")
            return
        assert node.process.poll() is None, "the node ended before it was ready"
        assert time.monotonic() < give_up_at, "the node did not get ready"  # noqa: TID251
        time.sleep(0.1)


def wait_until_voice_is_ready(node: Node, within_s: float = 120.0) -> None:
    """Wait for the voice worker; the rooms do not."""
    give_up_at = time.monotonic() + within_s  # noqa: TID251 - as above
    while "hearth_voice_ready 1.0" not in node.get("/metrics"):
        assert time.monotonic() < give_up_at, "voice did not get ready"  # noqa: TID251
        time.sleep(0.1)


@contextlib.contextmanager
def running_node(data_dir: Path, *arguments: str, port: int | None = None) -> Iterator[Node]:
    """Run `hearth serve` as an operator would; its log becomes a test artefact.

    Whoever starts a node again names its port, so that open pages find it where it was.
    """
    port = port or free_port()
    LOGS.mkdir(parents=True, exist_ok=True)
    log = (LOGS / f"node-{port}.log").open("wb")
    hearth = Path(sys.executable).parent / "hearth"
    process = subprocess.Popen(
        [hearth, "serve", "--port", str(port), "--data-dir", str(data_dir), *arguments],
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, "NO_COLOR": "1"},
    )
    node = Node(f"http://127.0.0.1:{port}", process)
    try:
        wait_until_ready(node)
        yield node
    finally:
        process.terminate()
        process.wait(timeout=15)
        log.close()
