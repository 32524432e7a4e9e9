"""The cache of compiled kernels: chosen before numba, kept apart by sources, filled by one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hearth_loadtest import warmup


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "base"))
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    return tmp_path / "base"


def test_the_command_line_does_not_bring_numba_before_the_cache_is_chosen() -> None:
    code = "import hearth_loadtest.cli, sys; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_folder_is_chosen_once_and_inherited(base: Path) -> None:
    folder = warmup.prepare_cache()
    assert folder == base / warmup.cache_key()
    assert os.environ["NUMBA_CACHE_DIR"] == str(folder)
    assert warmup.prepare_cache() == folder


def test_a_base_that_cannot_be_written_is_passed_over(
    base: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    base.write_text("a file where a folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert warmup.prepare_cache().parent == tmp_path / "home" / "hearth"


def test_other_sources_or_checks_have_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {path.name for path in warmup._sources()}
    # kernels of both packages, and what they compile in
    assert {"turns.py", "watching.py", "calls.py", "scan.py", "bots.py", "limits.py"} <= names
    before = warmup.cache_key()
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "1")
    assert warmup.cache_key() != before


def test_an_edited_kernel_has_another_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy = tmp_path / "turns.py"
    copy.write_text("BLOCK = 8\n")
    monkeypatch.setattr(warmup, "_sources", lambda: [copy])
    before = warmup.cache_key()
    copy.write_text("BLOCK = 9\n")
    assert warmup.cache_key() != before


def test_old_versions_go_and_others_folders_stay(base: Path) -> None:
    for number in range(5):
        (base / f"bots-{number}").mkdir(parents=True)
        os.utime(base / f"bots-{number}", (number, number))
    (base / "kernels-1").mkdir()
    folder = warmup.prepare_cache()
    left = {path.name for path in base.iterdir()}
    assert left == {"bots-3", "bots-4", "kernels-1", folder.name}


def test_one_process_at_a_time_fills_the_folder(base: Path) -> None:
    folder = warmup.prepare_cache()
    code = "from hearth_loadtest import warmup\nwith warmup.alone(): print('in')"
    with warmup.alone():
        other = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, env=dict(os.environ)
        )
        with pytest.raises(subprocess.TimeoutExpired):
            other.communicate(timeout=1.0)
        assert not warmup.filled()
        warmup.mark_filled()
    assert other.communicate(timeout=60)[0] == b"in\n"
    assert warmup.filled()
    assert (folder / "filled").exists()
    with (folder / "filling").open("w"), warmup.alone():
        pass  # a filled folder keeps nobody waiting
