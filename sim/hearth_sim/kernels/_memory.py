"""What kernels cannot say in Python: whole words moved at once, and a float's bits as a number.

A copying loop over a length known only at run time costs ten times as much as moving a few
whole words; the callers copy a little more than they need and overwrite the rest.
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


@intrinsic
def _float_bits(typing_context: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.zext(builder.bitcast(args[0], ir.IntType(32)), ir.IntType(64))

    return types.int64(types.float32), generate


@intrinsic
def _bits_float(typing_context: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.bitcast(builder.trunc(args[0], ir.IntType(32)), ir.FloatType())

    return types.float32(types.int64), generate


@intrinsic
def _prefetch(typing_context: Any, array: Any, row: Any, offset: Any) -> Any:
    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        view = context.make_array(sig.args[0])(context, builder, args[0])
        stride = builder.extract_value(view.strides, 0)
        byte = ir.IntType(8).as_pointer()
        start = builder.bitcast(view.data, byte)
        there = builder.gep(start, [builder.add(builder.mul(args[1], stride), args[2])])
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = builder.module.declare_intrinsic("llvm.prefetch", (byte,), kind)
        builder.call(function, [there, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp), generate


#: Begin to load the cache line at `offset` bytes in row `row` of an array; needed soon.
prefetch = cast("Callable[[NDArray[Any], int, int], None]", _prefetch)

#: The bits of a float32 as an int, and back. Not negative, they sort like the floats.
float_bits = cast("Callable[[np.float32], int]", _float_bits)
bits_float = cast("Callable[[int], np.float32]", _bits_float)
