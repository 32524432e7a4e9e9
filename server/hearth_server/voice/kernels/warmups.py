"""Compile the voice plane by letting one packet through it."""

from collections.abc import Callable

from hearth_server.voice.plane_check import check

#: Name of a group of kernels, and a call that compiles it.
WARMUPS: list[tuple[str, Callable[[], None]]] = [("voice plane", check)]
