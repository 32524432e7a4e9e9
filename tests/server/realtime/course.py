"""A class in which everybody talks all the time, and who hears whom in it."""

from dataclasses import replace

from hearth_protocol import gathering as wire
from hearth_protocol.control import Ack
from hearth_protocol.design import DesignPlace
from hearth_protocol.fields import WireModel
from hearth_protocol.group_room import PlaceClaim
from hearth_protocol.voice import MicState
from hearth_server.community.plans.records import CompiledPlan
from tests.server.realtime.conftest import ANN, BOB, CEM, DESIGN
from tests.support.gathering import ROOM, Gathering, Visitor, account
from tests.support.runs import PLAN, run_of

KEY = (run_of(ANN).event_id, run_of(ANN).original)
DAN, EVE, FAY = account("Dan"), account("Eve"), account("Fay")
EVERYBODY = (ANN, BOB, CEM, DAN, EVE, FAY)
#: 2.5 m from one to the next, so that two beside each other hear each other and no others.
MATS = [DesignPlace(id=f"m-{n}", kind="mat", x=2.5 * n - 6, z=4, yaw_deg=0) for n in range(6)]
HALL = replace(ROOM, design=DESIGN.model_copy(update={"places": MATS, "zones": DESIGN.zones[1:]}))


class Class:
    """A gathering with Ann as host and Bob as co-host, in which everybody talks all the time."""

    def __init__(
        self, *, sit: bool = True, plan: CompiledPlan = PLAN, template: str = "class"
    ) -> None:
        self.room = Gathering(HALL)
        self.people = [self.room.enter(each) for each in EVERYBODY]
        for person, mat in zip(self.people, MATS, strict=True):
            person.at = (mat.x, 1.2, mat.z)
        self.room.settle()
        self.room.settle(2)
        for person, mat in zip(self.people, MATS, strict=True):
            self.room.talk(person)
            person.send(MicState(on=True))
            if sit:
                person.send(PlaceClaim(rid=person.rid(), id=mat.id, on=True))
        self.room.live.begin_gathering(run_of(ANN, BOB, plan=plan, template=template))
        self.room.settle(8)
        for person in self.people:
            self.room.talk(person)
        self.host, self.co_host, *self.students = self.people

    def start(self) -> None:
        version = self.host.last(wire.Timeline).version
        self.do(self.host, wire.LeadAction(rid=self.host.rid(), act="start", version=version))

    def do(self, who: Visitor, message: WireModel) -> None:
        who.send(message)
        self.room.settle(2)
        rid = message.rid  # type: ignore[attr-defined]
        assert any(isinstance(each, Ack) and each.rid == rid for each in who.told), who.told[-3:]

    def rule(self, **say: object) -> None:
        rid = self.host.rid()
        self.do(self.host, wire.VoiceRule.model_validate({"rid": rid} | say))

    def hush(self, whom: Visitor, kind: wire.Hush, by: Visitor | None = None) -> None:
        by = by or self.host
        self.do(by, wire.HushSomebody(rid=by.rid(), participant=whom.id, kind=kind))

    def hears(self, who: Visitor) -> set[int]:
        """Who is heard, by their number in `people`."""
        row = self.room.wires.rows.get(who.id, frozenset())
        return {number for number, each in enumerate(self.people) if each.id in row}

    def mic(self, whom: Visitor) -> str:
        """What others are told of a microphone."""
        person = self.room.shard.participants[whom.id].person
        return str(person.mic)
