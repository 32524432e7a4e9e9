"""The simulation's share of voice: who hears whom, worked out anew for 300 people.

Runs `bench_sim --only voices` in a process of its own and reads its table.
`python -m tests.benchmarks.bench_voice_reroute`.
"""

import subprocess
import sys

from tests.benchmarks.bench_voice import ROOT, Cell, Options
from tests.benchmarks.voice_rows import alone, settle

BAR_MS = 0.6
PEOPLE, TALKING = "300", "60"


def row_reroute(options: Options) -> list[Cell]:
    """300 people, 60 who talk: time of a re-route."""
    settle(options)
    quick = ["--quick"] if options.rounds == 1 else []
    table = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_sim", "--only", "voices", *quick],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    lines = [line for line in table.splitlines() if line.startswith("|")]
    rows = [[each.strip() for each in line.strip("|").split("|")] for line in lines]
    cells = []
    for people, rooms, open_and_talking, spent, least, _, naive, ratio in (
        row for row in rows if row[0] == PEOPLE and row[2].endswith(f"/ {TALKING}")
    ):
        # The numbers of the table's own header: see bench_sim.
        opened = open_and_talking.split(" ")[0]
        judged = opened == TALKING
        cells.append(
            Cell(
                f"Re-route {people} people in {rooms} room, {opened} open microphones, "
                f"{TALKING} talking (bench_sim)",
                f"{spent} ms (least {least}), naive {naive} ms: {ratio} x",
                f"≤ {BAR_MS} ms" if judged else "",
                float(spent) <= BAR_MS if judged else None,
                None,
            )
        )
    assert any(cell.holds is not None for cell in cells), table
    return cells


if __name__ == "__main__":
    alone("reroute", row_reroute)
