"""Give every body that changed a sample: where it is held, quantised for the wire."""

from hearth_protocol.kernels._jit import kernel
from hearth_protocol.kernels.quantize import quantize_row
from hearth_sim.arrays import HISTORY, Bodies, Slots

_AWAY = 1 << 10


@kernel
def take_samples(slots: Slots, bodies: Bodies, tick: int, now_ms: int) -> int:
    """Write the history of every slot that is `touched`; give the number of new samples.

    A touch of 1 asks for a sample of what is, without a pose.
    """
    samples = 0
    for slot in range(slots.occupied.shape[0]):
        touched = slots.touched[slot]
        if touched == 0:
            continue
        slots.touched[slot] = 0
        if touched == 1:
            bodies.captured_ms[slot] = now_ms
        state = int(bodies.state[slot])
        if slots.away[slot] != 0:
            state |= _AWAY
        sample = int(bodies.sample[slot]) + 1
        bodies.sample[slot] = sample
        bodies.sample_tick[slot] = tick
        quantize_row(bodies.pose[slot], state, bodies.history[slot, sample % HISTORY])
        samples += 1
    return samples
