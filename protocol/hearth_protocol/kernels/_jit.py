"""The one decorator that compiles kernels, so that every kernel has the same flags."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` with numba, cached on disk and without the GIL.

    The type stays that of the plain function, so a wrong call fails mypy.
    """
    compiled = numba.njit(cache=True, nogil=True, fastmath=False, boundscheck=None)(function)
    return cast("Callable[P, R]", compiled)
