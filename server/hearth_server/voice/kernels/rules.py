"""The rules of `rewrite` and `plane_state` on records: floods, runs, gate, slots, statistics.

Line for line what the readable plane does; a test holds them together.
"""

from hearth_protocol.kernels._jit import inner
from hearth_server.voice.kernels.layout import (
    BAD_TIMESTAMP,
    FINE,
    FLOOD_BYTES,
    FLOOD_PACKETS,
    MUTED,
    STALE,
    Peer,
    Slot,
)
from hearth_server.voice.plane import (
    ASSUMED_DBOV,
    FLOOD_BURST_NS,
    FLOOD_BYTES_S,
    FLOOD_PACKETS_S,
    FRAME_SAMPLES,
    GATE_DBOV,
    HANGOVER_NS,
    MAX_DROPOUT,
    MAX_JITTER,
    MAX_TIMESTAMP_SLIP,
    REPLAY_WINDOW,
    SILENCE_DBOV,
    TALK_DBOV,
)

PACKET_NS = 1_000_000_000 // FLOOD_PACKETS_S
BYTE_NS = 1_000_000_000 // FLOOD_BYTES_S


@inner
def signed16(number: int) -> int:
    """Return the distance that a difference of sequence numbers means."""
    return ((number + 0x8000) & 0xFFFF) - 0x8000


@inner
def signed32(number: int) -> int:
    """Return the distance that a difference of timestamps means."""
    return ((number + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000


@inner
def samples(time_ns: int) -> int:
    """Return nanoseconds as 48 kHz samples."""
    return time_ns * 48 // 1_000_000


@inner
def following(base_seq: int, seq: int) -> int:
    """Return a base that stays near the newest packet."""
    if (seq - base_seq) & 0xFFFF <= REPLAY_WINDOW:
        return base_seq
    return (seq - REPLAY_WINDOW) & 0xFFFF


@inner
def receive(mic: Peer, seq: int, ts: int, now_ns: int) -> None:
    """Count an authentic packet (RFC 3550 A.1, A.8)."""
    if mic.received == 0:
        mic.first_seq = seq
        mic.highest_seq = seq
    else:
        mic.highest_seq += max(signed16(seq - mic.highest_seq), 0)
        passed = samples(now_ns - mic.last_ns)
        slip = min(abs(passed - signed32(ts - mic.last_ts)), MAX_JITTER)
        mic.jitter_q4 += slip - ((mic.jitter_q4 + 8) >> 4)
    mic.received += 1
    mic.last_ts = ts
    mic.last_ns = now_ns


@inner
def refuses(mic: Peer, size: int, now_ns: int) -> int:
    """Return why nothing is heard of a packet whatever it says, or charge its size: FINE."""
    if mic.muted != 0:
        mic.broken = 1
        return MUTED
    packets_ns = max(mic.flood_packets_ns, now_ns) + PACKET_NS
    bytes_ns = max(mic.flood_bytes_ns, now_ns) + size * BYTE_NS
    if packets_ns - now_ns > FLOOD_BURST_NS:
        mic.broken = 1
        return FLOOD_PACKETS
    if bytes_ns - now_ns > FLOOD_BURST_NS:
        mic.broken = 1
        return FLOOD_BYTES
    mic.flood_packets_ns = packets_ns
    mic.flood_bytes_ns = bytes_ns
    return FINE


@inner
def place(mic: Peer, seq: int, ts: int, now_ns: int) -> int:
    """Place a packet in its run, a new one if need be; return why to drop it, or FINE."""
    step = signed16(seq - mic.high_seq)
    slip = signed32(ts - mic.high_ts)
    if mic.broken != 0:
        begin(mic, seq)
    elif step > 0:
        off = abs(slip - samples(now_ns - mic.high_ns)) > MAX_TIMESTAMP_SLIP
        if step > MAX_DROPOUT or slip < 0 or off:
            begin(mic, seq)
    else:
        if step == 0 or signed16(seq - mic.base_seq) < 0:
            return STALE
        if slip > 0 or slip < -MAX_TIMESTAMP_SLIP:
            return BAD_TIMESTAMP
        return FINE
    mic.high_seq = seq
    mic.high_ts = ts
    mic.high_ns = now_ns
    mic.base_seq = following(mic.base_seq, seq)
    return FINE


@inner
def begin(mic: Peer, seq: int) -> None:
    """Begin a new run."""
    mic.run += 1
    mic.broken = 0
    mic.base_seq = seq
    mic.shift = 0


@inner
def hear(mic: Peer, level: int, silent: bool, now_ns: int) -> bool:
    """Take the level of a packet; say whether with it somebody begins to talk."""
    if level < 0:
        level = SILENCE_DBOV if silent else ASSUMED_DBOV
    step = (level << 8) - mic.level_q8
    mic.level_q8 += step >> (1 if step < 0 else 3)
    mic.heard_ns = now_ns
    if level >= TALK_DBOV:
        return False
    begins = mic.loud_until_ns <= now_ns
    mic.loud_until_ns = now_ns + HANGOVER_NS
    return begins


@inner
def passes(mic: Peer, level: int, now_ns: int) -> bool:
    """Say whether the gate is open, and keep it open if this packet is loud."""
    if level < 0:
        return True
    if level < GATE_DBOV:
        mic.open_until_ns = now_ns + HANGOVER_NS
    return now_ns < mic.open_until_ns


@inner
def hold(mic: Peer, seq: int) -> None:
    """Note that the gate held a packet back."""
    mic.held = 1
    if seq == mic.high_seq:
        mic.shift += 1
        mic.base_seq = (seq + 1) & 0xFFFF


@inner
def take_up(slot: Slot, talker: int, mic: Peer, seq: int, ts: int, now_ns: int) -> None:
    """Let this packet be the slot's next, by the slot's clock, never before its last."""
    slot.talker = talker
    slot.run = mic.run
    start = (slot.clock + samples(now_ns)) & 0xFFFF_FFFF
    if slot.used != 0 and signed32(start - slot.last_ts) < FRAME_SAMPLES:
        start = slot.last_ts + FRAME_SAMPLES
    slot.base_seq = seq
    slot.seq_offset = slot.high_seq + 1 - seq + mic.shift
    slot.ts_offset = start - ts


@inner
def advance(slot: Slot, mic: Peer, seq: int, ts: int, now_ns: int) -> int:
    """Move a slot on to this packet of its talker's run; return why to drop it, or FINE."""
    if seq == mic.high_seq:
        slot.base_seq = following(slot.base_seq, seq)
    elif signed16(seq - slot.base_seq) < 0:
        return STALE
    out_seq = (seq + slot.seq_offset - mic.shift) & 0xFFFF
    out_ts = (ts + slot.ts_offset) & 0xFFFF_FFFF
    if signed16(out_seq - slot.high_seq) > 0:
        if slot.used != 0 and signed32(out_ts - slot.last_ts) < 0:
            return BAD_TIMESTAMP
        slot.high_seq = out_seq
        slot.last_ts = out_ts
        slot.last_ns = now_ns
        slot.used = 1
    return FINE
