"""Real recordings as clips: reads motion CSV files and makes endless loops of them."""

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hearth_loadtest.errors import UsageFault
from hearth_loadtest.turns import multiply, rotate_y, yaw_of, yaw_quaternion

F64 = npt.NDArray[np.float64]

_AXES = ("px", "py", "pz", "qx", "qy", "qz", "qw")
COLUMNS = (
    "t_s",
    *(f"{part}_{axis}" for part in ("head", "left", "right") for axis in _AXES),
)


def read_recording(path: Path) -> tuple[F64, F64]:
    """Read one motion file.

    Returns:
        Times [n] seconds, strictly rising, and rows [n, 21]: head, left and right hand, each
        position xyz in metres and unit quaternion xyzw.

    Raises:
        UsageFault: The file is missing, has other columns, or has too few rows.
    """
    try:
        with path.open(newline="") as file:
            reader = csv.reader(file)
            header = tuple(next(reader, ()))
            if header != COLUMNS:
                raise UsageFault(
                    f"{path}: expected the columns {', '.join(COLUMNS[:4])}, … ({len(COLUMNS)} "
                    f"in all), found {len(header)}"
                )
            table = np.array([[float(cell) for cell in row] for row in reader])
    except OSError as fault:
        raise UsageFault(f"{path}: {fault.strerror}") from fault
    except ValueError as fault:
        raise UsageFault(f"{path}: not a number in a row: {fault}") from fault
    if len(table) < 2 or not np.all(np.diff(table[:, 0]) > 0):
        raise UsageFault(f"{path}: needs at least two rows with rising times")
    if not np.all(np.isfinite(table)):
        raise UsageFault(f"{path}: every cell must be a finite number")
    return table[:, 0], table[:, 1:]


def resample(times_s: F64, rows: F64, rate_hz: float) -> F64:
    """Rows [n, 21] at a steady rate: positions linear, quaternions normalised-linear."""
    steps = np.arange(0.0, times_s[-1] - times_s[0], 1.0 / rate_hz) + times_s[0]
    after = np.clip(np.searchsorted(times_s, steps, side="right"), 1, len(times_s) - 1)
    before = after - 1
    share = (steps - times_s[before]) / (times_s[after] - times_s[before])
    first, second = rows[before].copy(), rows[after].copy()
    for at in (3, 10, 17):
        flip = np.sum(first[:, at : at + 4] * second[:, at : at + 4], axis=1) < 0
        second[flip, at : at + 4] *= -1.0
    out = first + (second - first) * share[:, None]
    for at in (3, 10, 17):
        out[:, at : at + 4] /= np.linalg.norm(out[:, at : at + 4], axis=1, keepdims=True)
    return np.asarray(out)


def centre(rows: F64) -> F64:
    """Move a clip so that its head stands over the origin and looks along -z on average."""
    out = rows.copy()
    middle = rows[:, [0, 2]].mean(axis=0)
    yaws = yaw_of(rows[:, 3:7])
    mean_yaw = float(np.arctan2(np.sin(yaws).mean(), np.cos(yaws).mean()))
    turn = yaw_quaternion(np.array(-mean_yaw))
    for at in (0, 7, 14):
        out[:, at] -= middle[0]
        out[:, at + 2] -= middle[1]
        out[:, at : at + 3] = rotate_y(out[:, at : at + 3], np.array(-mean_yaw))
        out[:, at + 3 : at + 7] = multiply(turn, out[:, at + 3 : at + 7])
    return out


def loop_of(rows: F64) -> F64:
    """There and back again: the loop has no jump and keeps every speed as recorded."""
    return np.concatenate([rows, rows[-2:0:-1]]) if len(rows) > 2 else rows


def recorded_clip(path: Path, rate_hz: float) -> F64:
    """One recording as an endless clip [frames, 21], centred, at `rate_hz`."""
    times_s, rows = read_recording(path)
    return loop_of(centre(resample(times_s, rows, rate_hz)))
