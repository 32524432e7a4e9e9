"""What is said in a group: who may read it, on pages and in rooms, and whom it names."""

from dataclasses import replace

import pytest

from hearth_server.community.groups import Group, Membership, Standing, standing_of
from hearth_server.community.permissions import Role
from hearth_server.community.relations import RelationBook
from hearth_server.community.talk import LineRoom, may_read

GROUP = Group(id="g", slug="readers", name="Readers", visibility="listed")
STUDY = LineRoom("study-aaaaaa", "Study", "members")
ATTIC = LineRoom("attic-bbbbbb", "Attic", "leaders")
CAME_MS = 100


def standing(role: Role | None, group: Group = GROUP, me: str = "me") -> Standing:
    membership = Membership(group.id, me, role, CAME_MS) if role else None
    return standing_of(group, me, membership)


def test_members_read_the_page_and_the_rooms_they_could_enter() -> None:
    member = standing(Role.MEMBER)
    assert may_read(member, None, 0, None)
    assert may_read(member, STUDY, 0, None)
    assert not may_read(member, ATTIC, 0, None)
    assert may_read(standing(Role.LEADER), ATTIC, 0, None)


def test_who_is_in_a_room_hears_what_is_said_there() -> None:
    visitor = standing(None)
    assert may_read(visitor, STUDY, 0, STUDY.id)
    assert not may_read(visitor, STUDY, 0, None)
    assert not may_read(visitor, STUDY, 0, ATTIC.id)
    assert not may_read(visitor, None, 0, STUDY.id)


def test_a_guest_reads_their_one_room_from_when_they_came() -> None:
    guest = standing(Role.GUEST)
    assert may_read(guest, STUDY, CAME_MS, STUDY.id)
    assert not may_read(guest, STUDY, CAME_MS - 1, STUDY.id)
    assert not may_read(guest, ATTIC, CAME_MS, STUDY.id)
    assert not may_read(guest, None, CAME_MS, STUDY.id)


@pytest.mark.parametrize("role", [None, *Role])
def test_who_may_not_see_the_group_reads_nothing(role: Role | None) -> None:
    gone = replace(standing(role), rights=frozenset())
    for room in (None, STUDY):
        assert not may_read(gone, room, CAME_MS, STUDY.id)
    closed = standing(Role.GUEST, replace(GROUP, guests_allowed=False))
    assert not may_read(closed, STUDY, CAME_MS, STUDY.id)


def test_on_duty_nobody_is_out_of_sight_and_otherwise_either_side_may_see_to_it() -> None:
    book = RelationBook(blocks=[("me", "a"), ("b", "me")])
    member, moderator = standing(Role.MEMBER), standing(Role.MODERATOR)
    assert book.unseen_by(member) == {"a", "b"}
    assert [book.unseen(member, each) for each in ("a", "b", "c")] == [True, True, False]
    assert book.unseen_by(moderator) == frozenset()
    assert not book.unseen(moderator, "b")
    assert book.unseen_by(standing_of(GROUP, None, None)) == frozenset()
