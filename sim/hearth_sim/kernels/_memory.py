"""Copies of a fixed number of bytes between byte arrays, wherever they begin.

A loop over a length known only at run time costs ten times as much as moving a few whole
words; the callers copy a little more than they need and overwrite the rest.
"""

# ruff: noqa: ANN401 -- numba hands its own untyped objects to an intrinsic
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
Copy = Callable[[U8, int, U8, int], None]


def _copier(size: int) -> Copy:
    """Make an intrinsic that copies `size` bytes: (target, at, source, at), both [bytes], C."""

    def copy(typing_context: Any, target: Any, at: Any, source: Any, source_at: Any) -> Any:
        signature = types.void(target, types.intp, source, types.intp)

        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            vector = ir.VectorType(ir.IntType(64), size // 8).as_pointer()
            to = context.make_array(sig.args[0])(context, builder, args[0]).data
            frm = context.make_array(sig.args[2])(context, builder, args[2]).data
            here = builder.bitcast(builder.gep(frm, [args[3]]), vector)
            there = builder.bitcast(builder.gep(to, [args[1]]), vector)
            builder.store(builder.load(here, align=1), there, align=1)
            return context.get_dummy_value()

        return signature, generate

    return cast("Copy", intrinsic(copy))


#: Copy 16 or 32 bytes; the target must have room for all of them.
copy16 = _copier(16)
copy32 = _copier(32)
