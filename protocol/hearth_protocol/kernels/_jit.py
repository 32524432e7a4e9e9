"""The decorators that compile kernels, so that all have the same flags."""

from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")

_FLAGS: Final[dict[str, Any]] = {"nogil": True, "fastmath": False, "boundscheck": None}
_DOORLESS: Final[dict[str, Any]] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_UNCOUNTED: Final[dict[str, Any]] = {"_nrt": False}


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` with numba, cached on disk and without the GIL.

    The type stays that of the plain function, so a wrong call fails mypy.
    """
    return cast("Callable[P, R]", numba.njit(cache=True, **_FLAGS)(function))


def uncounted_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile as `kernel`, without counting references; it must make no array, views included.

    For kernels that hand whole groups of arrays to inlined helpers: counting the references of
    each array, with atomic operations, would cost more than the work. The caller holds them.
    """
    return cast("Callable[P, R]", numba.njit(cache=True, **_UNCOUNTED, **_FLAGS)(function))


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` for kernels only: Python cannot call it.

    The doors for Python and C take longer to compile than most small functions behind them.
    """
    return cast("Callable[P, R]", numba.njit(cache=True, **_DOORLESS, **_FLAGS)(function))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` into each kernel that calls it.

    For small helpers that take arrays: a call of its own would count references on each array,
    with atomic operations that cost more than the helper itself.
    """
    return cast("Callable[P, R]", numba.njit(inline="always", **_FLAGS)(function))
