"""Put the k smallest numbers in front, in linear time; order within does not matter."""

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.kernels._jit import kernel

I64 = NDArray[np.int64]


@kernel
def select_smallest(keys: I64, low: int, high: int, k: int) -> None:
    """Reorder keys[low:high] so that its k smallest stand in keys[low : low + k].

    Hoare's quickselect with the median of three as pivot; distinct keys are assumed for speed
    only.
    """
    left = low
    right = high - 1
    want = low + k - 1
    while left < right:
        a = keys[left]
        b = keys[(left + right) >> 1]
        c = keys[right]
        pivot = max(min(a, b), min(max(a, b), c))
        i = left
        j = right
        while i <= j:
            while keys[i] < pivot:
                i += 1
            while keys[j] > pivot:
                j -= 1
            if i <= j:
                swap = keys[i]
                keys[i] = keys[j]
                keys[j] = swap
                i += 1
                j -= 1
        if want <= j:
            right = j
        elif want >= i:
            left = i
        else:
            return
