import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_server.tokens import (
    REMEMBER_S,
    ResumeBook,
    TicketBook,
    TicketRefusal,
    digest_of,
)


def test_a_ticket_opens_its_grant_once() -> None:
    book: TicketBook[str] = TicketBook()
    token = book.issue("campfire", now_s=0.0)
    assert book.redeem(token, 1.0) == "campfire"
    assert book.redeem(token, 1.1) is TicketRefusal.REPLAYED


def test_a_ticket_expires_at_its_time_and_not_before() -> None:
    book: TicketBook[str] = TicketBook(ttl_s=30.0)
    early, late = book.issue("a", 0.0), book.issue("b", 0.0)
    assert book.redeem(early, 29.999) == "a"
    assert book.redeem(late, 30.0) is TicketRefusal.EXPIRED


@pytest.mark.parametrize("made_up", ["", "x", "\ud800", "a" * 10_000, "ticket\0"])
def test_made_up_tickets_are_unknown(made_up: str) -> None:
    book: TicketBook[str] = TicketBook()
    book.issue("a", 0.0)
    assert book.redeem(made_up, 0.0) is TicketRefusal.UNKNOWN


def test_a_revoked_ticket_is_unknown() -> None:
    book: TicketBook[str] = TicketBook()
    token = book.issue("a", 0.0)
    book.revoke(token)
    assert book.redeem(token, 0.0) is TicketRefusal.UNKNOWN


def test_tokens_are_long_urlsafe_and_never_stored() -> None:
    book: TicketBook[str] = TicketBook()
    tokens = {book.issue("a", 0.0) for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 43 and token.replace("-", "").replace("_", "").isalnum()
               for token in tokens)  # fmt: skip
    kept = repr(vars(book))
    assert not any(token in kept for token in tokens)


def test_memory_is_bounded_and_the_oldest_go_first() -> None:
    book: TicketBook[int] = TicketBook(capacity=10)
    tokens = [book.issue(number, 0.0) for number in range(25)]
    assert len(book) == 10
    assert book.redeem(tokens[14], 0.0) is TicketRefusal.UNKNOWN
    assert book.redeem(tokens[15], 0.0) == 15


def test_old_tickets_are_forgotten() -> None:
    book: TicketBook[int] = TicketBook()
    for number in range(50):
        book.issue(number, 0.0)
    book.issue(50, 30.0 + REMEMBER_S)
    assert len(book) == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ir"), st.integers(0, 5), st.floats(0, 20)), max_size=40))
def test_the_book_agrees_with_a_plain_list(steps: list[tuple[str, int, float]]) -> None:
    """Against a twin that remembers everything forever."""
    book: TicketBook[int] = TicketBook(ttl_s=30.0)
    issued: list[tuple[str, float]] = []
    spent: set[int] = set()
    now_s = 0.0
    for action, which, passed_s in steps:
        now_s += passed_s
        if action == "i" or which >= len(issued):
            issued.append((book.issue(len(issued), now_s), now_s))
            continue
        token, at_s = issued[which]
        if now_s >= at_s + 30.0 + REMEMBER_S:
            expected: object = TicketRefusal.UNKNOWN
        elif which in spent:
            expected = TicketRefusal.REPLAYED
        elif now_s >= at_s + 30.0:
            expected = TicketRefusal.EXPIRED
        else:
            expected = which
            spent.add(which)
        assert book.redeem(token, now_s) == expected


def test_a_resume_token_does_not_age_while_connected() -> None:
    book: ResumeBook[str] = ResumeBook()
    token = book.issue("seat 3")
    assert book.redeem(token, now_s=86_400.0) == "seat 3"
    assert book.redeem(token, now_s=86_400.1) is TicketRefusal.REPLAYED


def test_a_resume_token_lives_thirty_seconds_after_the_drop() -> None:
    book: ResumeBook[str] = ResumeBook()
    kept, lost = book.issue("a"), book.issue("b")
    book.drop(kept, 100.0)
    book.drop(lost, 100.0)
    assert book.redeem(kept, 129.9) == "a"
    assert book.redeem(lost, 130.0) is TicketRefusal.EXPIRED


def test_leaving_revokes_a_resume_token() -> None:
    book: ResumeBook[str] = ResumeBook()
    held, dropped = book.issue("a"), book.issue("b")
    book.drop(dropped, 0.0)
    for token in (held, dropped):
        book.revoke(token)
        assert book.redeem(token, 1.0) is TicketRefusal.UNKNOWN
    assert len(book) == 0


def test_dropping_an_unknown_token_does_nothing() -> None:
    book: ResumeBook[str] = ResumeBook()
    book.drop("never issued", 0.0)
    assert book.redeem("never issued", 0.0) is TicketRefusal.UNKNOWN


def test_randomness_is_injected() -> None:
    counter = itertools.count()
    book: TicketBook[str] = TicketBook(random_bytes=lambda n: next(counter).to_bytes(n))
    assert book.issue("a", 0.0) == "A" * 43
    assert len(digest_of("A" * 43)) == 32
