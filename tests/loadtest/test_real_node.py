"""The whole tool against a whole node, as an operator would run it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.node import free_port, running_node

TOOL = Path(sys.executable).parent / "hearth-loadtest"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Twenty bots in two rooms for three seconds."""
    folder = tmp_path_factory.mktemp("node")
    out = folder / "report.json"
    with running_node(folder) as node:
        command = [TOOL, "run", "--url", node.url, "--users", "20", "--rooms", "2"]
        command += ["--run-time", "3", "--warmup-s", "1", "--sampled", "8", "--workers", "2"]
        command += ["--json", out, "--markdown", folder / "report.md"]
        # a busy machine may well make it fail its thresholds; what is asserted is the truth in it
        done = subprocess.run(command, capture_output=True, text=True, timeout=270, check=False)
    assert out.exists(), done.stdout + done.stderr
    document = json.loads(out.read_text())
    document["exit"] = done.returncode
    document["printed"] = done.stdout
    document["markdown"] = (folder / "report.md").read_text()
    return document


def test_everyone_gets_in_and_is_told_the_truth(report: dict) -> None:
    assert report["users"]["in"] == 20
    assert report["users"]["failures"] == report["users"]["lost"] == {}
    updates = report["updates"]
    assert updates["received"] > 0
    assert updates["verified"] > 0.8 * updates["received"]
    assert updates["wrong_position"] == updates["stranger"] == 0
    assert 0 < updates["worst_position_mm"] < 0.9
    assert updates["neighbours"] == pytest.approx(9.0, abs=1.0)


def test_the_document_has_its_stable_keys(report: dict) -> None:
    for key in ("p50", "p99", "p999"):
        assert report["latency_ms"][key] > 0
        assert report["generator_lag_ms"][key] >= 0
    assert 0 < report["delivered_ratio"] <= 1
    assert 0 < report["bytes_per_update"] < 60
    assert report["bytes_per_member_s"] > 500
    assert report["server"]["tick_ms"]["p99"] > 0
    assert report["environment"]["cores"] >= 1


def test_the_work_of_all_workers_is_in_it(report: dict) -> None:
    assert report["generator"]["workers"] == 2
    assert report["generator"]["sampled"] == 8
    assert report["joins"]["wait_ms"]["count"] == 20
    assert report["joins"]["per_s"] > 0
    assert report["generator_read_delay_ms"]["count"] > 0


def test_exit_code_and_words_agree_with_the_verdict(report: dict) -> None:
    assert {"pass": 0, "fail": 99, "generator-bound": 3}[report["verdict"]] == report["exit"]
    word = {"pass": "PASS", "fail": "FAIL", "generator-bound": "NO VERDICT"}[report["verdict"]]
    assert word in report["printed"]
    assert word in report["markdown"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--slo", "p99<soon"], "cannot read"),
        (["--scenario", "disco"], "no scenario"),
        (["--users", "2", "--rooms", "3"], "--rooms"),
        (["--url", "https://hearth.example"], "plain http"),
    ],
)
def test_a_wrong_question_gets_one_line_and_exit_2(arguments: list[str], says: str) -> None:
    done = subprocess.run(
        [TOOL, "run", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_no_node_is_said_so() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    done = subprocess.run(
        [TOOL, "run", "--url", url], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert url in done.stderr
    assert "Traceback" not in done.stderr
