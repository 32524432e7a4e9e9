"""Socket addresses as the bytes of a `sockaddr`, in one spelling so that they compare equal.

IPv4 is 16 bytes (`sockaddr_in`), IPv6 is 28 (`sockaddr_in6`); padding and flow label are zero.
Linux layout: the family in the machine's byte order, the port in network order.
"""

import functools
import socket
import struct

_V4 = struct.Struct("=H2s4s8x")
_V6 = struct.Struct("=H2s4x16sI")
#: Bytes of either address.
V4_BYTES, V6_BYTES = _V4.size, _V6.size

Address = tuple[str, int] | tuple[str, int, int, int]


def pack_address(family: int, address: Address) -> bytes:
    """Return the `sockaddr` of what `recvfrom` gave.

    Raises:
        ValueError: the family is neither IPv4 nor IPv6, or the text is no address.
    """
    try:
        if family == socket.AF_INET:
            return _V4.pack(
                family, address[1].to_bytes(2, "big"), socket.inet_pton(family, address[0])
            )
        if family == socket.AF_INET6:
            scope = address[3] if len(address) == 4 else 0
            host = address[0].partition("%")[0]
            port = address[1].to_bytes(2, "big")
            return _V6.pack(family, port, socket.inet_pton(family, host), scope)
    except OSError as error:
        raise ValueError(str(error)) from error
    raise ValueError(f"not an internet address family: {family}")


@functools.lru_cache(maxsize=4_096)
def unpack_address(sockaddr: bytes) -> Address:
    """Return what `sendto` takes.

    Raises:
        ValueError: these are no bytes that `pack_address` made.
    """
    if len(sockaddr) == V4_BYTES:
        family, port, host = _V4.unpack(sockaddr)
        if family == socket.AF_INET:
            return socket.inet_ntop(family, host), int.from_bytes(port, "big")
    elif len(sockaddr) == V6_BYTES:
        family, port, host, scope = _V6.unpack(sockaddr)
        if family == socket.AF_INET6:
            return socket.inet_ntop(family, host), int.from_bytes(port, "big"), 0, scope
    raise ValueError("not an internet socket address")


def source_of(sockaddr: bytes) -> tuple[bytes, int]:
    """Return the 4 or 16 bytes of an address that `pack_address` made, and its port."""
    host = sockaddr[4:8] if len(sockaddr) == V4_BYTES else sockaddr[8:24]
    return host, int.from_bytes(sockaddr[2:4], "big")
