"""Reads the one shape of SDP offer that voice clients make, and writes its answer.

RFC 8829 (JSEP), RFC 8839 (ICE), RFC 8842 (DTLS). The shape: one audio line for the microphone
(`sendonly`, or `inactive` for somebody who only listens), then up to eight audio lines to hear by
(`recvonly`), all bundled with rtcp-mux and Opus. Whatever differs is refused by name with a text
for the person or the author of their client. Owns no socket and no state.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hearth_server.errors import Refusal
from hearth_server.voice.plane import VOICE_SLOTS

MAX_OFFER_CHARS: Final = 64 << 10
MAX_OFFER_LINES: Final = 2048
AUDIO_LEVEL_URI: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

Fingerprint = tuple[str, str]
"""Hash function name in lower case and upper-case hex pairs joined by colons."""

_LINE = re.compile(r"[a-z]=[^\x00-\x08\x0a-\x1f\x7f]*\Z")
_MID = re.compile(r"[A-Za-z0-9_.+-]{1,32}\Z")
_ICE_CHARS = re.compile(r"[A-Za-z0-9+/]+\Z")
_HEX_PAIRS = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2})+\Z")
_NUMBER = re.compile(r"[0-9]{1,10}\Z")
_DIGEST_BYTES: Final = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
_DIRECTIONS: Final = ("sendrecv", "sendonly", "recvonly", "inactive")
_MAX_FINGERPRINTS: Final = 4
#: RFC 7587 section 6.1: what we want to get, and what the slots carry.
_OPUS: Final = "minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate=32000;stereo=0"


@dataclass(frozen=True, slots=True)
class VoiceOffer:
    """What an offer says, checked.

    Attributes:
        session: the `o=` line's session id and user name: the same for every offer of one
            peer connection.
        ufrag: the client's ICE user name fragment; a new one in the same session restarts ICE.
        fingerprints: digests of the client's certificate; all must match.
        mids: names of the media lines, in order; answers repeat them.
        mic_sends: whether the first line may send.
        mic_ssrc: what it sends with, 0 if it does not.
        mic_pt: the payload type in which it sends Opus.
        level_ext: id of the one-byte audio level extension (RFC 6464), 0 for none.
        listen_pt: the payload type in which it wants Opus.
        slots: for each further line, whether it can receive.
    """

    session: str
    ufrag: str
    fingerprints: tuple[Fingerprint, ...]
    mids: tuple[str, ...]
    mic_sends: bool
    mic_ssrc: int
    mic_pt: int
    level_ext: int
    listen_pt: int
    slots: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class LocalMedia:
    """Our side of an answer.

    Attributes:
        session_id: of our `o=` line, constant for a peer.
        version: counts the answers to a peer.
        ufrag: our ICE user name fragment.
        password: our ICE password.
        fingerprint: of our certificate.
        slot_ssrcs: SSRC of each voice slot.
        candidates: lines of `candidates`.
    """

    session_id: int
    version: int
    ufrag: str
    password: str
    fingerprint: Fingerprint
    slot_ssrcs: Sequence[int]
    candidates: Sequence[str]


class _Unusable(Exception):
    """Carries a refusal out of the parser; never leaves this module."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(code)
        self.refusal = Refusal(
            code,
            f"Your browser's voice offer cannot be used: {why}. "
            "Reload the page; if that does not help, use a current browser.",
        )


@dataclass(frozen=True, slots=True)
class _Media:
    """One `m=` section: its line and its attributes, session-level ones as fallback."""

    line: str
    attributes: dict[str, list[str]]
    session: dict[str, list[str]]

    def first(self, name: str) -> str:
        found = self.attributes.get(name) or self.session.get(name)
        return found[0] if found else ""

    def all(self, name: str) -> list[str]:
        return self.attributes.get(name) or self.session.get(name) or []

    def direction(self) -> str:
        for name in _DIRECTIONS:
            if name in self.attributes:
                return name
        return next((name for name in _DIRECTIONS if name in self.session), "sendrecv")

    def opus(self) -> int:
        """Return the payload type of the first Opus format on the `m=` line."""
        offered = self.line.split(" ")[3:]
        for value in self.attributes.get("rtpmap", []):
            number, _, encoding = value.partition(" ")
            if encoding.lower() == "opus/48000/2" and number in offered and _NUMBER.match(number):
                payload_type = int(number)
                # RFC 5761 section 4: 64 to 95 would look like RTCP.
                if 35 <= payload_type < 64 or 96 <= payload_type < 128:
                    return payload_type
        raise _Unusable("sdp_no_opus", "each audio line must offer opus/48000/2")


def parse(sdp: str) -> VoiceOffer | Refusal:
    """Return what an offer says, or why it cannot be answered. Never raises on any text."""
    try:
        return _read(sdp)
    except _Unusable as unusable:
        return unusable.refusal


def answer(offer: VoiceOffer, local: LocalMedia) -> str:
    """Return the SDP answer: passive DTLS on an ICE-lite end, one packet stream per slot."""
    lines = [
        "v=0",
        f"o=hearth {local.session_id} {local.version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE " + " ".join(offer.mids),
        "a=ice-lite",
        "a=msid-semantic: WMS *",
    ]
    lines += _section(offer.mids[0], offer.mic_pt, local)
    lines += [*local.candidates, "a=end-of-candidates"]
    lines.append("a=recvonly" if offer.mic_sends else "a=inactive")
    if offer.mic_sends and offer.level_ext:
        lines.append(f"a=extmap:{offer.level_ext} {AUDIO_LEVEL_URI}")
    for slot, (mid, receives) in enumerate(zip(offer.mids[1:], offer.slots, strict=True)):
        lines += _section(mid, offer.listen_pt, local)
        if receives:
            name = f"slot{slot}"
            lines += [
                "a=sendonly",
                f"a=msid:{name} {name}",
                f"a=ssrc:{local.slot_ssrcs[slot]} cname:hearth",
                f"a=ssrc:{local.slot_ssrcs[slot]} msid:{name} {name}",
            ]
        else:
            lines.append("a=inactive")
    if offer.slots:
        # Browsers read the candidates of a bundle's first line, aiortc those of its last.
        lines += [*local.candidates, "a=end-of-candidates"]
    return "\r\n".join(lines) + "\r\n"


def candidates(addresses: Sequence[str], port: int) -> list[str]:
    """Return candidate lines for UDP and passive TCP, the first address preferred (RFC 8445 5.1.2).

    TCP comes second everywhere: over it one lost packet holds up all later ones.
    """
    udp, tcp = [], []
    for place, address in enumerate(addresses):
        local = 65535 - place
        foundation = place + 1
        where = f"{address} {port} typ host"
        udp.append(f"a=candidate:{foundation} 1 udp {126 << 24 | local << 8 | 255} {where}")
        tcp.append(
            f"a=candidate:{foundation + 1000} 1 tcp {90 << 24 | local << 8 | 255} {where}"
            " tcptype passive"
        )
    return udp + tcp


def _section(mid: str, payload_type: int, local: LocalMedia) -> list[str]:
    algorithm, digest = local.fingerprint
    return [
        f"m=audio 9 UDP/TLS/RTP/SAVPF {payload_type}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.password}",
        f"a=fingerprint:{algorithm} {digest}",
        "a=setup:passive",
        f"a=mid:{mid}",
        "a=rtcp-mux",
        f"a=rtpmap:{payload_type} opus/48000/2",
        f"a=fmtp:{payload_type} {_OPUS}",
    ]


def _read(sdp: str) -> VoiceOffer:
    session, session_id, sections = _cut(sdp)
    mids = tuple(section.first("mid") for section in sections)
    _check_shape(sections, mids, session)
    mic, *others = sections
    prints = _security(mic)
    for section in others:
        if section.first("ice-ufrag") != mic.first("ice-ufrag") or (
            section.all("fingerprint") != mic.all("fingerprint")
        ):
            raise _Unusable("sdp_not_bundled", "media lines differ in their transport")
    mic_pt, *listen_pts = [section.opus() for section in sections]
    if len(set(listen_pts)) > 1:
        raise _Unusable("sdp_mixed_payload_types", "Opus must have one number in all audio lines")
    sends = mic.direction() in ("sendonly", "sendrecv")
    return VoiceOffer(
        session=session_id,
        ufrag=mic.first("ice-ufrag"),
        fingerprints=prints,
        mids=mids,
        mic_sends=sends,
        mic_ssrc=_ssrc(mic) if sends else 0,
        mic_pt=mic_pt,
        level_ext=_level_extension(mic),
        listen_pt=listen_pts[0] if listen_pts else mic_pt,
        slots=tuple(section.direction() in ("recvonly", "sendrecv") for section in others),
    )


def _cut(sdp: str) -> tuple[dict[str, list[str]], str, list[_Media]]:
    """Cut an offer into session attributes, identity and media sections."""
    if len(sdp) > MAX_OFFER_CHARS:
        raise _Unusable("sdp_too_long", f"an offer has at most {MAX_OFFER_CHARS} characters")
    lines = [line.removesuffix("\r") for line in sdp.split("\n")]
    if lines and not lines[-1]:
        lines.pop()
    if len(lines) > MAX_OFFER_LINES:
        raise _Unusable("sdp_too_long", f"an offer has at most {MAX_OFFER_LINES} lines")
    if not lines or lines[0] != "v=0" or not all(_LINE.match(line) for line in lines):
        raise _Unusable("sdp_malformed", "this is no session description")
    session: dict[str, list[str]] = {}
    sections: list[_Media] = []
    origin = ""
    current = session
    for line in lines:
        kind, value = line[0], line[2:]
        if kind == "m":
            current = {}
            sections.append(_Media(value, current, session))
        elif kind == "o":
            origin = " ".join(value.split(" ")[:2])
        elif kind == "a":
            name, _, rest = value.partition(":")
            current.setdefault(name, []).append(rest)
    if not sections:
        raise _Unusable("sdp_no_media", "the offer has no audio line")
    return session, origin, sections


def _check_shape(
    sections: list[_Media], mids: tuple[str, ...], session: dict[str, list[str]]
) -> None:
    """Refuse wrong kinds, numbers, names and bundling of media lines."""
    if len(sections) > 1 + VOICE_SLOTS:
        raise _Unusable("sdp_too_many_lines", f"at most 1 + {VOICE_SLOTS} audio lines are served")
    for section in sections:
        parts = section.line.split(" ")
        if len(parts) < 4 or parts[0] != "audio" or "RTP/SAVPF" not in parts[2]:
            raise _Unusable("sdp_unknown_media", "only audio over DTLS-SRTP is served")
        if "rtcp-mux" not in section.attributes:
            raise _Unusable("sdp_no_rtcp_mux", "each audio line needs a=rtcp-mux")
    if len(set(mids)) != len(mids) or not all(_MID.match(mid) for mid in mids):
        raise _Unusable("sdp_bad_mid", "each audio line needs an a=mid of its own")
    bundled = [set(group.split(" ")[1:]) for group in session.get("group", []) if "BUNDLE" in group]
    if not any(group.issuperset(mids) for group in bundled):
        raise _Unusable("sdp_not_bundled", "all audio lines must share one BUNDLE group")
    mic, *others = sections
    if any(section.direction() == "sendonly" for section in others):
        raise _Unusable("sdp_wrong_direction", "only the first audio line may send")
    if mic.direction() == "recvonly" and not others:
        raise _Unusable("sdp_wrong_direction", "the first audio line is for the microphone")


def _security(mic: _Media) -> tuple[Fingerprint, ...]:
    """Return the certificate's digests if ICE and DTLS can start from this offer."""
    ufrag, password = mic.first("ice-ufrag"), mic.first("ice-pwd")
    if not (4 <= len(ufrag) <= 256 and 22 <= len(password) <= 256):
        raise _Unusable("sdp_no_ice", "a=ice-ufrag and a=ice-pwd are missing or too short")
    if not (_ICE_CHARS.match(ufrag) and _ICE_CHARS.match(password)):
        raise _Unusable("sdp_no_ice", "a=ice-ufrag or a=ice-pwd has forbidden characters")
    if mic.first("setup") not in ("actpass", "active"):
        raise _Unusable("sdp_bad_setup", "offer a=setup:actpass; the server waits for DTLS")
    prints: list[Fingerprint] = []
    for value in mic.all("fingerprint")[:_MAX_FINGERPRINTS]:
        algorithm, _, digest = value.partition(" ")
        size = _DIGEST_BYTES.get(algorithm.lower())
        digest = digest.upper()
        if size is None:
            continue  # another hash we do not know cannot weaken the ones we check
        if len(digest) != 3 * size - 1 or not _HEX_PAIRS.match(digest):
            raise _Unusable("sdp_bad_fingerprint", "a=fingerprint does not fit its hash function")
        prints.append((algorithm.lower(), digest))
    if not prints:
        raise _Unusable("sdp_bad_fingerprint", "a=fingerprint with sha-256 is missing")
    return tuple(prints)


def _ssrc(mic: _Media) -> int:
    for value in mic.attributes.get("ssrc", []):
        number = value.partition(" ")[0]
        if _NUMBER.match(number) and 0 < int(number) < 2**32:
            return int(number)
    raise _Unusable("sdp_no_ssrc", "the microphone's line needs an a=ssrc attribute")


def _level_extension(mic: _Media) -> int:
    for value in mic.attributes.get("extmap", []):
        number, _, uri = value.partition(" ")
        number = number.partition("/")[0]
        # RFC 8285 section 4.2: one-byte headers have the ids 1 to 14.
        if uri.split(" ")[0] == AUDIO_LEVEL_URI and _NUMBER.match(number) and 0 < int(number) < 15:
            return int(number)
    return 0
