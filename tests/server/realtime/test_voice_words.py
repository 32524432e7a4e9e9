"""What people are told of voice: words for what really happens, slot maps as in the model."""

from pathlib import Path

from hearth_protocol.codec import decode_server
from hearth_protocol.voice import SlotTalker, VoiceSlots
from hearth_server.realtime.voice_words import CLOSED_TEXT, Downlink, slots_frame

WORKER = Path(__file__).parents[3] / "server/hearth_server/voice"


def test_every_end_that_has_words_is_one_the_worker_names() -> None:
    source = "".join(path.read_text() for path in WORKER.glob("*.py"))
    assert [reason for reason in CLOSED_TEXT if f'"{reason}"' not in source] == []


def test_the_fast_way_to_pack_slots_says_what_the_model_says() -> None:
    frame = slots_frame([0, 7, 0, 9], [0, 1, 0, 2])
    assert decode_server(frame[2:]) == VoiceSlots(
        slots=[
            SlotTalker(slot=1, participant=7, reason="near"),
            SlotTalker(slot=3, participant=9, reason="stage"),
        ]
    )


def test_a_lossy_way_down_gets_fewer_voices_and_more_again_when_it_is_fine() -> None:
    downlink = Downlink()
    assert [downlink.slots(15.0, now_s) for now_s in (0.0, 3.0, 6.0, 8.0, 12.0, 18.0)] == [
        8, 8, 4, 4, 2, 2,
    ]  # fmt: skip
    assert [downlink.slots(1.0, now_s) for now_s in (19.0, 30.0, 39.5, 60.0)] == [2, 2, 4, 8]
