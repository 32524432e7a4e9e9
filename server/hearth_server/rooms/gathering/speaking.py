"""What goes with the floor and with a mute, so that what people are told of it is true. Pure."""

from typing import Final

from hearth_protocol.gathering import AskKind
from hearth_server.rooms.gathering.gathering import Gathering

#: Saying yes to these makes somebody heard.
_VOICES: Final[tuple[AskKind, ...]] = ("speaker", "megaphone")


def let_speak(gathering: Gathering, whom: str) -> None:
    """Who is given the room's ear is heard: a mute of this gathering ends with it.

    Not of those who lead: who mutes them the host decides.
    """
    if not gathering.stage.leads(whom):
        gathering.stage.hush(whom, "none")
        gathering.touch(whom)


def take_voice(gathering: Gathering, whom: str) -> None:
    """Somebody is muted hard: the floor ends, and so does whatever their own yes would undo."""
    for kind in _VOICES:
        gathering.asks.withdraw(to=whom, kind=kind)
    lose_voice(gathering, whom)


def lose_voice(gathering: Gathering, whom: str) -> None:
    """Nobody has the floor or a megaphone who is not heard."""
    stage = gathering.stage
    if whom in stage.floor or whom in stage.megaphones:
        stage.floor.pop(whom, None)
        stage.megaphone(whom, False)
        gathering.touch(whom)
        gathering.tell("gathering", "hands")
