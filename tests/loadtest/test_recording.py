"""Recordings: read strictly, replayed at a steady rate, in place, without a jump."""

import math
from pathlib import Path

import numpy as np
import pytest

from hearth_loadtest.errors import UsageFault
from hearth_loadtest.recording import COLUMNS, centre, loop_of, read_recording, recorded_clip
from hearth_loadtest.turns import euler_quaternion, yaw_of


def rows_of(
    seconds: float = 4.0, rate: float = 88.0, yaw: float = 0.7
) -> tuple[np.ndarray, np.ndarray]:
    times = np.arange(0, seconds, 1 / rate)
    rows = np.zeros((len(times), 21))
    for at, height in ((0, 1.6), (7, 1.0), (14, 1.1)):
        rows[:, at] = 2.0 + 0.1 * np.sin(times)
        rows[:, at + 1] = height
        rows[:, at + 2] = -1.0 + 0.05 * np.cos(times)
        rows[:, at + 3 : at + 7] = euler_quaternion(
            np.full(len(times), yaw), 0.1 * np.sin(times), np.zeros(len(times))
        )
    return times, rows


def write(path: Path, times: np.ndarray, rows: np.ndarray) -> Path:
    lines = [",".join(COLUMNS)]
    lines += [",".join(map(str, (t, *row))) for t, row in zip(times, rows, strict=True)]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_recording_becomes_an_endless_loop_in_place(tmp_path: Path) -> None:
    times, rows = rows_of()
    clip = recorded_clip(write(tmp_path / "walk.csv", times, rows), 20.0)
    assert len(clip) == 2 * 80 - 2
    assert np.abs(clip[:, [0, 2]].mean(axis=0)).max() < 0.02
    assert abs(float(np.mean(yaw_of(clip[:, 3:7])))) < 0.02
    steps = np.linalg.norm(np.diff(np.concatenate([clip, clip[:1]])[:, 0:3], axis=0), axis=1)
    assert steps.max() < 0.1 / 20 * 1.2


def test_resampling_keeps_positions_where_they_were(tmp_path: Path) -> None:
    times, rows = rows_of(yaw=0.0)
    clip = recorded_clip(write(tmp_path / "walk.csv", times, rows), 20.0)
    original = centre(rows)
    at = np.arange(0, times[-1], 1 / 20.0)
    expected = np.interp(at, times, original[:, 0])
    # means differ a little between the two rates, so compare movement
    assert np.abs(np.diff(clip[: len(at), 0]) - np.diff(expected)).max() < 1e-4


def test_there_and_back_is_a_loop() -> None:
    assert loop_of(np.arange(4.0)[:, None]).ravel().tolist() == [0, 1, 2, 3, 2, 1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b\n1,2\n", "expected the columns"),
        (",".join(COLUMNS) + "\n" + ",".join(["0"] * 22) + "\n", "at least two rows"),
        (",".join(COLUMNS) + "\n" + ",".join(["x"] * 22) + "\n", "not a number"),
        (
            ",".join(COLUMNS) + "\n" + "\n".join(",".join([t] + ["nan"] * 21) for t in "01"),
            "finite",
        ),
    ],
)
def test_a_bad_file_says_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(UsageFault, match=says):
        read_recording(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match=r"nowhere\.csv"):
        read_recording(tmp_path / "nowhere.csv")


def test_yaw_of_what_was_turned() -> None:
    yaw = np.linspace(-3, 3, 13)
    turned = euler_quaternion(yaw, np.full(13, 0.3), np.full(13, -0.2))
    assert np.abs(np.sin(yaw_of(turned) - yaw)).max() < 0.1
    assert math.isclose(float(yaw_of(np.array([0.0, 0, 0, 1]))), 0.0, abs_tol=1e-12)
