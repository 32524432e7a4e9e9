"""The test's side of a node that takes orders: it starts one and tells it what to do."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.node import (
    LOGS,
    Node,
    free_port,
    wait_until_ready,
    wait_until_voice_is_ready,
)


class StagedNode(Node):
    """A node that does between two ticks what nobody can do over the wire."""

    def order(self, **order: Any) -> None:
        """Have something done between two ticks."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == b"done\n"


@contextlib.contextmanager
def staged_node(data_dir: Path, **flags: object) -> Iterator[StagedNode]:
    """Run `tests.support.staged_node` with voice on any port; its log becomes a test artefact."""
    port = free_port()
    LOGS.mkdir(parents=True, exist_ok=True)
    log = (LOGS / f"staged-{port}.log").open("wb")
    settings = {"port": port, "data_dir": data_dir, "voice_port": 0, **flags}
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.support.staged_node",
            *(f"{name}={value}" for name, value in settings.items()),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        cwd=Path(__file__).parents[2],
    )
    running = StagedNode(f"http://127.0.0.1:{port}", process)
    try:
        wait_until_ready(running)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        wait_until_voice_is_ready(running)
        yield running
    finally:
        process.terminate()
        process.communicate(timeout=15)
        log.close()
