"""Picks a data plane: the compiled one where it can be trusted, else the readable one."""

from dataclasses import dataclass

from hearth_server.clock import Clock
from hearth_server.voice.plane import DataPlane, Sink
from hearth_server.voice.plane_python import PythonPlane


@dataclass(frozen=True, slots=True)
class Choice:
    """A plane that is ready to start, and why it is this one (for the log)."""

    plane: DataPlane
    reason: str


class NoSuchPlaneError(ValueError):
    """The plane that was asked for does not exist or cannot run here; the text says why."""


def open_plane(wanted: str, sink: Sink, clock: Clock, capacity: int) -> Choice:
    """Return a plane for `capacity` peers.

    Reads the compiled plane from numba's cache, or compiles it (half a minute), so prepare the
    cache folder before.

    Args:
        wanted: "auto" (compiled if it works here), "numba" or "python".
        sink: who takes what the plane does not deal with.
        clock: the machine's own in a worker; the compiled plane reads no other.
        capacity: most peers at a time.

    Raises:
        NoSuchPlaneError: "numba" was asked for and does not work, or the name is unknown.
    """
    if wanted == "python":
        return Choice(PythonPlane(sink, clock, capacity), "asked for")
    if wanted not in ("auto", "numba"):
        raise NoSuchPlaneError(f"there is no data plane called {wanted!r}")
    why_not = _why_not_compiled()
    if why_not is None:
        # Imported late: without numba there is still the other plane.
        from hearth_server.voice.plane_numba import NumbaPlane  # noqa: PLC0415

        return Choice(NumbaPlane(sink, clock, capacity), "checked")
    if wanted == "numba":
        raise NoSuchPlaneError(why_not)
    return Choice(PythonPlane(sink, clock, capacity), why_not)


def _why_not_compiled() -> str | None:
    """Return why the compiled plane cannot be used, or None if it can."""
    try:
        from hearth_server.voice import plane_check  # noqa: PLC0415
    except (ImportError, AttributeError) as error:
        return f"the compiled plane cannot be loaded: {error}"
    try:
        plane_check.check()
    except plane_check.PlaneUnfitError as error:
        return f"the compiled plane cannot be used: {error}"
    except Exception as error:
        return f"the compiled plane failed its check: {type(error).__name__}: {error}"
    return None
