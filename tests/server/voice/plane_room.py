"""A plane with members in it, driven packet by packet with the clock in the test's hand."""

from collections.abc import Iterator

import pytest

from tests.server.voice.plane_rig import (
    RIGS,
    Heard,
    Member,
    NanoClock,
    Rig,
    row_of,
)

SPEECH = bytes(range(80))
DTX = b"\xd8\xff\xfe"


class Room:
    """A plane with members in it."""

    def __init__(self, rig: Rig, clock: NanoClock) -> None:
        self.rig, self.clock = rig, clock
        self.members: dict[int, Member] = {}
        self.epoch = 0

    def join(self, number: int, **options: int) -> int:
        member = Member(number, **options)
        index = self.rig.plane.add(member.media)
        self.rig.plane.set_path(index, 0, member.address)
        self.rig.settle()
        self.members[index] = member
        return index

    def route(self, listener: int, *talkers: int) -> None:
        self.epoch += 1
        self.rig.plane.set_routes(self.epoch, [(listener, row_of(*talkers))])
        self.rig.settle()
        assert self.rig.plane.acked_epoch() == self.epoch

    def leave(self, index: int) -> None:
        self.rig.plane.remove(index)
        for _ in range(4):
            self.rig.settle()

    def say(
        self, talker: int, seq: int, ts: int, payload: bytes = SPEECH, level: int | None = 30
    ) -> dict[int, list[Heard]]:
        member = self.members[talker]
        return self.give(member.speech(seq, ts, payload, level), member.address)

    def give(self, packet: bytes, address: bytes) -> dict[int, list[Heard]]:
        self.rig.take(packet, address)
        return self.heard()

    def heard(self) -> dict[int, list[Heard]]:
        """Return what each member heard, and fail if anybody else got anything."""
        found: dict[int, list[Heard]] = {}
        by_address = {member.address: index for index, member in self.members.items()}
        for sent in self.rig.sent():
            index = sent.to if isinstance(sent.to, int) else by_address[sent.to]
            found.setdefault(index, []).append(self.members[index].hears(sent.data))
        return found

    def count(self, name: str) -> int:
        return self.rig.plane.counters()[name]


@pytest.fixture(params=sorted(RIGS))
def room(request: pytest.FixtureRequest) -> Iterator[Room]:
    clock = NanoClock()
    rig = RIGS[request.param](clock, 6)
    yield Room(rig, clock)
    rig.close()
