"""The decorator for kernels that only kernels call.

Compiled like any other kernel, but without the two doors that let Python and C in: unpacking the
arrays of a whole world takes longer to compile than most of the functions behind it.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


_OPTIONS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "fastmath": False,
    "boundscheck": None,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` for callers that are compiled themselves."""
    return cast("Callable[P, R]", numba.njit(**_OPTIONS)(function))
