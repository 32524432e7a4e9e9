"""Norms: what a hash covers, what a new version may say, what the templates start with."""

import hashlib
import json
from dataclasses import replace
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from hearth_server.community.norms import (
    ITEM_LONGEST,
    ITEMS_MAX,
    Mechanism,
    NormItem,
    Norms,
    Signature,
    may_sign,
    mechanisms,
    next_norms,
    norms_hash,
)
from hearth_server.community.templates import STARTERS, GroupTemplate
from hearth_server.community.text import one_line
from hearth_server.errors import Refusal

items = st.builds(NormItem, st.text(max_size=20), st.none() | st.sampled_from(get_args(Mechanism)))
lists = st.lists(items, max_size=ITEMS_MAX, unique_by=lambda item: item.text.casefold())


@given(lists, lists, st.integers(1, 3), st.integers(1, 3))
def test_a_hash_is_of_one_text_in_one_version(
    a: list[NormItem], b: list[NormItem], va: int, vb: int
) -> None:
    assert (norms_hash(va, a) == norms_hash(vb, b)) == ((va, a) == (vb, b))


def test_the_hash_can_be_made_elsewhere() -> None:
    document = '{"items":[{"mechanism":"no_recording","text":"Nö “quotes”"}],"version":3}'
    assert json.loads(document)
    expected = hashlib.sha256(document.encode("utf-8")).hexdigest()
    assert norms_hash(3, [NormItem("Nö “quotes”", "no_recording")]) == expected


@given(lists, st.booleans())
def test_only_the_text_in_force_can_be_signed(new: list[NormItem], material: bool) -> None:
    first = next_norms(None, [NormItem("Be kind.")], False, "")
    assert isinstance(first, Norms)
    assert first.material
    second = next_norms(first, new, material, "note")
    assert isinstance(second, Norms)
    assert (second.version, second.material) == (2, material)
    assert may_sign(second, Signature(2, second.hash)) is None
    for wrong in (Signature(1, first.hash), Signature(2, first.hash), Signature(1, second.hash)):
        assert isinstance(may_sign(second, wrong), Refusal)
    assert isinstance(may_sign(None, Signature(0, "")), Refusal)


def test_too_many_or_twice_the_same_is_refused() -> None:
    many = [NormItem(f"Norm {number}.") for number in range(ITEMS_MAX + 1)]
    assert isinstance(next_norms(None, many, True, ""), Refusal)
    twice = [NormItem("Be kind."), NormItem("BE KIND.")]
    assert isinstance(next_norms(None, twice, True, ""), Refusal)


def test_mechanisms_are_what_items_name() -> None:
    first = next_norms(None, [NormItem("a", "no_guests"), NormItem("b")], True, "")
    assert isinstance(first, Norms)
    assert mechanisms(first) == {"no_guests"}
    assert mechanisms(replace(first, items=())) == mechanisms(None) == frozenset()


def test_every_template_starts_with_norms_that_could_be_typed() -> None:
    assert set(STARTERS) == set(get_args(GroupTemplate))
    for starter in STARTERS.values():
        assert isinstance(next_norms(None, starter.norms, True, ""), Norms)
        for item in starter.norms:
            assert item.text == one_line(item.text)
            assert 10 <= len(item.text) <= ITEM_LONGEST
    used = {item.mechanism for each in STARTERS.values() for item in each.norms}
    assert {"boundary_all", "no_recording", "listen_first"} <= used
