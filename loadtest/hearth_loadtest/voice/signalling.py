"""What the light client says and reads in SDP: the one shape of WIRE section 11."""

from dataclasses import dataclass

OPUS_PT = 111
LEVEL_EXT = 1
LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"


@dataclass(frozen=True, slots=True)
class Offering:
    """What an offer says of its client.

    Attributes:
        session: Session id of the `o=` line, and version.
        ufrag: ICE user name fragment, and password.
        fingerprint: Algorithm and digest of the certificate.
        mic_ssrc: What the microphone sends with; None without one.
        slots: How many lines receive.
    """

    session: tuple[int, int]
    ufrag: tuple[str, str]
    fingerprint: tuple[str, str]
    mic_ssrc: int | None
    slots: int

    def text(self) -> str:
        """Return the SDP offer."""
        mids = [str(number) for number in range(1 + self.slots)]
        lines = [
            "v=0",
            f"o=- {self.session[0]} {self.session[1]} IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            "a=group:BUNDLE " + " ".join(mids),
        ]
        for mid in mids:
            lines += [
                f"m=audio 9 UDP/TLS/RTP/SAVPF {OPUS_PT}",
                "c=IN IP4 0.0.0.0",
                f"a=ice-ufrag:{self.ufrag[0]}",
                f"a=ice-pwd:{self.ufrag[1]}",
                f"a=fingerprint:{self.fingerprint[0]} {self.fingerprint[1]}",
                "a=setup:actpass",
                f"a=mid:{mid}",
                "a=rtcp-mux",
                f"a=rtpmap:{OPUS_PT} opus/48000/2",
            ]
            if mid != "0":
                lines.append("a=recvonly")
            elif self.mic_ssrc is None:
                lines.append("a=inactive")
            else:
                lines += [
                    "a=sendonly",
                    f"a=extmap:{LEVEL_EXT} {LEVEL_URI}",
                    f"a=ssrc:{self.mic_ssrc} cname:light",
                ]
        return "\r\n".join(lines) + "\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What of an SDP answer matters here."""

    ufrag: str
    password: str
    fingerprint: tuple[str, str]
    udp: list[tuple[str, int]]
    tcp: list[tuple[str, int]]
    slot_ssrcs: list[int]

    @classmethod
    def parse(cls, sdp: str) -> "Answer":
        """Read an answer.

        Raises:
            ValueError: Something that has to be there is not.
        """
        lines = sdp.split("\r\n")

        def first(prefix: str) -> str:
            for line in lines:
                if line.startswith(prefix):
                    return line[len(prefix) :]
            raise ValueError(f"the answer has no {prefix.removeprefix('a=').rstrip(':')}")

        algorithm, _, digest = first("a=fingerprint:").partition(" ")
        udp: list[tuple[str, int]] = []
        tcp: list[tuple[str, int]] = []
        ssrcs = []
        for line in lines:
            if line.startswith("a=candidate:"):
                parts = line.split(" ")
                (udp if parts[2] == "udp" else tcp).append((parts[4], int(parts[5])))
            elif line.startswith("a=ssrc:") and " cname:" in line:
                ssrcs.append(int(line[len("a=ssrc:") :].split(" ")[0]))
        return cls(first("a=ice-ufrag:"), first("a=ice-pwd:"), (algorithm, digest), udp, tcp, ssrcs)
