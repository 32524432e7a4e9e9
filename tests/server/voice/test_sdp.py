"""Offers of real clients are answered; every other text is refused by name, never by exception."""

import random
import re
from pathlib import Path

import pytest
from aiortc.sdp import SessionDescription
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_server.errors import Refusal
from hearth_server.voice import sdp
from tests.support.voice_client import VoiceClient

OFFERS = Path(__file__).parent / "offers"
RECORDED = sorted(path.stem for path in OFFERS.glob("*.sdp"))
CHROMIUM = (OFFERS / "chromium_mic.sdp").read_bytes().decode()
LOCAL = sdp.LocalMedia(
    session_id=1,
    version=1,
    ufrag="abcdef",
    password="p" * 24,
    fingerprint=("sha-256", ":".join(["AB"] * 32)),
    slot_ssrcs=range(101, 109),
    candidates=sdp.candidates(["192.0.2.1", "2001:db8::1"], 8461),
)


def recorded(name: str) -> str:
    return (OFFERS / f"{name}.sdp").read_bytes().decode()


def accepted(text: str) -> sdp.VoiceOffer:
    offer = sdp.parse(text)
    assert isinstance(offer, sdp.VoiceOffer), offer
    return offer


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_offers_are_understood(name: str) -> None:
    offer = accepted(recorded(name))
    assert offer.mids == tuple("012345678")
    assert offer.slots == (True,) * 8
    assert offer.mic_sends == ("inactive" not in name)
    assert bool(offer.mic_ssrc) == offer.mic_sends
    assert offer.mic_pt == offer.listen_pt == (96 if "aiortc" in name else 111)
    assert offer.level_ext == (2 if "aiortc" in name else 1)


def test_an_ice_restart_is_the_same_session_with_another_fragment() -> None:
    before, after = accepted(CHROMIUM), accepted(recorded("chromium_mic_restart"))
    assert before.ufrag != after.ufrag
    assert (before.session, before.fingerprints) == (after.session, after.fingerprints)


@pytest.mark.parametrize("name", RECORDED)
def test_another_implementation_understands_the_answer(name: str) -> None:
    offer = accepted(recorded(name))
    text = sdp.answer(offer, LOCAL)
    answer = SessionDescription.parse(text)
    assert [media.rtp.muxId for media in answer.media] == list(offer.mids)
    mic, *slots = answer.media
    assert mic.direction == ("recvonly" if offer.mic_sends else "inactive")
    assert {media.direction for media in slots} == {"sendonly"}
    assert [media.ssrc[0].ssrc for media in slots] == list(range(101, 109))
    assert all(media.dtls.role == "server" for media in answer.media)
    assert all(media.ice.usernameFragment == "abcdef" for media in answer.media)
    assert all(media.rtp.codecs[0].payloadType == offer.listen_pt for media in answer.media)
    assert [(each.protocol, each.ip, each.tcpType) for each in mic.ice_candidates] == [
        ("udp", "192.0.2.1", None),
        ("udp", "2001:db8::1", None),
        ("tcp", "192.0.2.1", "passive"),
        ("tcp", "2001:db8::1", "passive"),
    ]
    priorities = [each.priority for each in mic.ice_candidates]
    assert priorities == sorted(priorities, reverse=True)
    extensions = [each.uri for each in mic.rtp.headerExtensions]
    assert extensions == ([sdp.AUDIO_LEVEL_URI] if offer.mic_sends else [])
    assert "a=ice-lite" in text
    assert not any(media.rtp.headerExtensions for media in slots)


def test_fewer_slots_and_none_at_all_are_fine() -> None:
    assert accepted(VoiceClient(slots=4).offer()).slots == (True,) * 4
    assert accepted(VoiceClient(slots=0).offer()).slots == ()
    deaf = VoiceClient(slots=2).offer().replace("a=recvonly", "a=inactive", 1)
    assert accepted(deaf).slots == (False, True)
    assert sdp.answer(accepted(deaf), LOCAL).count("a=inactive") == 1


def test_firefox_puts_its_fingerprint_on_session_level() -> None:
    line = re.search("a=fingerprint:.*\r\n", CHROMIUM)
    assert line is not None
    moved = CHROMIUM.replace(line[0], "").replace("t=0 0\r\n", "t=0 0\r\n" + line[0])
    assert accepted(moved).fingerprints == accepted(CHROMIUM).fingerprints


REFUSALS = {
    "sdp_malformed": lambda text: "hello\r\n" + text,
    "sdp_too_long": lambda text: text + "a=x\r\n" * 3000,
    "sdp_no_media": lambda text: text.split("m=")[0],
    "sdp_unknown_media": lambda text: text.replace("m=audio", "m=video", 1),
    "sdp_too_many_lines": lambda text: text + "m=" + text.split("m=")[-1],
    "sdp_not_bundled": lambda text: text.replace("a=group:BUNDLE 0 1", "a=group:BUNDLE 0", 1),
    "sdp_no_rtcp_mux": lambda text: text.replace("a=rtcp-mux\r\n", "", 1),
    "sdp_bad_mid": lambda text: text.replace("a=mid:1\r\n", "a=mid:0\r\n"),
    "sdp_no_opus": lambda text: text.replace("opus/48000/2", "iLBC/8000"),
    "sdp_mixed_payload_types": lambda text: (
        text[: text.rindex("m=")] + text[text.rindex("m=") :].replace("111", "112")
    ),
    "sdp_no_ice": lambda text: re.sub("a=ice-pwd:.*", "a=ice-pwd:short", text),
    "sdp_bad_setup": lambda text: text.replace("a=setup:actpass", "a=setup:passive"),
    "sdp_bad_fingerprint": lambda text: re.sub("(a=fingerprint:sha-256 )...", r"\1", text),
    "sdp_no_ssrc": lambda text: re.sub("a=ssrc:.*\r\n", "", text),
    "sdp_wrong_direction": lambda text: text.replace("a=recvonly", "a=sendonly", 1),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_what_cannot_be_served_is_refused_by_name(code: str) -> None:
    found = sdp.parse(REFUSALS[code](CHROMIUM))
    assert isinstance(found, Refusal)
    assert found.code == code
    assert "Reload" in found.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=0",
        "\x00" * 100,
        "v=0\r\nm=audio",
        CHROMIUM.replace("a=mid:3", "a=mid:3 \x85x"),
        CHROMIUM.replace("a=ssrc:", "a=ssrc:٣"),
        CHROMIUM.replace("a=ssrc:", "a=ssrc:99999999999"),
        CHROMIUM.replace("a=rtpmap:111 opus", "a=rtpmap:72 opus").replace(" 111 ", " 72 "),
    ],
)
def test_odd_texts_are_refused(text: str) -> None:
    assert isinstance(sdp.parse(text), Refusal)


def test_a_wild_extension_number_costs_the_level_only() -> None:
    wild = CHROMIUM.replace("a=extmap:1 ", "a=extmap:255 ")
    assert accepted(wild).level_ext == 0


@given(st.text(max_size=300))
@settings(max_examples=150)
def test_no_text_is_too_odd(text: str) -> None:
    assert isinstance(sdp.parse(text), Refusal)
    assert isinstance(sdp.parse("v=0\r\n" + text), Refusal)


def test_a_mutated_offer_never_raises_and_never_puts_its_lines_into_the_answer() -> None:
    rng = random.Random(7)
    lines = CHROMIUM.split("\r\n")
    good = 0
    for _ in range(1_500):
        changed = list(lines)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(changed))
            line = changed[at]
            cut = rng.randrange(len(line) + 1)
            changed[at] = rng.choice(
                [line[:cut], line[:cut] + chr(rng.randrange(0x250)) + line[cut:], "", line[::-1]]
            )
            if rng.random() < 0.2:
                del changed[rng.randrange(len(changed))]
        found = sdp.parse("\r\n".join(changed))
        if isinstance(found, sdp.VoiceOffer):
            good += 1
            answer = sdp.answer(found, LOCAL)
            assert answer.count("\nm=") == len(found.mids)
            assert answer.count("a=ice-lite") == 1
    assert good > 50
