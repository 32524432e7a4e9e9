"""When an event needs which room, in bare numbers: what never meets is told apart at once.

What a rule gives follows from rule, first day and zone alone. It is worked out once for each
stretch of time and remembered by these, so that nothing remembered can be out of date.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from hearth_server.community.events.calendar import MARGIN, Known, Window, on_day
from hearth_server.community.events.records import EventRecord, Occurrence
from hearth_server.community.events.recurrence import Series, Steps, kept_rule, originals
from hearth_server.community.events.times import (
    LONGEST_OFFSET,
    at_ms,
    kept_zone,
    local_at,
    read_key,
    read_local,
)
from hearth_server.community.spans import DAY_MS, MINUTE_MS

I64 = npt.NDArray[np.int64]

STRETCH_MS: Final = 56 * DAY_MS
#: About a kilobyte each.
REMEMBERED: Final = 8_192
#: A stretch has fewer periods than this, of any rule: looking further would find nothing of it.
_STEPS: Final = 100
_LOCAL_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  # of local times, which have no zone
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """Times at which a room is needed, ordered by their beginning.

    Attributes:
        starts_ms, ends_ms: [n], Unix epoch.
    """

    starts_ms: I64
    ends_ms: I64


#: By room.
Needed: TypeAlias = Mapping[str, Hours]


def hours(event: EventRecord, known: Known, window: Window) -> Needed:
    """Return when an event needs which rooms, as far as any of it lies in a window.

    All of `occurrences` that are not cancelled are in it, how many ever. A day that is kept
    although the rule does not give it any more may be in it too, and one that was held at another
    hour may be in it at both.
    """
    local_s, starts_ms = given(event, window)
    own = {day: read for day in (*known.changes, *known.runs) if (read := read_key(day))}
    if own:
        named = [(local - _LOCAL_EPOCH) // _SECOND for local in own.values()]
        starts_ms = starts_ms[~np.isin(local_s, named)]
    found: dict[str, list[tuple[int, int]]] = {}
    for each in _different(event, known, own, window):
        if each.state != "cancelled":
            found.setdefault(each.room_id, []).append((each.starts_ms, each.ends_ms))
    plain = np.stack([starts_ms, starts_ms + event.minutes * MINUTE_MS], axis=-1)
    if event.state == "cancelled":
        plain = plain[:0]
    rooms = {room: np.array(times, np.int64) for room, times in found.items()}
    rooms[event.room_id] = np.concatenate([plain, rooms.get(event.room_id, plain[:0])])
    needed = {room: _in_order(times, window) for room, times in rooms.items()}
    return {room: each for room, each in needed.items() if each.starts_ms.size}


def of_one(one: Occurrence | None, window: Window) -> Needed:
    """Return when a single occurrence needs its room."""
    if one is None or one.state == "cancelled":
        return {}
    if one.ends_ms <= window.from_ms or one.starts_ms >= window.until_ms:
        return {}
    times = np.array([[one.starts_ms], [one.ends_ms]], np.int64)
    return {one.room_id: Hours(times[0], times[1])}


def given(event: EventRecord, window: Window) -> tuple[I64, I64]:
    """Return what the rule gives around a window: local seconds, and moments; [n] each.

    Whatever touches the window is among it; some of what is outside is, too.
    """
    if event.until_ms is not None and event.until_ms <= window.from_ms:
        return _NONE
    until_ms = min(window.until_ms, event.until_ms or window.until_ms)
    first = (window.from_ms - DAY_MS) // STRETCH_MS
    parts = [
        _stretch(event.starts, event.zone, event.rule, number)
        for number in range(first, (until_ms - 1) // STRETCH_MS + 1)
    ]
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def extent(needed: Needed) -> tuple[int, int]:
    """Return the moments between which all of these hours lie, of which there are some."""
    return (
        min(int(each.starts_ms[0]) for each in needed.values()),
        max(int(each.ends_ms.max()) for each in needed.values()),
    )


def meet(mine: Needed, others: Needed) -> bool:
    """Say whether two events need one room at the same time."""
    return any(room in others and _meets(each, others[room]).any() for room, each in mine.items())


def meets_itself(mine: Needed) -> bool:
    """Say whether two days of one event need one room at the same time."""
    return any(
        bool((each.starts_ms[1:] < np.maximum.accumulate(each.ends_ms)[:-1]).any())
        for each in mine.values()
    )


def meets_more(one: Needed, whole: Needed) -> bool:
    """Say whether a day needs its room while another day of its event does; `whole` has both."""
    for room, mine in one.items():
        if room in whole:
            all_of_it = whole[room]
            at_once = (all_of_it.starts_ms < mine.ends_ms) & (all_of_it.ends_ms > mine.starts_ms)
            if int(at_once.sum()) > 1:
                return True
    return False


def _in_order(times: I64, window: Window) -> Hours:
    """Return what of begins and ends, [n, 2], lies in a window."""
    inside = times[(times[:, 1] > window.from_ms) & (times[:, 0] < window.until_ms)]
    inside = inside[np.lexsort((inside[:, 1], inside[:, 0]))]
    return Hours(inside[:, 0], inside[:, 1])


def _meets(mine: Hours, others: Hours) -> npt.NDArray[np.bool_]:
    """Say of which hours any of the others has a part: [n]."""
    # The latest end of all that begin before one is over: if that is past its beginning, one meets.
    until_ms = np.maximum.accumulate(others.ends_ms)
    before = np.searchsorted(others.starts_ms, mine.ends_ms, side="left")
    found: npt.NDArray[np.bool_] = (before > 0) & (until_ms[before - 1] > mine.starts_ms)
    return found


def _different(
    event: EventRecord, known: Known, own: Mapping[str, datetime], window: Window
) -> Iterator[Occurrence]:
    """Yield the occurrences with something of their own that may lie in a window."""
    zone = kept_zone(event.zone)
    begin = local_at(window.from_ms, zone) - MARGIN
    end = local_at(window.until_ms, zone) + LONGEST_OFFSET
    for original, local in own.items():
        change = known.changes.get(original)
        moved = change is not None and change.starts is not None
        if moved or begin <= local < end:
            yield on_day(event, local, known, window.from_ms)


@lru_cache(maxsize=REMEMBERED)
def _stretch(starts: str, zone_name: str, rule: str, number: int) -> tuple[I64, I64]:
    """Return what a rule gives that begins in a stretch of time, counted from the epoch."""
    first, zone = read_local(starts), kept_zone(zone_name)
    assert first is not None, starts  # checked when it was kept
    from_ms = number * STRETCH_MS
    until_ms = from_ms + STRETCH_MS
    begin, end = local_at(from_ms, zone), local_at(until_ms, zone)
    series = Series(first, zone, kept_rule(rule))
    found = [
        ((local - _LOCAL_EPOCH) // _SECOND, moment)
        for local in originals(
            series, begin - LONGEST_OFFSET, end + LONGEST_OFFSET, steps=Steps(_STEPS)
        )
        if from_ms <= (moment := at_ms(local, zone)) < until_ms
    ]
    times = np.array(found, np.int64).reshape(-1, 2)
    times.flags.writeable = False  # everybody gets the same
    return times[:, 0], times[:, 1]


_NONE: Final = (np.zeros(0, np.int64), np.zeros(0, np.int64))
