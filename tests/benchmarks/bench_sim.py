"""What the sim costs, as ratios in one run: CPU time of one core, median of several passes.

Run as `python -m tests.benchmarks.bench_sim [--quick] [--only voices|safety]`; writes
artifacts/bench/sim.json and sim.md. CPU time of the thread is measured, so that other work on
the machine disturbs little.
"""

import argparse
import json
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from hearth_server.warmup import prepare_cache

prepare_cache(Path(__file__).parents[2] / "artifacts")

from hearth_sim.settings import RoomShape, Weights, WorldSettings  # noqa: E402
from hearth_sim.world import World  # noqa: E402
from tests.support.crowds import Crowd  # noqa: E402

OUT = Path(__file__).parents[2] / "artifacts" / "bench"
TICK_MS = 50
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
Row = dict[str, Any]


def _cpu_ms(work: Callable[[], object]) -> float:
    """Milliseconds of CPU this thread spends on `work`."""
    before = time.thread_time()
    work()
    return (time.thread_time() - before) * 1e3


def _half_m(people: int, radius_m: float, neighbours: float) -> float:
    """Half the side of a square in which so many people have so many neighbours each."""
    return math.sqrt(people * math.pi * radius_m**2 / neighbours) / 2.0


@dataclass
class Plaza:
    """A world full of walkers, ready to be ticked."""

    world: World
    crowd: Crowd
    slots: NDArray[np.int64]
    arena: NDArray[np.uint8]
    tick: int = 0

    @property
    def now_ms(self) -> int:
        return 1000 + TICK_MS * self.tick

    def move(self) -> None:
        """Everybody walks for a tick and sends a pose."""
        self.tick += 1
        self.crowd.walk(TICK_MS / 1e3)
        participants = np.arange(1, self.crowd.n + 1, dtype=np.uint32)
        self.crowd.frames(participants, self.now_ms - 20, self.world.inbox)
        self.world.arrived_ms[self.slots] = self.now_ms - 10

    def step(self) -> None:
        self.world.step(self.tick, self.now_ms)

    def encode(self) -> int:
        return self.world.encode(self.tick, self.now_ms, self.arena)


def _plaza(settings: WorldSettings, people: int, half_m: float, rooms: int = 1) -> Plaza:
    world = World(settings)
    crowd = Crowd(people, half_m, np.random.default_rng(1))
    wall = half_m + 1.0
    shape = RoomShape((-wall, 0.0, -wall), (wall, 8.0, wall), people // rooms)
    indices = [world.open_room(shape) for _ in range(rooms)]
    slots = [
        world.join(indices[i % rooms], i + 1, (float(x), 0.0, float(z)), 0.0, 1000)
        for i, (x, z) in enumerate(crowd.position)
    ]
    world.may_write[:] = True
    return Plaza(world, crowd, np.array(slots), np.zeros(world.arena_bytes(), np.uint8))


# --- interest against cKDTree and the naive twin ----------------------------------------------


def _naive_ms(points: NDArray[np.float32], radius_m: float, k: int, sample: int) -> float:
    """Brute force in numpy for a sample of observers, scaled up to all."""

    def work() -> None:
        for observer in range(sample):
            d2 = np.einsum("ij,ij->i", points - points[observer], points - points[observer])
            near = np.flatnonzero(d2 <= radius_m**2)
            near[np.argsort(d2[near])[1 : k + 1]]

    return _cpu_ms(work) * len(points) / sample


def _tree_ms(points: NDArray[np.float32], radius_m: float, k: int) -> float:
    def work() -> None:
        cKDTree(points).query(points, k=k + 1, distance_upper_bound=radius_m, workers=1)

    return _cpu_ms(work)


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
    plaza = _plaza(settings, people, _half_m(people, radius_m, 36.0))
    ours, trees = [], []
    for _ in range(passes):
        plaza.move()
        plaza.step()  # takes the poses in
        points = np.ascontiguousarray(plaza.world.pose[:, :3])
        plaza.tick += 1
        ours.append(_cpu_ms(plaza.step))  # grid and lanes; there are no poses to take in
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
        step = _cpu_ms(plaza.step)
        encode = _cpu_ms(plaza.encode)
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
    half_m = _half_m(people, radius_m, 32.0)
    return _whole(f"whole tick, tiers {tiers}", _plaza(settings, people, half_m), passes)


def safety(people: int, passes: int) -> Row:
    """What personal boundaries and 20 blocks each add to a whole tick of 32 neighbours.

    Both worlds tick in turns, so that what else the machine does meets both. Clients follow
    corrections at once; those who walk on push, and vanish for each other after two seconds.
    """
    radius_m = 5.0
    settings = WorldSettings(
        capacity=people, rooms=1, interest_radius_m=radius_m, interest_margin_m=0.5
    )
    half_m = _half_m(people, radius_m, 32.0)
    plain, safe = (_plaza(settings, people, half_m) for _ in range(2))
    rng = np.random.default_rng(4)
    blocks = np.zeros(people, np.int64)
    for slot in safe.slots.tolist():
        safe.world.set_boundary(slot, "non_friends", 0.6)
        for other in rng.choice(people, 24, replace=False).tolist():
            if other != slot and max(blocks[slot], blocks[other]) < 20:
                safe.world.set_excluded(slot, other, True)
                blocks[[slot, other]] += 1
    warm = 50
    spent: dict[str, list[float]] = {"plain": [], "safe": []}
    held: list[int] = []
    for turn in range(warm + passes):
        for name, plaza in (("plain", plain), ("safe", safe)):
            plaza.move()
            ms = _cpu_ms(plaza.step) + _cpu_ms(plaza.encode)
            plaza.crowd.position[:] = plaza.world.pose[plaza.slots, 0:3:2]
            if turn >= warm:
                spent[name].append(ms)
        held.append(sum(len(plaza.world.faded_with(slot)) for slot in safe.slots[::50].tolist()))
    without, with_it = (statistics.median(spent[name]) for name in ("plain", "safe"))
    return {
        "benchmark": "boundaries and blocks",
        "people": people,
        "blocks": float(blocks.mean()),
        "faded": statistics.mean(held[warm:]) / len(safe.slots[::50]),
        "plain_ms": without,
        "safe_ms": with_it,
        "ratio_safe": with_it / without,
    }


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
    half_m = 1.3 if rooms > 1 else _half_m(people, radius_m, 7.0)
    plaza = _plaza(settings, people, half_m, rooms)
    shape = f"{rooms} rooms of {people // rooms}" if rooms > 1 else f"one room of {people}"
    return _whole(f"{shape}, coarse {'on' if coarse else 'off'}", plaza, passes)


def crowd(people: int, passes: int) -> Row:
    """Everybody near everybody: 20 by 20 metres, radius 20, 32 full-rate lanes."""
    settings = WorldSettings(capacity=people, rooms=1, tiers="off", interest_radius_m=20.0)
    plaza = _plaza(settings, people, 9.0)
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

    return statistics.median(_cpu_ms(work) for _ in range(5))


def voices(people: int, rooms: int, mics: int, talking: int, passes: int) -> Row:
    """Everybody walks; levels are noise; so many a room have their microphone open and talk."""
    plaza = _plaza(WorldSettings(capacity=people, rooms=rooms), people, 9.0, rooms)
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
    head = (
        "| boundaries and blocks: people | blocks | vanished each | without ms | with ms | ratio |"
    )
    lines += ["", head, "|---|---|---|---|---|---|"]
    lines += [
        f"| {r['people']:,} | {r['blocks']:.1f} | {r['faded']:.2f} | {r['plain_ms']:.2f} "
        f"| {r['safe_ms']:.2f} | {r['ratio_safe']:.3f} |"
        for r in rows
        if "ratio_safe" in r
    ]
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
        print(_markdown([safety(5_000, passes)]))
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
        lambda: safety(5_000, passes),
    ]  # fmt: skip
    for job in jobs:
        rows.append(job())
        print(json.dumps(rows[-1]), flush=True)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "sim.json").write_text(json.dumps(rows, indent=2) + "\n")
    (OUT / "sim.md").write_text(_markdown(rows))
    print(_markdown(rows))


if __name__ == "__main__":
    main()
