"""The report for people: a table on the terminal, the same as Markdown."""

from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from hearth_loadtest.voice import lines as voice_lines

_STYLES = {"pass": "bold green", "fail": "bold red", "generator-bound": "bold yellow"}
_WORDS = {
    "pass": "PASS",
    "fail": "FAIL",
    "generator-bound": "NO VERDICT: the generator was the bottleneck",
}

Rows = list[tuple[str, str]]


def _milliseconds(summary: dict[str, float]) -> str:
    return (
        f"p50 {summary['p50']:.1f} ms · p99 {summary['p99']:.1f} ms · "
        f"p99.9 {summary['p999']:.1f} ms · max {summary['max']:.1f} ms"
    )


def _joining(joins: dict[str, Any]) -> str:
    wait = joins["wait_ms"]
    return (
        f"{joins['per_s']:.0f} a second for {joins['seconds']:.1f} s "
        f"({joins['wanted_per_s']:g} asked for) · waited p50 {wait['p50'] / 1000:.2f} s · "
        f"max {wait['max'] / 1000:.2f} s"
    )


def _measured(document: dict[str, Any]) -> Rows:
    updates, users = document["updates"], document["users"]
    neighbours = updates["neighbours"]
    return [
        ("Members in", f"{users['in']} of {users['wanted']}"),
        ("Joining", _joining(document["joins"])),
        (
            "Updates delivered",
            f"{document['delivered_ratio']:.2%} of {updates['expected']} due "
            f"({neighbours:.1f} neighbours due to each)",
        ),
        ("Pose to pose", _milliseconds(document["latency_ms"])),
        ("True 16 nearest told", f"{document['recall_nearest_16']:.1%}"),
        (
            "Bytes",
            f"{document['bytes_per_update']:.1f} per update · "
            f"{document['bytes_per_member_s'] / 1000:.1f} kB/s per member",
        ),
        (
            "Truth",
            f"{updates['verified']} verified within {updates['worst_position_mm']:.2f} mm · wrong: "
            f"{updates['wrong_position']} position, {updates['wrong_capture_time']} time, "
            f"{updates['stranger']} identity · {updates['duplicates']} twice",
        ),
    ]


def _server(document: dict[str, Any]) -> Rows:
    server = document["server"]
    if server is None:
        return [("Server", "its metrics could not be read")]
    tick = server["tick_ms"]
    duration = (
        "not told"
        if tick["p99"] is None
        else f"p50 {tick['p50']:.1f} ms · p99 {tick['p99']:.1f} ms"
    )
    return [
        (
            "Server",
            f"{server['cpu_s_per_s']:.2f} processors · {server['memory_mb']:.0f} MB · "
            f"{server['ticks_missed']} ticks missed",
        ),
        ("Server tick", duration),
    ]


def _generator(document: dict[str, Any]) -> Rows:
    generator = document["generator"]
    return [
        ("Generator lag", _milliseconds(document["generator_lag_ms"])),
        ("Read after arrival", _milliseconds(document["generator_read_delay_ms"])),
        (
            "Generator",
            f"{generator['workers']} workers · {generator['cpu_s_per_s']:.2f} processors · "
            f"{generator['poses_missed']} of {generator['poses_sent'] + generator['poses_missed']} "
            "poses left out",
        ),
    ]


def _troubles(document: dict[str, Any]) -> Rows:
    users = document["users"]
    rows = [(f"Did not get in: {reason}", str(n)) for reason, n in users["failures"].items()]
    rows += [(f"Lost: {reason}", str(n)) for reason, n in users["lost"].items()]
    rows += [(f"Error told: {code}", str(n)) for code, n in users["errors"].items()]
    return rows


def _voice(document: dict[str, Any]) -> Rows:
    return voice_lines.rows(document.get("voice"))


def _title(document: dict[str, Any]) -> str:
    setup = document["setup"]
    rooms = "1 room" if setup["rooms"] == 1 else f"{setup['rooms']} rooms"
    return (
        f"{setup['scenario']}: {setup['users']} members in {rooms}, {setup['rate_hz']:g} Hz, "
        f"{setup['seconds']:.0f} s"
    )


def print_report(console: Console, document: dict[str, Any]) -> None:
    """Print the report on a terminal."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for group in (_measured, _voice, _server, _generator, _troubles):
        for name, value in group(document):
            table.add_row(name, value)
    verdict = document["verdict"]
    console.print()
    console.print(
        Panel(
            table,
            title=_title(document),
            subtitle=f"[{_STYLES[verdict]}]{_WORDS[verdict]}[/]",
            expand=False,
            padding=(1, 2),
        )
    )
    for line in document["breached"]:
        console.print(f"  [red]✗[/] {line}", highlight=False)
    for line in document["notes"]:
        console.print(f"  [yellow]![/] {line}", highlight=False)


def markdown(document: dict[str, Any]) -> str:
    """The report as Markdown."""
    lines = [f"## {_title(document)}", "", f"**{_WORDS[document['verdict']]}**", ""]
    lines += ["| | |", "|---|---|"]
    for group in (_measured, _voice, _server, _generator, _troubles):
        lines += [f"| {name} | {value} |" for name, value in group(document)]
    lines += [""] + [f"- breached: {line}" for line in document["breached"]]
    lines += [f"- note: {line}" for line in document["notes"]]
    environment = document["environment"]
    lines += [
        "",
        f"{environment['processor']}, {environment['cores']} cores, {environment['system']}, "
        f"Python {environment['python']}; {document['at']}.",
    ]
    return "\n".join(lines) + "\n"
