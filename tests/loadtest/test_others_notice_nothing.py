"""Trouble of every kind in a room, against the same room without it: nobody else may notice."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.node import Node, running_node
from tests.support.troublemakers import TROUBLES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

USERS = 16
#: Room for everybody's avatar, the seats of those thrown out included.
SETTINGS = ("--neighbours", "64", "--no-tiers", "--no-voice")
SECONDS = 20


def watch(node: Node, report: Path) -> dict[str, Any]:
    """Run a crowd of well-behaved people; return what they found."""
    command = [Path(sys.executable).parent / "hearth-loadtest", "run", "--url", node.url]
    command += ["--users", str(USERS), "--run-time", str(SECONDS), "--json", str(report)]
    subprocess.run(command, check=False, capture_output=True, timeout=200)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def test_trouble_costs_nobody_else_anything(tmp_path: Path) -> None:
    with running_node(tmp_path / "data", *SETTINGS) as node:
        quiet = watch(node, tmp_path / "quiet.json")
        trouble = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.support.troublemakers",
                node.url,
                "load-1",
                str(SECONDS + 9),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            troubled = watch(node, tmp_path / "troubled.json")
            output, _ = trouble.communicate(timeout=60)
        finally:
            trouble.kill()
            trouble.wait()
        metrics = node.get("/metrics")
    done = json.loads(output)
    assert set(TROUBLES) <= set(done), done
    for reason in ("malformed", "too_big", "protocol_error", "text_refused", "flood"):
        assert f'hearth_closes_total{{reason="{reason}"}}' in metrics
    assert quiet["delivered_ratio"] > 0.95
    assert troubled["delivered_ratio"] >= quiet["delivered_ratio"] - 0.01
    assert troubled["latency_ms"]["p99"] <= quiet["latency_ms"]["p99"] + 5.0
    assert troubled["verdict"] == quiet["verdict"] == "pass"
