"""Where libsrtp's functions and sessions are in memory: the private side of pylibsrtp.

pylibsrtp promises none of this. `plane_check` proves it at start, before anybody relies on it.
"""

from pylibsrtp import Session
from pylibsrtp._binding import ffi, lib  # type: ignore[import-not-found]

#: What both functions look like in C.
SIGNATURE = "srtp_err_status_t(*)(struct srtp_ctx_t_ *, void *, int *)"


def _address(name: str) -> int:
    return int(ffi.cast("uintptr_t", ffi.addressof(lib, name)))


#: Addresses of `srtp_protect` and `srtp_unprotect`.
PROTECT, UNPROTECT = _address("srtp_protect"), _address("srtp_unprotect")


def signatures() -> set[str]:
    """Return the C types of the functions, as cffi knows them."""
    names = ("srtp_protect", "srtp_unprotect")
    return {ffi.typeof(ffi.addressof(lib, name)).cname for name in names}


def session_address(session: Session) -> int:
    """Return the address of the `srtp_t` inside; it holds as long as `session` does."""
    return int(ffi.cast("uintptr_t", session._srtp[0]))
