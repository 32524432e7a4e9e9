"""What people type: cleaned so that nothing hides or steers, and stable once it is clean."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_server.community import text
from hearth_server.community.text import one_line, paragraphs, within

# Lone surrogates included: JSON can carry them.
anything = st.text(st.characters(exclude_categories=()), max_size=80) | st.text(
    st.sampled_from("ea\u0301\u0308\u200b\u200d\u115f\u1100\u1161 \n\r\u2028\x1c"), max_size=40
)
HOSTILE = "\u202e\u2066\u200b\u200e\ufeff\x00\x07\ud800\ue000\u2028\u115f\u3164\U000e0041"


@given(anything)
def test_a_line_hides_nothing(raw: str) -> None:
    clean = one_line(raw)
    for char in clean:
        category = unicodedata.category(char)
        assert category not in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
        assert category != "Cf" or char in "\u200c\u200d"
        assert not char.isspace() or char == " "
    assert "  " not in clean
    assert clean == clean.strip(" ")
    clean.encode("utf-8")


@given(anything)
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    assert one_line(one_line(raw)) == one_line(raw)
    assert paragraphs(paragraphs(raw)) == paragraphs(raw)


@given(anything)
def test_paragraphs_are_clean_lines(raw: str) -> None:
    clean = paragraphs(raw)
    assert "\n\n\n" not in clean
    assert not clean.startswith("\n")
    assert not clean.endswith("\n")
    assert all(one_line(line) == line for line in clean.split("\n"))


@given(st.text(st.sampled_from("aé <>&\"'/;日本한글🧘"), max_size=40))
def test_what_can_be_read_is_kept(raw: str) -> None:
    assert one_line(raw).replace(" ", "") == unicodedata.normalize("NFC", raw).replace(" ", "")


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (f"a{HOSTILE}b", "ab"),
        (HOSTILE, ""),
        ("\u200d\u200c", ""),
        ("👩\u200d🚀", "👩\u200d🚀"),
        # A joiner that Persian needs.
        ("نمی\u200cخواهم", "نمی\u200cخواهم"),  # noqa: RUF001
        ("e" + "\u0301" * 30, "é" + "\u0301" * 4),
        ("<script>alert('x')</script>", "<script>alert('x')</script>"),
        ("  two\t\twords \n", "two words"),
    ],
)
def test_examples(raw: str, clean: str) -> None:
    assert one_line(raw).replace(" ", "") == clean.replace(" ", "")


def test_lengths_are_told() -> None:
    assert within("ab", 2) == "ab"
    with pytest.raises(ValueError, match="Write 1 to 2 visible characters"):
        within("", 2)
    with pytest.raises(ValueError, match="Write at most 2 characters"):
        within("abc", 2, 0)


_QUICK = st.text(st.characters(max_codepoint=0x52F), max_size=20) | st.text(
    st.sampled_from("a é가ぁ日—“…ÅΩ\u0301\u1161\u212b\u00ad\u200d\u3164\u0378"), max_size=12
)


@given(anything | _QUICK)
def test_what_is_plain_is_what_one_by_one_leaves_as_it_is(raw: str) -> None:
    assert text._visible(raw) == text._one_by_one(raw)
