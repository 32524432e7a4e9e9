"""The `hearth` command: reads flags, starts the node, speaks to the operator's terminal."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from hearth_server import logs
from hearth_server.clock import monotonic_s
from hearth_server.settings import ConfigFault, Settings, load_settings
from hearth_server.warmup import KERNEL_PACKAGES, Progress, prepare_cache, warm_kernels

if TYPE_CHECKING:  # imported late: `hearth --help` should not wait for the web framework
    from hearth_server.api.announce import Ready

QUIET_FOR_S = 1.0
USAGE_EXIT = 2
FAULT_EXIT = 1

cli = typer.Typer(
    name="hearth",
    help="A self-hosted server for micro-communities that meet in VR.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _help(field: str) -> str:
    return Settings.model_fields[field].description or ""


def _flag(field: str) -> Any:  # noqa: ANN401  # typer's own type for an option
    """Return the option of a setting; unset flags stay None, so the other sources count."""
    default = Settings.model_fields[field].default
    shown = "" if default is None else f" [default: {str(default).lower()}]"
    return typer.Option(help=_help(field) + shown, show_default=False)


@cli.command()
def serve(  # noqa: PLR0913, PLR0917  # typer reads the flags from the signature
    context: typer.Context,
    host: Annotated[str | None, _flag("host")] = None,
    port: Annotated[int | None, _flag("port")] = None,
    data_dir: Annotated[Path | None, _flag("data_dir")] = None,
    config: Annotated[
        Path | None, typer.Option(help="TOML file with settings and rooms.", show_default=False)
    ] = None,
    database: Annotated[str | None, _flag("database")] = None,
    lan: Annotated[bool | None, _flag("lan")] = None,
    http_port: Annotated[int | None, _flag("http_port")] = None,
    cert: Annotated[Path | None, _flag("cert")] = None,
    key: Annotated[Path | None, _flag("key")] = None,
    proxy_headers: Annotated[bool | None, _flag("proxy_headers")] = None,
    trusted_proxies: Annotated[str | None, _flag("trusted_proxies")] = None,
    public_url: Annotated[str | None, _flag("public_url")] = None,
    operator_key: Annotated[str | None, _flag("operator_key")] = None,
    open_metrics: Annotated[bool | None, _flag("open_metrics")] = None,
    tick_rate: Annotated[int | None, _flag("tick_rate")] = None,
    max_participants: Annotated[int | None, _flag("max_participants")] = None,
    neighbours: Annotated[int | None, _flag("neighbours")] = None,
    sight_m: Annotated[float | None, _flag("sight_m")] = None,
    tiers: Annotated[bool | None, _flag("tiers")] = None,
    voice: Annotated[bool | None, _flag("voice")] = None,
    voice_port: Annotated[int | None, _flag("voice_port")] = None,
    voice_advertise: Annotated[list[str] | None, _flag("voice_advertise")] = None,
    voice_plane: Annotated[str | None, _flag("voice_plane")] = None,
    turn_urls: Annotated[str | None, _flag("turn_urls")] = None,
    turn_secret: Annotated[str | None, _flag("turn_secret")] = None,
    stop_timeout_s: Annotated[float | None, _flag("stop_timeout_s")] = None,
    log_format: Annotated[str | None, _flag("log_format")] = None,
    log_level: Annotated[str | None, _flag("log_level")] = None,
) -> None:
    """Run a node: one port for pages, API and rooms. Stop it with Ctrl+C."""
    flags = {
        name: value
        for name, value in context.params.items()
        if value not in (None, [], ()) and name != "config"
    }
    try:
        settings = load_settings(flags, config)
    except ConfigFault as fault:
        _fail(str(fault), USAGE_EXIT)
    logs.configure(settings.log_format, settings.log_level)
    prepare_cache(settings.data_dir)

    from hearth_server.api.announce import announcement  # noqa: PLC0415
    from hearth_server.api.listening import StartupFault  # noqa: PLC0415
    from hearth_server.app import Callbacks, run_node  # noqa: PLC0415
    from hearth_server.certificates import CertificateFault  # noqa: PLC0415

    with _ProgressDisplay() as progress:

        def on_ready(ready: "Ready") -> None:
            progress.finish()
            print(announcement(ready), flush=True)

        try:
            run_node(settings, Callbacks(progress.show, on_ready))
        except (StartupFault, CertificateFault) as fault:
            progress.finish()
            _fail(str(fault), FAULT_EXIT)


@cli.command()
def warmup(data_dir: Annotated[Path | None, _flag("data_dir")] = None) -> None:
    """Compile all kernels now, so that the node starts at once."""
    folder = prepare_cache(data_dir or Path("data"))
    began_s = monotonic_s()
    with _ProgressDisplay() as progress:
        count = warm_kernels(progress.show, KERNEL_PACKAGES)
    print(f"{count} kernels ready in {monotonic_s() - began_s:.1f} s ({folder})")


@cli.command("config")
def show_config(
    config: Annotated[
        Path | None, typer.Option(help="TOML file to check.", show_default=False)
    ] = None,
    reference: Annotated[
        bool, typer.Option("--reference", help="Print every setting as a Markdown page.")
    ] = False,
) -> None:
    """Check the settings and print them as they would be used; secrets are not shown."""
    if reference:
        from hearth_server.settings.reference import reference_page  # noqa: PLC0415

        print(reference_page(), end="")
        return
    try:
        print(load_settings({}, config).model_dump_json(indent=2))
    except ConfigFault as fault:
        _fail(str(fault), USAGE_EXIT)


account = typer.Typer(help="Accounts of people on this node.", no_args_is_help=True)
cli.add_typer(account, name="account")
_DataDir = Annotated[Path | None, _flag("data_dir")]
_Config = Annotated[
    Path | None, typer.Option(help="TOML file with the node's settings.", show_default=False)
]


@cli.command("owner-link")
def owner_link(data_dir: _DataDir = None, config: _Config = None) -> None:
    """Print a link that makes an operator's account: once, within a day."""
    settings = _settings_for(data_dir, config)
    from hearth_server.errands import make_owner_link  # noqa: PLC0415

    print(_errand(make_owner_link(settings)))


@account.command("reset")
def reset(name: str, data_dir: _DataDir = None, config: _Config = None) -> None:
    """Print a link that gives an account a new password: once, within a day.

    NAME is the handle that they sign in with.
    """
    settings = _settings_for(data_dir, config)
    from hearth_server.errands import make_reset_link  # noqa: PLC0415

    print(_errand(make_reset_link(settings, name)))


@cli.command()
def migrate(data_dir: _DataDir = None, config: _Config = None) -> None:
    """Bring the database to this version's form, and say what was done."""
    settings = _settings_for(data_dir, config)
    from hearth_server.errands import migrate as bring_forward  # noqa: PLC0415

    print(_errand(bring_forward(settings)))


def _settings_for(data_dir: Path | None, config: Path | None) -> Settings:
    logs.configure("console", "warning")
    try:
        return load_settings({"data_dir": data_dir} if data_dir else {}, config)
    except ConfigFault as fault:
        _fail(str(fault), USAGE_EXIT)


def _errand(work: Coroutine[None, None, str]) -> str:
    """Run something small beside the node, whether it runs or not."""
    from hearth_server.errands import ErrandFault  # noqa: PLC0415

    try:
        return asyncio.run(work)
    except ErrandFault as fault:
        _fail(str(fault), FAULT_EXIT)


@cli.command()
def version() -> None:
    """Print the version."""
    import importlib.metadata  # noqa: PLC0415

    print(importlib.metadata.version("hearth"))


class _ProgressDisplay:
    """Shows how compiling goes: a bar on a terminal, now and then a log line elsewhere."""

    def __init__(self) -> None:
        self._began_s = monotonic_s()
        self._said_s = self._began_s
        self._log = logs.logger("hearth.warmup")
        self._bar: Callable[[Progress], None] | None = None
        self._close: Callable[[], None] = lambda: None

    def __enter__(self) -> "_ProgressDisplay":
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def show(self, progress: Progress) -> None:
        """Tell about the next kernel; a warm start is over before anything is said."""
        now_s = monotonic_s()
        if now_s - self._began_s < QUIET_FOR_S:
            return
        if sys.stderr.isatty():
            if self._bar is None:
                self._open_bar()
            if self._bar is not None:
                self._bar(progress)
        elif now_s - self._said_s >= QUIET_FOR_S:
            self._said_s = now_s
            self._log.info(
                "compiling kernels (first start only)",
                kernel=progress.name,
                done=progress.index,
                of=progress.count,
            )

    def finish(self) -> None:
        """Take the bar away."""
        self._close()
        self._close = lambda: None

    def _open_bar(self) -> None:
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
        from rich.progress import Progress as Bar  # noqa: PLC0415

        bar = Bar(
            TextColumn("Compiling kernels (first start only)"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}  {task.description}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        bar.start()
        task = bar.add_task("", total=1)
        self._close = bar.stop

        def update(progress: Progress) -> None:
            bar.update(
                task, completed=progress.index, total=progress.count, description=progress.name
            )

        self._bar = update


def _fail(line: str, code: int) -> NoReturn:
    print(f"hearth: {line}", file=sys.stderr)
    raise typer.Exit(code)


def main() -> None:
    """Entry point of the `hearth` script."""
    cli()
