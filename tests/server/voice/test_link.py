"""The link's messages survive the way, however the stream is cut; other bytes end it."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_server.voice import link

EXAMPLES: list[link.Message] = [
    link.Config(hosts=("127.0.0.1", "::1"), port=9, advertise=("voice.example",)),
    link.Offer(7, 1, "v=0\r\n"),
    link.Close(7, "left"),
    link.Routes(2**32 - 1, b"\x01\0\0\0", bytes(32)),
    link.Mute(7, on=True),
    link.Born(4711),
    link.Ready(9, ("127.0.0.1",), "python", "asked for"),
    link.Fault("port_taken", "Port 9 is taken."),
    link.Answer(7, 1, "v=0\r\n"),
    link.Refused(7, 1, "sdp_no_opus", "no"),
    link.PeerState(7, "connected", "udp"),
    link.Edges(b"\x07\0\0\0", b"\x01"),
    link.Levels(b"\x07\0\0\0", b"\x28"),
    link.Acked(2**32 - 1),
    link.Quality(7, 1.5, 20.25),
    link.Counts({"muted": 3}),
    link.Alive(),
]


@given(st.lists(st.sampled_from(EXAMPLES), max_size=8), st.lists(st.integers(1, 40), max_size=60))
@settings(max_examples=40)
def test_messages_survive_any_cut_of_the_stream(
    messages: list[link.Message], cuts: list[int]
) -> None:
    stream = b"".join(map(link.encode, messages))
    deframer = link.Deframer()
    got: list[link.Message] = []
    at = 0
    for cut in [*cuts, len(stream)]:
        got += deframer.feed(stream[at : at + cut])
        at += cut
    assert got == messages


def test_every_message_of_the_link_is_in_the_examples() -> None:
    kinds = {type(example) for example in EXAMPLES}
    assert kinds == {*link.FromNode.__args__, *link.FromWorker.__args__} - {link.Lost}


@pytest.mark.parametrize(
    "body",
    [b"", b"\xc1", b"\x93\x01\x02\x03", b"\x81\xa1k\xa4nope", b"\x82\xa1k\xa5acked\xa1x\x01"],
)
def test_bytes_that_are_no_message_are_a_named_fault(body: bytes) -> None:
    with pytest.raises(link.LinkError):
        link.decode(body)


def test_a_frame_beyond_the_limit_is_a_fault_before_it_is_held() -> None:
    with pytest.raises(link.LinkError, match="bytes"):
        link.Deframer().feed((link.MAX_FRAME_BYTES + 1).to_bytes(4, "little"))


def test_messages_cannot_be_changed_on_the_way_through_the_node() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        link.Acked(1).epoch = 2  # type: ignore[misc]
