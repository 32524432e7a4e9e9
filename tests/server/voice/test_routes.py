"""Rows of participants become rows of plane indexes, now or when people connect."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_server.voice.routes import RouteBook


def packed(rows: dict[int, list[int]]) -> tuple[bytes, bytes]:
    return (
        np.array(list(rows), "<u4").tobytes(),
        np.array(list(rows.values()), "<u4").reshape(-1, 8).tobytes(),
    )


def row(*talkers: int) -> list[int]:
    return [*talkers, *[0] * (8 - len(talkers))]


def test_only_the_connected_get_rows_and_only_the_connected_are_in_them() -> None:
    seats = {10: 0, 20: 1}
    book = RouteBook(seats.get)
    assert book.take(5, *packed({10: row(20, 30), 30: row(10)})) == [(0, [1, *[-1] * 7])]
    assert book.epoch == 5
    seats[30] = 2
    assert sorted(book.concerning(30)) == [(0, [1, 2, *[-1] * 6]), (2, [0, *[-1] * 7])]
    assert book.row(30) == tuple(row(10))


def test_arrays_that_do_not_fit_are_refused() -> None:
    listeners, rows = packed({1: row(2)})
    with pytest.raises(ValueError, match="reshape"):
        RouteBook({}.get).take(1, listeners, rows[:-4])


def test_who_has_left_is_not_remembered() -> None:
    book = RouteBook({}.get)
    book.take(1, *packed({1: row(2, 3), 4: row(2)}))
    book.forget(1)
    book.forget(1)
    book.forget(4)
    assert book._rows == {}
    assert book._heard_by == {}


def test_rows_for_people_who_never_come_fill_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hearth_server.voice.routes.MAX_ROWS", 10)
    book = RouteBook({}.get)
    for listener in range(1, 100):
        book.take(1, *packed({listener: row(1000 + listener)}))
    assert len(book._rows) == 10
    assert len(book._heard_by) == 10


people = st.integers(1, 6)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("row"), people, st.lists(people, max_size=8, unique=True)),
            st.tuples(st.just("join"), people, st.just([])),
            st.tuples(st.just("leave"), people, st.just([])),
        ),
        max_size=30,
    )
)
@settings(max_examples=60)
def test_a_plane_fed_by_the_book_always_has_the_newest_rows(
    steps: list[tuple[str, int, list[int]]],
) -> None:
    seats: dict[int, int] = {}
    wanted: dict[int, list[int]] = {}
    plane: dict[int, list[int]] = {}
    book = RouteBook(seats.get)
    for kind, who, talkers in steps:
        if kind == "row":
            wanted[who] = row(*talkers)
            plane.update(book.take(1, *packed({who: wanted[who]})))
        elif kind == "join":
            seats[who] = who * 10
            plane.update(book.concerning(who))
        elif who in seats:
            plane.pop(seats.pop(who), None)
            plane.update(book.concerning(who))
    for listener, talkers in wanted.items():
        if listener in seats:
            expected = [seats.get(talker, -1) if talker else -1 for talker in talkers]
            assert plane[seats[listener]] == expected
