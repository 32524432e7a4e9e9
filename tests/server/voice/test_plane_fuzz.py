"""Mutated datagrams against the compiled plane, with bounds checks truly on."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def checked_cache() -> Path:
    """Return a cache folder that only code with bounds checks ever sees, new for new sources."""
    digest = hashlib.sha256(sys.version.encode())
    voice = ROOT / "server" / "hearth_server" / "voice"
    for path in sorted([*(voice / "kernels").glob("*.py"), voice / "plane.py", *voice.glob("pl*")]):
        digest.update(path.read_bytes())
    return ROOT / "artifacts" / "checked-kernels" / digest.hexdigest()[:16]


def throw(datagrams: int, *options: str) -> subprocess.CompletedProcess[str]:
    folder = checked_cache()
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "tests.server.voice.plane_fuzz", str(datagrams), *options],
        cwd=ROOT,
        env={**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=1_500,
        check=False,
    )


@pytest.mark.parametrize("where", ["kernel", "routes"])
def test_a_planted_access_out_of_range_fails_the_run(where: str) -> None:
    done = throw(2_000, "--plant", where)
    assert done.returncode != 0
    assert "IndexError" in done.stderr


def test_mutated_datagrams_are_dropped_without_a_crash_or_a_leak() -> None:
    done = throw(20_000)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.timeout(1_500)
def test_a_million_mutated_datagrams() -> None:
    done = throw(1_000_000, "--seed", "7")
    assert done.returncode == 0, done.stderr
