"""The command line: `hearth-loadtest run` and `hearth-loadtest demo`."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hearth_loadtest.admission import Target
from hearth_loadtest.errors import LoadtestFault, UsageFault
from hearth_loadtest.report import markdown, print_report
from hearth_loadtest.scenario import load_scenario
from hearth_loadtest.verdict import DEFAULT_SLO, VOICE_SLO, Exit, Verdict, parse_slo
from hearth_loadtest.voice.wish import VoiceWish
from hearth_loadtest.warmup import alone, filled, mark_filled, prepare_cache

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Fill a Hearth node with bots that know the truth, and judge what it delivers.",
)

PLAIN_WIDTH = 112
DEFAULT_URL = "http://127.0.0.1:8460"


def _whole(users: int, rooms: int, workers: int) -> None:
    if users < 1 or rooms < 1 or workers < 1:
        raise UsageFault("--users, --rooms and --workers must be at least 1")
    if rooms > users:
        raise UsageFault("--rooms cannot be more than --users")


@app.command()
def run(  # noqa: PLR0913, PLR0917 - one option each
    url: Annotated[str, typer.Option(help="The node, as http://host:port.")] = DEFAULT_URL,
    users: Annotated[int, typer.Option("--users", "-u", help="Bots.")] = 100,
    rooms: Annotated[int, typer.Option(help="Rooms load-1 … load-R they share.")] = 1,
    spawn_rate: Annotated[
        float, typer.Option("--spawn-rate", "-r", min=0.1, help="Joins per second.")
    ] = 100.0,
    run_time: Annotated[
        float, typer.Option("--run-time", "-t", min=1.0, help="Seconds that are measured.")
    ] = 30.0,
    scenario: Annotated[str, typer.Option(help="plaza, circle, class, or a .toml file.")] = "plaza",
    neighbours: Annotated[
        float | None, typer.Option(help="Others within reach of each bot, on average (plaza).")
    ] = None,
    motion: Annotated[
        list[Path] | None, typer.Option(help="Recording to replay (CSV); may be repeated.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Generator processes.")] = 1,
    json_out: Annotated[
        Path | None, typer.Option("--json", help="Write the report as JSON.")
    ] = None,
    markdown_out: Annotated[
        Path | None, typer.Option("--markdown", help="Write the report as Markdown.")
    ] = None,
    operator_key: Annotated[
        str | None,
        typer.Option(envvar="HEARTH_OPERATOR_KEY", help="Needed off loopback, to mint tickets."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same crowd.")] = 1,
    rate: Annotated[
        float | None, typer.Option(min=1.0, max=120.0, help="Poses per second; the tick rate.")
    ] = None,
    warmup_s: Annotated[
        float, typer.Option(min=0.0, help="Seconds left out after everyone is in.")
    ] = 5.0,
    sampled: Annotated[
        int, typer.Option(min=1, help="Bots that decode everything, spread over the rooms.")
    ] = 48,
    slo: Annotated[str, typer.Option(help="What a pass needs.")] = DEFAULT_SLO,
    room: Annotated[
        str, typer.Option(help="An existing room, or a prefix ending in '-'.")
    ] = "load-",
    cpus: Annotated[str, typer.Option(help="Pin workers to these processors, e.g. 1 or 1,2.")] = "",
    voice: Annotated[
        str | None,
        typer.Option(help="Who talks: talkers=N[,listeners=M][,client=light|aiortc]."),
    ] = None,
) -> None:
    """Run a scenario and give a verdict.

    Exit codes: 0 pass, 99 a threshold was breached, 3 the generator was the bottleneck, 2 the
    tool could not do its work.
    """
    console = Console()
    if not console.is_terminal:
        console = Console(width=PLAIN_WIDTH)
    _whole(users, rooms, workers)
    if voice is not None and slo == DEFAULT_SLO:
        slo += VOICE_SLO
    thresholds = parse_slo(slo, voice=voice is not None)
    voices = VoiceWish.parse(voice, users) if voice is not None else None
    chosen = load_scenario(scenario)
    if neighbours is not None:
        chosen = chosen.with_neighbours(neighbours)
    _ready_kernels(console)
    # imported late: these bring numba, which has to find its cache folder chosen
    from hearth_loadtest.coordinator import Coordinator, Wish  # noqa: PLC0415
    from hearth_loadtest.progress import view_for  # noqa: PLC0415

    wish = Wish(
        target=Target.parse(url, operator_key),
        users=users,
        rooms=rooms,
        spawn_rate=spawn_rate,
        run_time_s=run_time,
        scenario=chosen,
        stage_motion=tuple(str(path) for path in motion or ()),
        workers=min(workers, users),
        seed=seed,
        rate_hz=rate,
        warmup_s=warmup_s,
        sampled=sampled,
        room=room,
        cpus=_cpus(cpus),
        voice=voices,
    )
    with view_for(console) as view:
        outcome = Coordinator(wish, view).run()
    document = outcome.document(thresholds)
    print_report(console, document)
    if json_out is not None:
        outcome.write(json_out, thresholds)
    if markdown_out is not None:
        markdown_out.parent.mkdir(parents=True, exist_ok=True)
        markdown_out.write_text(markdown(document), encoding="utf-8")
    raise typer.Exit(int(Exit.of(Verdict(document["verdict"]))))


def _ready_kernels(console: Console) -> None:
    """Compile before anybody is let in; says so only where it takes time."""
    prepare_cache()
    from hearth_loadtest.rehearsal import rehearse  # noqa: PLC0415 - brings numba

    def tell(step: str) -> None:
        console.print(f"compiling, once for this version: {step} …", highlight=False)

    with alone():
        rehearse((lambda _: None) if filled() else tell)
        mark_filled()


def _cpus(text: str) -> tuple[int, ...]:
    try:
        cpus = tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise UsageFault(f"--cpus {text}: expected numbers, such as 1,2") from None
    known = os.sched_getaffinity(0)
    if not set(cpus) <= known:
        raise UsageFault(f"--cpus {text}: this process may use {sorted(known)}")
    return cpus


@app.command()
def demo(
    url: Annotated[str, typer.Option(help="The node, as http://host:port.")] = DEFAULT_URL,
    room: Annotated[str, typer.Option(help="Room to visit.")] = "campfire",
    bots: Annotated[int, typer.Option(min=1, max=64, help="How many visitors.")] = 6,
    seed: Annotated[int, typer.Option(help="The same seed gives the same visitors.")] = 7,
    quiet: Annotated[bool, typer.Option("--quiet", help="Nobody murmurs.")] = False,
) -> None:
    """Send a few friendly bots to a room, so that newcomers meet somebody. Ends with Ctrl-C."""
    prepare_cache()
    from hearth_loadtest.demo import DemoWish, visit  # noqa: PLC0415 - brings numba

    visit(DemoWish(Target.parse(url), room, bots, seed, quiet))


def main() -> None:
    """Entry of the installed command."""
    try:
        app()
    except LoadtestFault as fault:
        Console(stderr=True).print(
            f"[red]hearth-loadtest:[/] {fault}", highlight=False, soft_wrap=True
        )
        raise SystemExit(int(Exit.TOOL_ERROR)) from fault
    except KeyboardInterrupt:
        raise SystemExit(130) from None
