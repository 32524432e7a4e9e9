"""How long a formation takes: mats laid out and given to people, against the bare assignment.

`python -m tests.benchmarks.bench_formation [--quick]` writes Markdown and JSON. The floor is what
scipy needs for nothing but the least walking of the same crowd, in turns with it. Below that is
how long a room waits at most, at a time, when its leader lets 300 form: the message and each tick
of a real shard, beside its plain ticks, without the sockets.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from hearth_loadtest.environment import describe
from hearth_protocol import gathering as wire
from hearth_protocol.design import Design, DesignSpawn, DesignZone
from hearth_protocol.gathering import FormationKind
from hearth_server.community.permissions import Role
from hearth_server.rooms.gathering.formation import (
    Mats,
    People,
    assign,
    floor_of,
    hidden_by_others,
    lay_out,
    stage_of,
)
from tests.support.gathering import ROOM, Gathering, Visitor, account
from tests.support.runs import run_of

OUT: Final = Path(__file__).parents[2] / "artifacts" / "bench"
BAR_MS: Final = 20.0
PEOPLE: Final = (12, 60, 300)
KINDS: Final[tuple[FormationKind, ...]] = ("rows", "arc", "circle")
ROUNDS: Final = 15
BESIDE_M: Final = 3.3


def hall() -> Design:
    """A great room with a stage at its front."""
    return Design(
        template="studio",
        size="great",
        light="day",
        places=[],
        zones=[DesignZone(id="s", name="S", kind="stage", x0=-3, z0=-23.5, x1=3, z1=-20.5)],
        spawn=[DesignSpawn(x=0, z=20, yaw_deg=0)],
        objects=[],
    )


def crowd(count: int, seed: int) -> People:
    """People all over the room: one in 6 with a friend, one in 10 with somebody they blocked."""
    rng = np.random.default_rng(seed)

    def pairs(many: int) -> set[tuple[int, int]]:
        chosen = rng.permutation(count)[: 2 * many].reshape(-1, 2)
        return {(int(a), int(b)) for a, b in chosen}

    apart = pairs(count // 10)
    return People(
        rng.uniform(-23, 23, (count, 2)),
        access=frozenset(rng.choice(count, max(1, count // 30), replace=False).tolist()),
        friends=tuple(sorted(pairs(count // 6) - apart)),
        apart=tuple(sorted(apart)),
    )


def spent_ms(work: Callable[[], object]) -> float:
    """Return the CPU time of this thread: other work on the machine disturbs little."""
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1000.0


def row(kind: FormationKind, count: int, rounds: int) -> dict[str, object]:
    """Measure one formation."""
    floor, stage = floor_of(hall()), stage_of(hall())
    laying: list[float] = []
    giving: list[float] = []
    bare: list[float] = []
    beside = friends = 0
    mats: Mats = lay_out(kind, count, floor, stage)
    for seed in range(rounds):
        people = crowd(count, seed)
        laying.append(spent_ms(lambda: lay_out(kind, count, floor, stage)))
        giving.append(spent_ms(lambda people=people: assign(mats, people)))  # type: ignore[misc]
        cost = cdist(people.xz, mats.xz)
        bare.append(spent_ms(lambda cost=cost: linear_sum_assignment(cost)))  # type: ignore[misc]
        mat = assign(mats, people)
        friends += len(people.friends)
        beside += sum(
            float(np.hypot(*(mats.xz[mat[a]] - mats.xz[mat[b]]))) <= BESIDE_M
            for a, b in people.friends
        )
    both = np.array(laying) + np.array(giving)
    return {
        "kind": kind,
        "people": count,
        "ms": round(float(np.median(both)), 2),
        "worst_ms": round(float(both.max()), 2),
        "lay_out_ms": round(float(np.median(laying)), 2),
        "assign_ms": round(float(np.median(giving)), 2),
        "bare_assignment_ms": round(float(np.median(bare)), 2),
        "ratio": round(float(np.median(both) / np.median(bare)), 1),
        "hidden_share": round(float(hidden_by_others(mats.xz, stage).mean()), 3),
        "friends_beside_share": round(beside / max(friends, 1), 2),
    }


def class_of(count: int) -> tuple[Gathering, Visitor, list[Visitor]]:
    """Return a hall with a class of so many in it, some friends, some kept apart, and who leads."""
    it = Gathering(replace(ROOM, design=hall(), capacity=count + 10), most=count + 10)
    people = [replace(account("P"), id=f"p{number:015}") for number in range(count)]
    standing, crowded = account("Ann"), crowd(count, 1)
    for a, b in crowded.friends:
        it.relations.befriend(people[a].id, people[b].id, True)
    for a, b in crowded.apart:
        it.relations.block(people[a].id, people[b].id, True)
    leader = it.enter(standing, it.standing(standing, Role.OWNER))
    visitors = [it.enter(each) for each in people]
    for visitor, (x, z) in zip(visitors, crowded.xz.tolist(), strict=True):
        visitor.at = (x, 1.6, z)
    it.settle(3)
    it.live.begin_gathering(run_of(standing))
    it.settle(8)
    return it, leader, visitors


def waits(count: int, rounds: int) -> list[dict[str, object]]:
    """Measure how long each part of forming takes, the message first and then every tick."""
    it, leader, visitors = class_of(count)
    plain = [spent_ms(it.pass_tick) for _ in range(20)]
    rows: list[dict[str, object]] = []
    for kind in KINDS:
        whole, longest = [], []
        for _ in range(rounds):
            form = wire.Form(rid=leader.rid(), kind=kind)
            parts = [spent_ms(lambda form=form: leader.send(form))]  # type: ignore[misc]
            parts += [spent_ms(it.pass_tick) for _ in range(8)]
            whole.append(sum(parts) - 8 * float(np.median(plain)))
            longest.append(max(parts))
            for visitor in visitors:
                visitor.take()
            leader.take()
            assert leader.last(wire.Formation).kind == kind
            assert visitors[0].last(wire.Ask).kind == "mat"
        rows.append(
            {
                "kind": kind,
                "people": count,
                "longest_wait_ms": round(float(np.median(longest)), 2),
                "worst_ms": round(max(longest), 2),
                "whole_ms": round(float(np.median(whole)), 2),
                "plain_tick_ms": round(float(np.median(plain)), 2),
            }
        )
    return rows


def table(rows: list[dict[str, object]]) -> list[str]:
    """Return Markdown."""
    lines = ["| " + " | ".join(rows[0]) + " |", "|" + "---|" * len(rows[0])]
    return [
        *lines,
        *("| " + " | ".join(str(cell) for cell in each.values()) + " |" for each in rows),
    ]


def main() -> None:
    """Measure all and say whether the bar holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="3 rounds instead of 15")
    options = parser.parse_args()
    rounds = 3 if options.quick else ROUNDS
    rows = [row(kind, count, rounds) for kind in KINDS for count in PEOPLE]
    rooms = waits(max(PEOPLE), rounds)
    lines = [*table(rows), "", *table(rooms)]
    slow = [each for each in rows if float(str(each["ms"])) > BAR_MS]
    lines += ["", f"Bar: {BAR_MS:g} ms for 300. {'Missed.' if slow else 'Held.'}"]
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "formation.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = {"machine": describe(), "rows": rows, "rooms": rooms}
    (OUT / "formation.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
    print("\n".join(lines))
    raise SystemExit(bool(slow))


if __name__ == "__main__":
    main()
