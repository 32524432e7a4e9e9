"""What the event loop wants: peers, places, routes and packets from TCP, obeyed between batches.

Nothing changes while packets are under way, so no rule needs a lock; what must work at once (mute,
remove) is a field that the event loop writes itself.
"""

from hearth_protocol.kernels._jit import inner, kernel
from hearth_server.voice.kernels.inbound import take_fed
from hearth_server.voice.kernels.layout import (
    ACKED,
    EPOCH,
    FEED,
    NOWHERE,
    OBEYED,
    PATH,
    REMOVE,
    ROUTE,
    SEAT,
    State,
)
from hearth_server.voice.kernels.places import rebuild, settle
from hearth_server.voice.plane import VOICE_SLOTS


@kernel
def obey(s: State, count: int, now_ns: int) -> None:
    """Carry out the next `count` orders."""
    rows = s.orders.shape[0]
    for _ in range(count):
        row = s.flags[OBEYED] % rows
        kind, index = s.orders[row, 0], s.orders[row, 1]
        if kind == SEAT:
            s.peers[index].live = 1
        elif kind == PATH:
            for word in range(4):
                s.scratch[16 + word] = s.orders[row, 4 + word]
            names = s.scratch[16:20].reshape((1, 4))
            settle(s, index, s.orders[row, 2], s.orders[row, 3], names, 0)
        elif kind == ROUTE:
            route(s, index, s.orders[row, 2], s.orders[row, 3])
        elif kind == EPOCH:
            s.flags[ACKED] = index
        elif kind == REMOVE:
            remove(s, index)
        elif kind == FEED:
            take_fed(s, index, s.orders[row, 2], s.orders[row, 3], now_ns)
        s.flags[OBEYED] += 1


@inner
def route(s: State, listener: int, number: int, talker: int) -> None:
    """Let a slot hear a talker, or nobody (-1)."""
    slot = s.slots[listener, number]
    before = slot.source
    if before >= 0:
        last = s.peers[before].listeners - 1
        moved = s.fans[before, last]
        s.fans[before, slot.fan_at] = moved
        s.slots[moved // VOICE_SLOTS, moved % VOICE_SLOTS].fan_at = slot.fan_at
        s.peers[before].listeners = last
    slot.source = talker
    slot.talker = -1  # whoever comes begins anew, also the same one
    if talker >= 0:
        at = s.peers[talker].listeners
        s.fans[talker, at] = listener * VOICE_SLOTS + number
        slot.fan_at = at
        s.peers[talker].listeners = at + 1


@inner
def remove(s: State, index: int) -> None:
    """Forget a peer: no route, no address, no key leads to it from now on."""
    peer = s.peers[index]
    while peer.listeners > 0:
        code = s.fans[index, peer.listeners - 1]
        route(s, code // VOICE_SLOTS, code % VOICE_SLOTS, -1)
    for number in range(VOICE_SLOTS):
        route(s, index, number, -1)
    peer.live = 0
    peer.rx = 0
    peer.tx = 0
    peer.socket = NOWHERE
    rebuild(s)
