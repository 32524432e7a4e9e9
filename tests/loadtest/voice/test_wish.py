"""`--voice` says what it understands, and nothing is guessed."""

import pytest

from hearth_loadtest.casting import Company
from hearth_loadtest.errors import UsageFault
from hearth_loadtest.verdict import DEFAULT_SLO, VOICE_SLO, parse_slo
from hearth_loadtest.voice.cast import Cast
from hearth_loadtest.voice.wish import VoiceWish


def test_it_reads_what_it_should() -> None:
    assert VoiceWish.parse("talkers=3", 10) == VoiceWish(3)
    assert VoiceWish.parse("talkers=3, listeners=0,client=aiortc", 10) == VoiceWish(3, 0, "aiortc")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "cannot read"),
        ("listeners=3", "say how many talk"),
        ("talkers=many", "say how many talk"),
        ("talkers=0", "there are 20 bots"),
        ("talkers=21", "there are 20 bots"),
        ("talkers=2,listeners=21", "there are 20 bots"),
        ("talkers=2,talkers=3", "cannot read"),
        ("talkers=2,loud=yes", "loud"),
        ("talkers=2,client=carrier-pigeon", "light and aiortc"),
        ("talkers=2,client=aiortc", "16 bots at most"),
    ],
)
def test_it_refuses_the_rest_by_name(text: str, says: str) -> None:
    with pytest.raises(UsageFault, match=says):
        VoiceWish.parse(text, 20)


def test_talkers_and_listeners_are_spread_over_the_rooms() -> None:
    company = Company(users=12, rooms=3, workers=1, seed=1)
    cast = Cast.of(VoiceWish(3, 6), company)
    rooms = company.room_of()
    assert sorted(rooms[cast.talkers]) == [0, 1, 2]
    assert sorted(rooms[cast.ears]) == [0, 0, 1, 1, 2, 2]
    assert set(cast.bots) == set(cast.talkers) | set(cast.ears)
    assert len(Cast.of(VoiceWish(1), company).ears) == 12
    assert len(Cast.of(VoiceWish(1, 0), company).ears) == 0


def test_thresholds_on_voice_need_voice() -> None:
    (loss,) = parse_slo("voice_loss<0.1%", voice=True)
    assert (loss.quantity, loss.limit) == ("voice_loss", pytest.approx(0.001))
    assert parse_slo(DEFAULT_SLO + VOICE_SLO, voice=True)[-1].quantity == "voice_failed"
    with pytest.raises(UsageFault, match="voice_loss"):
        parse_slo("voice_loss<0.1%")
