"""What the sim costs, as ratios in one run: CPU time of one core, median of several passes.

Run as `python -m tests.benchmarks.bench_sim [--quick] [--only voices|safety]`; writes
artifacts/bench/sim.json and sim.md. CPU time of the thread is measured, so that other work on
the machine disturbs little.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from hearth_server.warmup import prepare_cache

prepare_cache(Path(__file__).parents[2] / "artifacts")

from hearth_sim.settings import Weights, WorldSettings  # noqa: E402
from tests.benchmarks import sim_safety  # noqa: E402
from tests.benchmarks.sim_plaza import Plaza, Row, cpu_ms, half_side_m, make_plaza  # noqa: E402

OUT = Path(__file__).parents[2] / "artifacts" / "bench"
NEUTRAL = Weights(behind=1.0, speaking=1.0, friend=1.0, incumbent=1.0)
#: People, rooms, open microphones and talkers a room.
VOICES = (
    (300, 1, 60, 60),
    (300, 1, 300, 300),
    (300, 1, 0, 0),
    (4_000, 500, 2, 2),
    (4_000, 500, 8, 2),
    (4_000, 1, 400, 400),
)


# --- interest against cKDTree and the naive twin ----------------------------------------------


def _naive_ms(points: NDArray[np.float32], radius_m: float, k: int, sample: int) -> float:
    """Brute force in numpy for a sample of observers, scaled up to all."""

    def work() -> None:
        for observer in range(sample):
            d2 = np.einsum("ij,ij->i", points - points[observer], points - points[observer])
            near = np.flatnonzero(d2 <= radius_m**2)
            near[np.argsort(d2[near])[1 : k + 1]]

    return cpu_ms(work) * len(points) / sample


def _tree_ms(points: NDArray[np.float32], radius_m: float, k: int) -> float:
    def work() -> None:
        cKDTree(points).query(points, k=k + 1, distance_upper_bound=radius_m, workers=1)

    return cpu_ms(work)


def _assert_same(plaza: Plaza, radius_m: float, k: int) -> None:
    """The lanes hold exactly whom the tree finds, for a sample."""
    points = plaza.world.pose[:, :3].astype(np.float64)
    rows = np.linspace(0, len(points) - 1, 50, dtype=int)
    found, _ = cKDTree(points).query(points[rows], k=k + 1, distance_upper_bound=radius_m)
    for row, distances in zip(rows, found, strict=True):
        lanes = plaza.world.subjects(int(row))
        got = np.linalg.norm(points[lanes[lanes >= 0]] - points[row], axis=1)
        wanted = distances[1:][np.isfinite(distances[1:])]
        assert np.allclose(np.sort(got), wanted, atol=1e-3), "the kernel found others"


def interest(people: int, passes: int) -> Row:
    """K = 32 nearest within the radius for everybody, all refreshed in every pass."""
    k, radius_m = 32, 2.0 if people > 20_000 else 5.0
    settings = WorldSettings(
        capacity=people,
        rooms=1,
        lanes=k,
        tiers="off",
        refresh_hz=20.0,
        interest_radius_m=radius_m,
        interest_margin_m=0.0,
        weights=NEUTRAL,
    )
    plaza = make_plaza(settings, people, half_side_m(people, radius_m, 36.0))
    ours, trees = [], []
    for _ in range(passes):
        plaza.move()
        plaza.step()  # takes the poses in
        points = np.ascontiguousarray(plaza.world.pose[:, :3])
        plaza.tick += 1
        ours.append(cpu_ms(plaza.step))  # grid and lanes; there are no poses to take in
        trees.append(_tree_ms(points, radius_m, k))
    _assert_same(plaza, radius_m, k)
    kernel, tree = statistics.median(ours[1:]), statistics.median(trees[1:])
    naive = _naive_ms(plaza.world.pose[:, :3], radius_m, k, 40)
    return {
        "benchmark": "interest",
        "people": people,
        "kernel_ms": kernel,
        "ckdtree_ms": tree,
        "naive_ms": naive,
        "us_per_person": kernel / people * 1e3,
        "ratio_ckdtree": tree / kernel,
        "ratio_naive": naive / kernel,
    }


# --- whole ticks ------------------------------------------------------------------------------


def _whole(name: str, plaza: Plaza, passes: int) -> Row:
    """Ingest, grid, interest, earshot and frames, with everybody moving."""
    warm = 12
    steps, encodes, sizes, told = [], [], [], []
    for turn in range(warm + passes):
        plaza.move()
        step = cpu_ms(plaza.step)
        encode = cpu_ms(plaza.encode)
        if turn >= warm:
            steps.append(step)
            encodes.append(encode)
            sizes.append(int(plaza.world.length.sum()))
    people = plaza.crowd.n
    told = [int((plaza.world.subjects(int(slot)) >= 0).sum()) for slot in plaza.slots[::7]]
    total = statistics.median(steps) + statistics.median(encodes)
    return {
        "benchmark": name,
        "people": people,
        "lanes": statistics.mean(told),
        "step_ms": statistics.median(steps),
        "encode_ms": statistics.median(encodes),
        "worst_ms": max(a + b for a, b in zip(steps, encodes, strict=True)),
        "us_per_member": total / people * 1e3,
        "bytes_per_frame": statistics.median(sizes) / people,
    }


def whole_tick(people: int, tiers: str, passes: int) -> Row:
    """About 32 neighbours within the radius, all at 20 Hz or by tiers."""
    radius_m = 5.0
    settings = WorldSettings(
        capacity=people,
        rooms=1,
        lanes=64 if tiers == "off" else 32,
        tiers="off" if tiers == "off" else "on",
        interest_radius_m=radius_m,
        interest_margin_m=0.5,
    )
    half_m = half_side_m(people, radius_m, 32.0)
    return _whole(f"whole tick, tiers {tiers}", make_plaza(settings, people, half_m), passes)


def rooms_or_one(rooms: int, coarse: int, passes: int) -> Row:
    """4,000 people with 7 neighbours each, in rooms of 8 or in one."""
    people, radius_m = 4000, 4.0
    settings = WorldSettings(
        capacity=people,
        rooms=rooms,
        tiers="off",
        interest_radius_m=radius_m,
        interest_margin_m=0.0,
        coarse_per_frame=coarse,
    )
    half_m = 1.3 if rooms > 1 else half_side_m(people, radius_m, 7.0)
    plaza = make_plaza(settings, people, half_m, rooms)
    shape = f"{rooms} rooms of {people // rooms}" if rooms > 1 else f"one room of {people}"
    return _whole(f"{shape}, coarse {'on' if coarse else 'off'}", plaza, passes)


def crowd(people: int, passes: int) -> Row:
    """Everybody near everybody: 20 by 20 metres, radius 20, 32 full-rate lanes."""
    settings = WorldSettings(capacity=people, rooms=1, tiers="off", interest_radius_m=20.0)
    plaza = make_plaza(settings, people, 9.0)
    row = _whole("one crowd", plaza, passes)
    points = plaza.world.pose[:, :3].astype(np.float64)
    _, near = cKDTree(points).query(points, k=17)
    shares = [
        len(set(near[slot, 1:].tolist()) & set(plaza.world.subjects(int(slot)).tolist())) / 16
        for slot in plaza.slots
    ]
    return {**row, "recall_nearest_16": statistics.mean(shares)}


# --- who hears whom ---------------------------------------------------------------------------


def _naive_routes_ms(points: NDArray[np.float32], mics: NDArray[np.int64]) -> float:
    """One room in plain numpy: no rules, no memory, just the six loudest within range."""
    weight = np.random.default_rng(2).uniform(0.05, 1.05, len(mics))

    def work() -> None:
        apart = np.linalg.norm(points[:, None] - points[mics][None], axis=2)
        score = np.where(apart <= 24.0, weight * 1.5 / np.maximum(apart, 1.5), 0.0)
        if len(mics) > 6:
            np.argpartition(-score, 6, axis=1)[:, :6]

    return statistics.median(cpu_ms(work) for _ in range(5))


def voices(people: int, rooms: int, mics: int, talking: int, passes: int) -> Row:
    """Everybody walks; levels are noise; so many a room have their microphone open and talk."""
    plaza = make_plaza(WorldSettings(capacity=people, rooms=rooms), people, 9.0, rooms)
    voice = plaza.world.voice
    rng = np.random.default_rng(3)
    opened = plaza.slots[: mics * rooms]
    for slot in opened.tolist():
        voice.set_mic(slot, True)
    for slot in plaza.slots[: talking * rooms].tolist():
        voice.set_talking(slot, True)
    spent: list[float] = []
    changed: list[int] = []
    step = voice.step

    def timed(grid: Any, now_ms: int) -> int:
        before = time.thread_time()
        pairs = step(grid, now_ms)
        spent.append((time.thread_time() - before) * 1e3)
        return pairs

    voice.step = timed  # type: ignore[method-assign]
    for _ in range(12 + passes):
        plaza.move()
        voice.set_levels(opened, rng.uniform(0, 1, len(opened)).astype(np.float32))
        plaza.step()
        changed.append(len(voice.changed))
    ours = statistics.median(spent[12:])
    points = plaza.world.pose[plaza.slots[::rooms], :3]
    naive = _naive_routes_ms(points, np.arange(max(mics, 1))) * rooms
    return {
        "benchmark": "voices",
        "people": people,
        "rooms": rooms,
        "mics": mics,
        "talking": talking,
        "route_ms": ours,
        "least_ms": min(spent[12:]),
        "changed": statistics.mean(changed[12:]),
        "naive_ms": naive,
        "ratio_naive": naive / ours,
    }


# --- the table --------------------------------------------------------------------------------


def _markdown(rows: list[Row]) -> str:
    lines = ["# What the sim costs", "", "CPU time of one core; ratios are of this very run.", ""]
    lines += [
        "| K = 32 nearest | kernel ms | µs a person | cKDTree ms | ratio | naive ms | ratio |"
    ]
    lines += ["|---|---|---|---|---|---|---|"]
    lines += [
        f"| {r['people']:,} | {r['kernel_ms']:.1f} | {r['us_per_person']:.2f} "
        f"| {r['ckdtree_ms']:.0f} | {r['ratio_ckdtree']:.1f} | {r['naive_ms']:.0f} "
        f"| {r['ratio_naive']:.0f} |"
        for r in rows
        if r["benchmark"] == "interest"
    ]
    head = "| voices: people | rooms | open / talking | ms | least | changed | naive ms | ratio |"
    lines += ["", head, "|---|---|---|---|---|---|---|---|"]
    lines += [
        f"| {r['people']:,} | {r['rooms']} | {r['mics']} / {r['talking']} | {r['route_ms']:.3f} "
        f"| {r['least_ms']:.3f} | {r['changed']:.0f} | {r['naive_ms']:.2f} "
        f"| {r['ratio_naive']:.1f} |"
        for r in rows
        if r["benchmark"] == "voices"
    ]
    head = "| whole tick | people | lanes | step ms | encode ms | worst ms | µs a member | bytes |"
    lines += ["", head, "|---|---|---|---|---|---|---|---|"]
    lines += [
        f"| {r['benchmark']} | {r['people']:,} | {r['lanes']:.1f} | {r['step_ms']:.2f} "
        f"| {r['encode_ms']:.2f} | {r['worst_ms']:.2f} | {r['us_per_member']:.2f} "
        f"| {r['bytes_per_frame']:.0f} |"
        for r in rows
        if "us_per_member" in r
    ]
    cost = {r["benchmark"]: r["us_per_member"] for r in rows if "us_per_member" in r}
    for coarse in ("off", "on"):
        many, one = f"500 rooms of 8, coarse {coarse}", f"one room of 4000, coarse {coarse}"
        if many in cost and one in cost:
            ratio = cost[many] / cost[one]
            lines += ["", f"500 rooms of 8 cost {ratio:.2f} times one room (coarse {coarse})."]
    lines += sim_safety.table([r for r in rows if "ratio_both" in r])
    for row in rows:
        if "recall_nearest_16" in row:
            lines += ["", f"Recall of the true 16 nearest in it: {row['recall_nearest_16']:.1%}."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure everything and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and smaller passes")
    parser.add_argument(
        "--only", choices=["voices", "safety"], help="print these rows and write nothing"
    )
    arguments = parser.parse_args()
    quick = arguments.quick
    passes = 10 if quick else 40
    rows: list[Row] = []
    if arguments.only == "safety":
        print("\n".join(sim_safety.table(sim_safety.measure(passes))))
        return
    if arguments.only:
        print(_markdown([voices(*crowded, 4 * passes) for crowded in VOICES]))
        return
    for people in (1_000, 10_000) if quick else (1_000, 10_000, 100_000):
        rows.append(interest(people, 4 if people > 50_000 else 8))
        print(json.dumps(rows[-1]), flush=True)
    jobs: list[Callable[[], Row]] = [
        *(lambda v=v: voices(*v, 4 * passes)  # type: ignore[misc]
          for v in VOICES),
        *(lambda n=n, t=t: whole_tick(n, t, passes)  # type: ignore[misc]
          for n in ((1_000, 3_500) if quick else (1_000, 3_500, 5_000, 20_000))
          for t in ("off", "on")),
        *(lambda r=r, c=c: rooms_or_one(r, c, passes)  # type: ignore[misc]
          for c in (0, 16) for r in (500, 1)),
        lambda: crowd(1_000, passes),
    ]  # fmt: skip
    for job in jobs:
        rows.append(job())
        print(json.dumps(rows[-1]), flush=True)
    rows += sim_safety.measure(passes)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "sim.json").write_text(json.dumps(rows, indent=2) + "\n")
    (OUT / "sim.md").write_text(_markdown(rows))
    print(_markdown(rows))


if __name__ == "__main__":
    main()
