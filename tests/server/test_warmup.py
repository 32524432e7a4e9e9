import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hearth_server import warmup

CHOOSE = (
    "import sys; from pathlib import Path; from hearth_server.warmup import prepare_cache;"
    "print(prepare_cache(Path(sys.argv[1]))); assert 'numba' not in sys.modules"
)


def chosen(data_dir: Path, **env: str) -> Path:
    """Return what a fresh process, numba not yet imported, chooses."""
    kept = {"PATH": os.environ["PATH"], **env}
    done = subprocess.run(
        [sys.executable, "-c", CHOOSE, str(data_dir)],
        capture_output=True,
        text=True,
        check=True,
        env=kept,
    )
    return Path(done.stdout.strip())


def test_the_key_covers_kernels_and_all_they_import() -> None:
    names = {path.as_posix() for path in warmup._kernel_sources()}
    for expected in (
        "hearth_sim/kernels/snapshot.py",
        "hearth_protocol/kernels/pieces.py",
        "hearth_sim/arrays.py",
        "hearth_protocol/limits.py",
    ):
        assert any(name.endswith(expected) for name in names), expected


def test_an_edited_source_the_flag_and_the_processor_change_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "kernel.py"
    source.write_text("K = 32", "utf-8")
    monkeypatch.setattr(warmup, "_kernel_sources", lambda: [source])
    monkeypatch.delenv("NUMBA_BOUNDSCHECK", raising=False)
    keys = [warmup.cache_key(), warmup.cache_key()]
    assert keys[0] == keys[1]
    source.write_text("K = 33", "utf-8")
    keys.append(warmup.cache_key())
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "1")
    keys.append(warmup.cache_key())
    monkeypatch.setattr(warmup, "_cpu", lambda: "another processor")
    keys.append(warmup.cache_key())
    assert len(set(keys)) == 4


def test_the_users_cache_comes_first_and_the_data_folder_last(tmp_path: Path) -> None:
    home, xdg, own = tmp_path / "home", tmp_path / "xdg", tmp_path / "own"
    data = tmp_path / "data"
    key = warmup.cache_key()
    assert chosen(data, HOME=str(home)) == home / ".cache" / "hearth" / key
    assert chosen(data, HOME=str(home), XDG_CACHE_HOME=str(xdg)) == xdg / "hearth" / key
    assert chosen(data, XDG_CACHE_HOME=str(xdg), NUMBA_CACHE_DIR=str(own)) == own / key
    assert chosen(data, NUMBA_CACHE_DIR=str(own / key)) == own / key
    blocked = tmp_path / "file"
    blocked.write_text("in the way", "utf-8")
    assert chosen(data, HOME=str(blocked)) == data / "cache" / key


def test_caches_of_old_versions_go(tmp_path: Path) -> None:
    for number in range(9):
        folder = tmp_path / f"kernels-{number}"
        folder.mkdir()
        os.utime(folder, (number, number))
    (tmp_path / "other").mkdir()
    warmup._prune(tmp_path, keep="kernels-0")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"other", "kernels-0", *(f"kernels-{n}" for n in range(4, 9))}


def test_one_process_at_a_time_fills_a_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kernels-abc"
    folder.mkdir()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder))
    entered = threading.Event()

    def fill() -> None:
        with warmup._alone("some"):
            entered.set()

    with (folder / "filling-some").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting = threading.Thread(target=fill, daemon=True)
        waiting.start()
        assert not entered.wait(0.1)
        fcntl.flock(other, fcntl.LOCK_UN)
        assert entered.wait(5)
        waiting.join(5)
    assert (folder / "filled-some").exists()
    with (folder / "filling-some").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        fill()  # a filled cache is open to all
