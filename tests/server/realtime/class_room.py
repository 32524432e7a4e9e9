"""A class in a furnished room, and how the tests of it ask for things."""

from typing import Any

from hearth_protocol import gathering as wire
from hearth_protocol.control import Ack, ErrorMessage
from hearth_protocol.fields import WireModel
from tests.support.gathering import Gathering, Visitor

Three = tuple[Visitor, Visitor, Visitor]


def ask(gathering: Gathering, who: Visitor, message: WireModel) -> WireModel:
    """Send a request and return its answer."""
    rid = message.rid  # type: ignore[attr-defined]
    who.send(message)
    gathering.settle()
    answers = [
        each for each in who.told if isinstance(each, Ack | ErrorMessage) and each.rid == rid
    ]
    return answers[-1]


def done(gathering: Gathering, who: Visitor, message: WireModel) -> None:
    answer = ask(gathering, who, message)
    assert isinstance(answer, Ack), answer


def refusal(gathering: Gathering, who: Visitor, message: WireModel) -> str:
    answer = ask(gathering, who, message)
    assert isinstance(answer, ErrorMessage)
    return answer.code


def lead(who: Visitor, act: wire.LeadAct, **more: Any) -> wire.LeadAction:
    version = who.last(wire.Timeline).version
    return wire.LeadAction(rid=who.rid(), act=act, version=version, **more)


def start(gathering: Gathering, who: Visitor) -> None:
    done(gathering, who, lead(who, "start"))


def now(who: Visitor) -> wire.Gathering:
    return who.last(wire.Gathering)  # type: ignore[no-any-return]
