"""Standing and rights: what must hold for every role, signature, sanction and kind of group."""

from itertools import pairwise
from pathlib import Path
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from hearth_server.community.groups import (
    Group,
    Joining,
    Membership,
    SanctionKind,
    Standing,
    Visibility,
    standing_of,
)
from hearth_server.community.membership import (
    may_give,
    may_give_up,
    may_join,
)
from hearth_server.community.moderation import Report, may_sanction, may_see_report, next_state
from hearth_server.community.permissions import (
    ARCHIVED,
    LISTENER,
    RIGHT_WORDS,
    RIGHTS,
    VOICES,
    Right,
    Role,
    may_act_on,
)
from hearth_server.errors import Refusal
from tests.support.permissions import permission_table

ROOT = Path(__file__).parents[3]
roles = st.sampled_from(list(Role))
maybe_roles = st.none() | roles
versions = st.integers(0, 4)


@st.composite
def groups(draw: st.DrawFn) -> Group:
    newest = draw(versions)
    return Group(
        id="g",
        slug="g",
        name="G",
        visibility=draw(st.sampled_from(get_args(Visibility))),
        joining=draw(st.sampled_from(get_args(Joining))),
        question=draw(st.none() | st.just("Why?")),
        members=draw(st.integers(0, 6)),
        size_limit=draw(st.integers(2, 6)),
        norms_version=newest,
        norms_binding=draw(st.integers(0, newest)),
        archived_ms=draw(st.none() | st.just(1)),
    )


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    group = draw(groups())
    role = draw(maybe_roles)
    membership = None
    if role is not None:
        signed = draw(st.none() | versions)
        membership = Membership("g", "a", role, 0, signed)
    sanctions = draw(st.frozensets(st.sampled_from(get_args(SanctionKind))))
    return standing_of(group, "a", membership, sanctions)


@given(standings())
def test_a_ban_leaves_nothing_and_a_mute_no_voice(standing: Standing) -> None:
    if "ban" in standing.sanctions:
        assert standing.rights == frozenset()
    if "mute" in standing.sanctions:
        assert not standing.rights & VOICES


@given(standings())
def test_an_archived_group_is_read_only(standing: Standing) -> None:
    if standing.group.archived:
        assert standing.rights <= ARCHIVED


@given(standings())
def test_whoever_did_not_sign_has_no_voice_anywhere(standing: Standing) -> None:
    if not standing.signed:
        assert not standing.rights & (VOICES | {Right.REACT, Right.CLAIM_PLACE, Right.MOVE_OBJECTS})
        assert standing.listener


@given(standings())
def test_a_closed_group_gives_an_unsigned_person_nothing_to_see(standing: Standing) -> None:
    if standing.group.visibility == "listed" or standing.signed:
        return
    seen = {Right.SEE_GROUP, Right.ENTER_ROOMS, Right.READ}
    if standing.role is not Role.OWNER:
        assert standing.rights == frozenset()
    if standing.role is None:
        assert not standing.rights & seen


@given(standings())
def test_no_role_gives_more_than_its_column_of_the_table(standing: Standing) -> None:
    most = RIGHTS[standing.role] if standing.role is not None else LISTENER
    assert standing.rights <= most


@given(standings())
def test_visitors_and_guests_never_read_the_channel(standing: Standing) -> None:
    if standing.role in (None, Role.GUEST):
        assert not standing.may(Right.READ)


def test_each_role_has_what_the_weaker_have() -> None:
    ordered = sorted(Role, key=lambda role: role.rank)
    for weaker, stronger in pairwise(ordered):
        assert RIGHTS[weaker] <= RIGHTS[stronger]
    assert set(RIGHT_WORDS) == set(Right)


@given(roles, roles)
def test_nobody_acts_on_an_equal_but_owners(actor: Role, subject: Role) -> None:
    both = may_act_on(actor, subject) and may_act_on(subject, actor)
    assert both == (actor is subject is Role.OWNER)


@given(roles, roles, roles)
def test_giving_a_role_gives_nobody_what_the_giver_has_not(
    actor: Role, old: Role, new: Role
) -> None:
    if may_give(actor, old, new) is None:
        assert actor is Role.OWNER or RIGHTS[new] < RIGHTS[actor]
        assert Role.GUEST not in (old, new)
        assert actor is Role.OWNER or old.rank < actor.rank


@given(maybe_roles, st.integers(0, 3), st.booleans())
def test_the_last_owner_stays_while_the_group_lives(
    role: Role | None, owners: int, archived: bool
) -> None:
    refused = may_give_up(role, owners, archived=archived) is not None
    assert refused == (role is Role.OWNER and owners <= 1 and not archived)


@given(groups(), st.booleans(), st.text(max_size=3))
def test_nobody_joins_what_is_full_or_archived(group: Group, invited: bool, answer: str) -> None:
    outcome = may_join(group, invited=invited, answer=answer)
    if group.archived or group.members >= group.size_limit:
        assert isinstance(outcome, Refusal)
    if outcome == "join":
        assert invited or group.joining == "open"
    if outcome == "ask":
        assert group.joining == "request"
        assert answer or not group.question


@given(maybe_roles, maybe_roles, st.booleans(), st.sampled_from(get_args(SanctionKind)))
def test_nobody_sanctions_themselves_or_the_stronger(
    actor: Role | None, subject: Role | None, oneself: bool, kind: SanctionKind
) -> None:
    if may_sanction(actor, subject, oneself=oneself, kind=kind, room=True) is None:
        assert not oneself
        assert actor is not None
        assert actor is Role.OWNER or subject is None or actor.rank > subject.rank


@given(maybe_roles, st.sampled_from(("a", "b")), st.none() | st.sampled_from(("a", "b")))
def test_reports_about_oneself_are_for_owners(
    role: Role | None, viewer: str, subject: str | None
) -> None:
    if may_see_report(role, viewer, subject):
        assert viewer != subject or role is Role.OWNER


@given(
    st.sampled_from(("open", "claimed", "closed")),
    st.sampled_from(("claim", "release", "close")),
    st.sampled_from(("a", "b")),
    maybe_roles,
    maybe_roles,
)
def test_a_closed_report_stays_closed_and_a_colleagues_is_left_to_them(
    state: str, act: str, actor: str, role: Role | None, claimer: Role | None
) -> None:
    report = Report(
        id="r",
        group_id="g",
        reporter_id="x",
        created_ms=0,
        state=state,  # type: ignore[arg-type]
        claimed_by="a" if state == "claimed" else None,
    )
    outcome = next_state(report, act, actor, role, claimer)  # type: ignore[arg-type]
    if state == "closed":
        assert isinstance(outcome, Refusal)
    if state == "claimed" and actor != "a" and claimer is not None:
        assert isinstance(outcome, Refusal) or may_act_on(role, claimer)


def test_the_documented_table_is_the_table() -> None:
    document = (ROOT / "docs/permissions.md").read_text("utf-8")
    assert permission_table() in document
