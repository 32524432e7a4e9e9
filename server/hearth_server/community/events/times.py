"""Local times of events and what moments they are: the zone is attached after everything else.

An hour that a day does not have, because clocks go forward, is read with the offset before, as
RFC 5545 (3.3.5) has it: half past two becomes half past three. Of an hour that comes twice the
first counts. Both is what `fold=0` means to `zoneinfo`.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

#: What can be planned at all: nobody means another century.
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2199
#: Local clocks differ from UTC by less than this.
LONGEST_OFFSET: Final = timedelta(days=1)
_LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)
_KEY: Final = re.compile(r"\d{8}T\d{6}", re.ASCII)
_EPOCH: Final = datetime.fromtimestamp(0, UTC)


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return the names of the zones there are; links to this machine's own clock are none."""
    return frozenset(available_timezones()) - {"localtime", "posixrules", "Factory"}


def zone_of(name: str) -> tzinfo | None:
    """Return a zone by its IANA name; None if there is none of it."""
    if name not in zone_names():
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def kept_zone(name: str) -> tzinfo:
    """Return the zone of a record. One that this machine does not know any more counts as UTC."""
    return zone_of(name) or UTC


def read_local(text: str) -> datetime | None:
    """Read a local time such as "2026-12-01T18:30"; None if it is none, or of another century."""
    return _read(text) if _LOCAL.fullmatch(text) else None


def read_key(key: str) -> datetime | None:
    """Read the name of an occurrence, "20261201T183000"; None if it is none."""
    return _read(key) if _KEY.fullmatch(key) else None


def _read(text: str) -> datetime | None:
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    return local if FIRST_YEAR <= local.year <= LAST_YEAR else None


def written(local: datetime) -> str:
    """Write a local time as records keep it: "2026-12-01T18:30:00"."""
    return local.isoformat(timespec="seconds")


def key_of(local: datetime) -> str:
    """Name an occurrence by when its rule has it begin: "20261201T183000"."""
    return written(local).replace("-", "").replace(":", "")


def date_of(key: str) -> str:
    """Return the date in the name of an occurrence: "20261201"."""
    return key[:8]


def at_ms(local: datetime, zone: tzinfo) -> int:
    """Return the moment of a local time, in milliseconds since the Unix epoch."""
    moment = local.replace(tzinfo=zone, fold=0)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def local_at(moment_ms: int, zone: tzinfo) -> datetime:
    """Return what clocks of a zone show at a moment, without the zone."""
    moment = _EPOCH + timedelta(milliseconds=moment_ms)
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def shown_at(moment_ms: int, zone: tzinfo) -> str:
    """Write a moment as clocks of a zone show it, with their offset: "2026-12-01T18:30+01:00"."""
    moment = _EPOCH + timedelta(milliseconds=moment_ms)
    return moment.astimezone(zone).isoformat(timespec="minutes")
