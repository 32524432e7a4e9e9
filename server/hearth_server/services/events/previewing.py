"""Says when an event would be, before anybody plans it: the next days that a rule gives."""

from dataclasses import dataclass
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.events.recurrence import Series, originals, read_rule
from hearth_server.community.events.times import at_ms, local_at, read_local, zone_of
from hearth_server.community.permissions import Right
from hearth_server.community.spans import MINUTE_MS
from hearth_server.errors import Refusal
from hearth_server.services.events.checking import BAD_START, BAD_ZONE
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import entitled

DATES_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Dates:
    """When something is meant to be, as it was typed."""

    starts: str
    zone: str
    minutes: int
    rule: str


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when, Unix epoch."""

    starts_ms: int
    ends_ms: int


class Previewing:
    """Works dates out for those who plan."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def dates(self, ref: str, wanted: Dates, caller: Caller) -> list[Span] | Refusal:
        """Return the next few times, from the first one or from now on."""
        parts = self._parts
        async with parts.store.reading() as tx:
            standing = await entitled(parts, tx, ref, caller, Right.HOST_EVENTS)
        if isinstance(standing, Refusal):
            return standing
        return next_dates(wanted, parts.now_ms())


def next_dates(wanted: Dates, now_ms: int) -> list[Span] | Refusal:
    """Work out the next few times, or say why there are none. Pure."""
    starts, zone = read_local(wanted.starts), zone_of(wanted.zone)
    if starts is None:
        return BAD_START
    if zone is None:
        return BAD_ZONE
    starts = starts.replace(microsecond=0)
    rule = read_rule(wanted.rule, starts, zone) if wanted.rule else None
    if isinstance(rule, Refusal):
        return rule
    begin = max(starts, local_at(now_ms, zone))
    found = originals(Series(starts, zone, rule), begin, None, DATES_SHOWN)
    long_ms = wanted.minutes * MINUTE_MS
    return [Span(at, at + long_ms) for at in (at_ms(local, zone) for local in found)]
