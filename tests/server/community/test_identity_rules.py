"""Handles, passwords, device labels, codes: the pure rules of people."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_server.community import codes, recovery
from hearth_server.community.devices import device_label
from hearth_server.community.handles import clean_handle
from hearth_server.community.passwords import normal_password, password_refusal
from hearth_server.community.talk import mentioned_in

ALLOWED = set(string.ascii_lowercase + string.digits + "_.-")


@given(st.text(max_size=40) | st.from_regex(r"[a-zA-Z0-9_.-]{3,24}", fullmatch=True))
def test_a_handle_is_plain_whatever_is_typed(typed: str) -> None:
    handle = clean_handle(typed)
    if handle is not None:
        assert 3 <= len(handle) <= 24
        assert set(handle) <= ALLOWED
        assert clean_handle(handle) == handle
        assert mentioned_in(f"{handle} and @{handle}, @{handle.upper()}.") == {handle}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("robin", "robin"),
        (" @Robin.B_-2 ", "robin.b_-2"),
        ("a.b", "a.b"),
        ("robin_", None),
        ("-robin", None),
        ("...", None),
        ("ab", None),
        ("a" * 25, None),
        ("ro bin", None),
        ("robin\n2", None),
        ("rоbin", None),  # noqa: RUF001  # a Cyrillic o
        ("robin\u200d", None),
    ],
)
def test_handles_by_example(typed: str, kept: str | None) -> None:
    assert clean_handle(typed) == kept


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "x" * 257,
        "aaaaaaaaaaaa",
        "ababababab",
        "0123456789",
        "9876543210",
        "abcdefghijkl",
        "password2024!",
        "Passwort12",
        "QWERTYUIOP",
        "qwerty qwerty",
        "robinhood!",
        "Robin Hood 1999",
        "robin.hood",
        "12345678901",
    ],
)
def test_a_password_that_others_would_try_is_refused(password: str) -> None:
    refusal = password_refusal(password, "robin.hood", "Robin Hood")
    assert refusal is not None
    assert refusal.code == "weak_password"


@pytest.mark.parametrize(
    "password",
    ["a lantern at the river", "correct pony battery", "zwölf Boxkämpfer", "山の上の小さな湖の家"],
)
def test_a_sentence_is_a_password_in_any_script(password: str) -> None:
    assert password_refusal(password, "robin", "Robin") is None


def test_a_password_typed_another_way_is_the_same() -> None:
    assert normal_password("Zwo\u0308lf Boxka\u0308mpfer") == normal_password("Zwölf Boxkämpfer")


@given(st.text(max_size=300), st.text(max_size=24), st.text(max_size=32))
def test_any_text_gets_an_answer(password: str, handle: str, name: str) -> None:
    refusal = password_refusal(password, handle, name)
    assert refusal is None or refusal.text.endswith(".")


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) "
            "OculusBrowser/38.0 Chrome/138.0 VR Safari/537.36",
            "Quest browser",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/138.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.5.0", "A program"),
        ("", "A program"),
    ],
)
def test_devices_have_plain_names(agent: str, label: str) -> None:
    assert device_label(agent) == label


def test_recovery_codes_are_read_however_they_are_typed() -> None:
    code = recovery.fresh_code(lambda n: bytes(range(n)))
    assert code == "aaaq-eaye-auda-ocaj"
    assert recovery.normal_code(f" {code.upper().replace('-', ' ')} ") == code.replace("-", "")


@given(st.text(max_size=80))
def test_any_recovery_code_typed_is_bounded(typed: str) -> None:
    normal = recovery.normal_code(typed)
    assert len(normal) <= 64
    assert normal.isascii()


def test_codes_use_letters_that_look_like_no_other() -> None:
    code = codes.fresh_code()
    assert len(code) == 6
    assert set(code) <= set(codes.ALPHABET)
    assert not set("AEIOUL01") & set(codes.ALPHABET)
    assert codes.normalise(f" {code[:3].lower()}-{code[3:]} ") == code
