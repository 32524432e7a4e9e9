"""SRTP sessions for media, made from the keys of a DTLS handshake (RFC 3711, 5764, 7714).

A session belongs to the plane alone: libsrtp's sessions are not safe to share between threads,
so whoever handles SRTCP makes sessions of its own from the same keys (the indices of RTP and RTCP
are independent).
"""

from pylibsrtp import Error, Policy, Session

from hearth_server.voice.plane import REPLAY_WINDOW

_REPLAYS = ("replay check failed (bad index)", "replay check failed (index too old)")


def mic_session(key: bytes, profile: int) -> Session:
    """Return the session that decrypts what a peer sends, whatever its SSRC.

    Raises:
        ValueError: the key does not fit the profile.
    """
    return _session(key, profile, Policy.SSRC_ANY_INBOUND)


def listener_session(key: bytes, profile: int) -> Session:
    """Return the session that encrypts what a peer hears, in all of its slots.

    It refuses to encrypt two packets with one sequence number: with a stream cipher that would
    give away the difference of what was said.

    Raises:
        ValueError: the key does not fit the profile.
    """
    return _session(key, profile, Policy.SSRC_ANY_OUTBOUND)


def is_replay(error: Error) -> bool:
    """Say whether `unprotect` refused a packet because it was there before."""
    return str(error) in _REPLAYS


def _session(key: bytes, profile: int, direction: int) -> Session:
    try:
        policy = Policy(key=key, ssrc_type=direction, srtp_profile=profile)
        policy.window_size = REPLAY_WINDOW
        return Session(policy)
    except Error as error:
        raise ValueError(f"no SRTP session of profile {profile}: {error}") from error
