"""Bytes and error of poses on the wire: recordings (or made-up bodies) at 20 Hz, gap by gap.

`python -m tests.benchmarks.bench_wire [--motion FILE.csv …]` writes Markdown and JSON.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hearth_loadtest.clips import Body, Posture, made_up_clip
from hearth_loadtest.recording import read_recording, resample
from hearth_protocol.limits import HAND_POSITION_WIDTHS, HEAD_POSITION_WIDTHS
from hearth_protocol.pieces import (
    HandsDelta,
    HandsFull,
    HeadDelta,
    HeadFull,
    encode_piece,
    needs_full,
    step_between,
)
from hearth_protocol.quantize import (
    Part,
    dequantize_position,
    dequantize_rotation,
    quantize_position,
    quantize_rotation,
)

OUT = Path(__file__).parents[2] / "artifacts" / "bench"
RATE_HZ = 20.0
NEIGHBOURS = 32
#: WebSocket header, snapshot header and lane codes of one frame.
FRAME_BYTES = 4 + 16 + NEIGHBOURS // 2
TARGET_BYTES = 18.0
F64 = NDArray[np.float64]


def parts_of(row: F64) -> tuple[Part, Part, Part]:
    """Quantise head, left and right hand of one row of 21 numbers."""
    head, left, right = (
        Part(
            quantize_position(*row[at : at + 3].tolist()),
            quantize_rotation(tuple(row[at + 3 : at + 7].tolist())),
        )
        for at in (0, 7, 14)
    )
    return head, left, right


def record_bytes(now: tuple[Part, Part, Part], base: tuple[Part, Part, Part]) -> int:
    """Bytes of the head and hands pieces that lead from a baseline to now."""
    steps = [step_between(a, b) for a, b in zip(now, base, strict=True)]
    if needs_full(steps[0], HEAD_POSITION_WIDTHS):
        head = encode_piece(HeadFull(id=1, age=10, state=12, head=now[0]))
    else:
        head = encode_piece(HeadDelta(age=10, state=None, head=steps[0]))
    if any(needs_full(step, HAND_POSITION_WIDTHS) for step in steps[1:]):
        hands = encode_piece(HandsFull(left=now[1], right=now[2]))
    else:
        hands = encode_piece(HandsDelta(left=steps[1], right=steps[2]))
    return len(head) + len(hands)


def errors(row: F64, parts: tuple[Part, Part, Part]) -> tuple[float, float]:
    """Largest distance (metres) and angle (degrees) between a row and what arrives."""
    far, turned = 0.0, 0.0
    for at, part in zip((0, 7, 14), parts, strict=True):
        position = np.array(dequantize_position(part.position))
        far = max(far, float(np.linalg.norm(position - row[at : at + 3])))
        true = row[at + 3 : at + 7] / np.linalg.norm(row[at + 3 : at + 7])
        cosine = abs(float(np.dot(np.array(dequantize_rotation(part.rotation)), true)))
        turned = max(turned, 2 * math.degrees(math.acos(min(1.0, cosine))))
    return far, turned


def measure(name: str, clips: list[F64]) -> dict[str, object]:
    """Give mean bytes per update for each gap, and the worst errors."""
    result: dict[str, object] = {"source": name}
    quantised = [[parts_of(row) for row in clip] for clip in clips]
    for gap in (1, 2, 4):
        sizes = [
            record_bytes(now, base)
            for clip in quantised
            for now, base in zip(clip[gap:], clip, strict=False)
        ]
        result[f"gap_{gap}_bytes"] = round(float(np.mean(sizes)) + FRAME_BYTES / NEIGHBOURS, 2)
    worst = [
        errors(row, parts)
        for clip, rows in zip(clips, quantised, strict=True)
        for row, parts in zip(clip, rows, strict=True)
    ]
    result["worst_mm"] = round(1000 * max(far for far, _ in worst), 3)
    result["worst_deg"] = round(max(turned for _, turned in worst), 3)
    result["updates"] = sum(len(clip) for clip in clips)
    return result


def made_up() -> list[F64]:
    """Eight bodies that stand, walk and sit, half a minute each."""
    rng = np.random.default_rng(7)
    bodies = [Body(Posture.STANDING), Body(Posture.STANDING, walking=True), Body(Posture.SEATED)]
    return [made_up_clip(rng, bodies[n % 3], RATE_HZ, 30.0).rows for n in range(8)]


def main() -> None:
    """Measure and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--motion", type=Path, nargs="*", default=[], help="recordings (CSV)")
    files = parser.parse_args().motion
    rows = [measure("made-up bodies", made_up())]
    for file in files:
        times, poses = read_recording(file)
        shifted = [resample(times + phase, poses, RATE_HZ) for phase in (0.0, 0.017, 0.034)]
        rows.append(measure(file.stem, shifted))
    keys = list(rows[0])
    table = ["| " + " | ".join(keys) + " |", "|" + "---|" * len(keys)]
    table += ["| " + " | ".join(str(row[key]) for key in keys) + " |" for row in rows]
    table += [
        "",
        f"Target: at most {TARGET_BYTES:.0f} bytes at gap 1 on recordings, header shared.",
    ]
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "wire.json").write_text(json.dumps(rows, indent=2) + "\n")
    (OUT / "wire.md").write_text("\n".join(table) + "\n")
    print("\n".join(table))


if __name__ == "__main__":
    main()
