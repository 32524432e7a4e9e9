"""Options of the TCP sockets under realtime connections."""

import asyncio
import socket

# Without a low-water mark the kernel takes minutes of snapshots before we notice a slow reader.
NOTSENT_LOWAT_BYTES = 16 * 1024
# What a transport may hold before it calls a halt; only control ever gets there.
HIGH_WATER_BYTES = 64 * 1024


def tune(transport: asyncio.Transport) -> None:
    """Send at once, and let the kernel hold little; harmless where an option is missing."""
    transport.set_write_buffer_limits(high=HIGH_WATER_BYTES)
    sock = transport.get_extra_info("socket")
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    lowat = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if lowat is not None:
        sock.setsockopt(socket.IPPROTO_TCP, lowat, NOTSENT_LOWAT_BYTES)
