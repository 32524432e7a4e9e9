"""What personal boundaries and 20 blocks each add to a whole tick of 5,000 people.

Two crowds, both with 32 others within the radius in which people are told in full. They walk at
1.2 m/s, turn at random and heed nobody; a client whose body was held back goes on from there.
Blocked are people picked at random from all over the plaza.

- *airy*: the radius is 10 m, there is one person in 10 m². Some come too near to each other at
  any time, as people do who walk across a plaza.
- *packed*: the radius is 5 m, one in 2.5 m², everybody in motion: nearly every third is held at
  somebody's edge in every tick. Harder than a crowd that looks where it goes.
"""

import statistics

import numpy as np

from hearth_sim.settings import WorldSettings
from tests.benchmarks.sim_plaza import Plaza, Row, cpu_ms, half_side_m, make_plaza

PEOPLE = 5_000
NEIGHBOURS = 32.0
BLOCKS = 20
WISH_M = 0.6
#: Name of the crowd, and the radius in metres that holds its `NEIGHBOURS`.
CROWDS = (("airy", 10.0), ("packed", 5.0))
#: After so many ticks those who push since the start have vanished for each other.
_WARM = 50


def _block(plaza: Plaza) -> float:
    """Let everybody block up to `BLOCKS`; give how many that are on average."""
    rng = np.random.default_rng(4)
    blocks = np.zeros(PEOPLE, np.int64)
    for slot in plaza.slots.tolist():
        for other in rng.choice(PEOPLE, BLOCKS + 4, replace=False).tolist():
            if other != slot and max(blocks[slot], blocks[other]) < BLOCKS:
                plaza.world.set_excluded(slot, other, True)
                blocks[[slot, other]] += 1
    return float(blocks.mean())


def _vanished(plaza: Plaza) -> float:
    """For how many somebody has vanished, on average of a sample."""
    sample = plaza.slots[::50].tolist()
    return statistics.mean(len(plaza.world.faded_with(slot)) for slot in sample)


def _crowd(name: str, radius_m: float, passes: int) -> Row:
    """Three worlds tick in turns that rotate, so that what else the machine does meets all."""
    settings = WorldSettings(
        capacity=PEOPLE, rooms=1, interest_radius_m=radius_m, interest_margin_m=radius_m / 10.0
    )
    half_m = half_side_m(PEOPLE, radius_m, NEIGHBOURS)
    plazas = {kind: make_plaza(settings, PEOPLE, half_m) for kind in ("plain", "blocks", "both")}
    _block(plazas["blocks"])
    blocks = _block(plazas["both"])
    for slot in plazas["both"].slots.tolist():
        plazas["both"].world.set_boundary(slot, "non_friends", WISH_M)
    kinds = list(plazas)
    spent: dict[str, list[float]] = {kind: [] for kind in kinds}
    held: list[int] = []
    for turn in range(_WARM + passes):
        for kind in kinds[turn % 3 :] + kinds[: turn % 3]:
            plaza = plazas[kind]
            plaza.move()
            ms = cpu_ms(plaza.step) + cpu_ms(plaza.encode)
            told = plaza.world.pose[plaza.slots, 0:3:2]
            if kind == "both" and turn >= _WARM:
                wanted = plaza.crowd.position.astype(np.float32)
                held.append(int((told != wanted).any(axis=1).sum()))
            plaza.crowd.position[:] = told
            if turn >= _WARM:
                spent[kind].append(ms)
    plain, blocked, both = (statistics.median(spent[kind]) for kind in kinds)
    return {
        "benchmark": f"boundaries and blocks, {name}",
        "people": PEOPLE,
        "blocks": blocks,
        "held": statistics.mean(held),
        "vanished": _vanished(plazas["both"]),
        "plain_ms": plain,
        "blocks_ms": blocked,
        "both_ms": both,
        "ratio_blocks": blocked / plain,
        "ratio_both": both / plain,
    }


def measure(passes: int) -> list[Row]:
    """Give a row for each crowd."""
    return [_crowd(name, radius_m, passes) for name, radius_m in CROWDS]


def table(rows: list[Row]) -> list[str]:
    """Give the lines of a table of such rows, step and encode together."""
    return [
        "",
        "| whole tick | people | blocks each | held back a tick | vanished each | without ms "
        "| blocks ms | ratio | and boundaries ms | ratio |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {r['benchmark']} | {r['people']:,} | {r['blocks']:.1f} | {r['held']:.0f} "
            f"| {r['vanished']:.2f} | {r['plain_ms']:.2f} | {r['blocks_ms']:.2f} "
            f"| {r['ratio_blocks']:.3f} | {r['both_ms']:.2f} | {r['ratio_both']:.3f} |"
            for r in rows
        ),
    ]
