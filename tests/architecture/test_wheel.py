"""What is built for others to install has what the server reads from its own package."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_LOAD = """
import hearth_server
from hearth_server.services.plans.library import library
print(hearth_server.__file__, len(library().poses), sep="\\n")
"""


@pytest.mark.slow
def test_the_wheel_has_the_poses_and_can_read_them(tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    subprocess.run(
        [uv, "build", "--wheel", "--out-dir", tmp_path], cwd=ROOT, check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    inside = tmp_path / "inside"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(inside)
    kept = sorted(path.name for path in (ROOT / "server/hearth_server/poses").glob("*.json"))
    assert sorted(path.name for path in (inside / "hearth_server/poses").iterdir()) == kept
    told = subprocess.run(
        [sys.executable, "-c", _LOAD],
        cwd=tmp_path,
        env={"PYTHONPATH": str(inside), "PATH": ""},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    assert Path(told[0]).is_relative_to(inside)
    assert int(told[1]) >= 20
