import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hearth_sim.kernels.select import select_smallest


@given(st.lists(st.integers(-5, 1 << 60), min_size=1, max_size=80), st.data())
def test_the_smallest_stand_in_front(values: list[int], data: st.DataObject) -> None:
    k = data.draw(st.integers(1, len(values)))
    low = data.draw(st.integers(0, 3))
    keys = np.array([7] * low + values + [-9], np.int64)

    select_smallest(keys, low, low + len(values), k)

    assert sorted(keys[low : low + k].tolist()) == sorted(values)[:k]
    assert sorted(keys[low : low + len(values)].tolist()) == sorted(values)
    assert keys[:low].tolist() == [7] * low
    assert keys[-1] == -9
