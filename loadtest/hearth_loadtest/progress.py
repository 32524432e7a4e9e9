"""Live views of a run: a line that renews itself on a terminal, plain lines elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from hearth_loadtest import clock
from hearth_loadtest.coordinator import Phase, Status

PLAIN_EVERY_S = 2.0


def _ratio(status: Status) -> str:
    expected = status.total("expected")
    return f"{status.total('delivered') / expected:.1%}" if expected else "-"


class _Rates:
    """Per-second figures from counters."""

    def __init__(self) -> None:
        self._last: tuple[float, float, float, float] | None = None
        self.sent = self.snapshots = self.kilobytes = 0.0

    def take(self, status: Status) -> None:
        now = clock.monotonic_s()
        values = (
            now,
            status.total("sent"),
            status.total("snapshots"),
            status.total("bytes_read"),
        )
        if self._last is None:
            self._last = values
        elif now - self._last[0] >= 1.0:
            gap = now - self._last[0]
            self.sent, self.snapshots, bytes_read = (
                (values[i] - self._last[i]) / gap for i in (1, 2, 3)
            )
            self.kilobytes = bytes_read / 1000
            self._last = values


class PlainView:
    """A line every two seconds and at each change of phase, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._rates = _Rates()
        self._phase: Phase | None = None
        self._next_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return

    def __call__(self, status: Status) -> None:
        """Show where the run is, if it is time to."""
        self._rates.take(status)
        now_s = clock.monotonic_s()
        if status.phase is self._phase and now_s < self._next_s:
            return
        self._phase, self._next_s = status.phase, now_s + PLAIN_EVERY_S
        self._console.print(
            f"{status.phase}: {status.total('live'):.0f}/{status.users} in, "
            f"{status.total('failed'):.0f} failed, {self._rates.sent:.0f} poses/s, "
            f"{self._rates.snapshots:.0f} snapshots/s, {self._rates.kilobytes:.0f} kB/s, "
            f"delivered {_ratio(status)}, p99 {status.worst('latency_p99_ms'):.0f} ms, "
            f"lag p99 {status.worst('lag_p99_ms'):.1f} ms",
            highlight=False,
            soft_wrap=True,
        )


class LiveView:
    """A panel that renews itself, for terminals."""

    def __init__(self, console: Console) -> None:
        self._rates = _Rates()
        self._live = Live(console=console, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def __call__(self, status: Status) -> None:
        """Show where the run is."""
        self._rates.take(status)
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        table.add_column(style="dim", no_wrap=True)
        table.add_column()
        known = status.elapsed_s + status.left_s
        whole, done = (
            (status.users, status.total("live"))
            if status.phase is Phase.JOINING
            else (known, status.elapsed_s)
        )
        table.add_row(
            str(status.phase), ProgressBar(total=max(whole, 0.01), completed=done, width=40)
        )
        table.add_row(
            "members",
            f"{status.total('live'):.0f} of {status.users}, {status.total('failed'):.0f} failed",
        )
        table.add_row(
            "traffic",
            f"{self._rates.sent:.0f} poses/s up, {self._rates.snapshots:.0f} snapshots/s and "
            f"{self._rates.kilobytes:.0f} kB/s down",
        )
        table.add_row("delivered", f"{_ratio(status)}, p99 {status.worst('latency_p99_ms'):.0f} ms")
        table.add_row(
            "generator",
            f"lag p99 {status.worst('lag_p99_ms'):.1f} ms, "
            f"{status.total('missed'):.0f} poses left out",
        )
        self._live.update(table)


def view_for(console: Console) -> PlainView | LiveView:
    """The view that suits where the output goes."""
    return LiveView(console) if console.is_terminal else PlainView(console)
