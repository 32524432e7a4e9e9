"""How voice went, as lines of the report for people."""

from typing import Any


def rows(voice: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Lines of the table, from the document's part; none where there was no voice."""
    if voice is None:
        return []
    joins, packets, latency = voice["joins"], voice["packets"], voice["latency_ms"]
    faults = {name: count for name, count in voice["faults"].items() if count}
    loss = (
        f"{packets['delivered']} of {packets['expected']} due packets came "
        f"({voice['loss_ratio']:.3%} lost)"
        if voice["loss_ratio"] is not None
        else "no packet was due beyond doubt"
    )
    out = [
        (
            "Voices in",
            f"{joins['in']} of {joins['wanted']} · {voice['talkers']} talk, "
            f"{voice['listeners']} listen · {joins['per_s']:.0f} joins a second · waited p50 "
            f"{joins['wait_ms']['p50']:.0f} ms · max {joins['wait_ms']['max']:.0f} ms",
        ),
        ("Voice heard", f"{loss} · {packets['received_per_s']:.0f} packets a second in all"),
        (
            "Voice latency",
            f"p50 {latency['p50']:.1f} ms · p99 {latency['p99']:.1f} ms · "
            f"max {latency['max']:.1f} ms (without codec and playout)",
        ),
        ("Voice slots", f"{voice['slot_switches_per_s']:.1f} changes of talker a second"),
        (
            "Voice truth",
            " · ".join(f"{name} {count}" for name, count in faults.items())
            or "nobody was heard from afar, from another room or under another's name",
        ),
        (
            "Voice generator",
            f"{voice['cpu_s_per_s']:.2f} processors · sent p99 "
            f"{voice['generator_lag_ms']['p99']:.1f} ms late · {packets['missed']} of "
            f"{packets['sent'] + packets['missed']} packets left out",
        ),
    ]
    out += [(f"No voice: {reason}", str(n)) for reason, n in joins["failures"].items()]
    out += [(f"Voice lost: {reason}", str(n)) for reason, n in joins["lost"].items()]
    return out
