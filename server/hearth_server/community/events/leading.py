"""Who leads an event: its host, and in order its co-hosts, as far as they still can."""

from collections.abc import Collection

from hearth_server.community.events.records import EventRecord


def named_in(event: EventRecord) -> list[str]:
    """Return the host and the co-hosts of an event, whether they still can or not."""
    return [each for each in (event.host_id, *event.co_hosts) if each is not None]


def succession(event: EventRecord, fit: Collection[str]) -> tuple[str, ...]:
    """Return who leads, the first of them now; nobody twice.

    Args:
        event: the event.
        fit: accounts that may host events in its group now. Who left it, or lost the role, is
            none of them, and the next co-host leads.
    """
    named = dict.fromkeys(each for each in (event.host_id, *event.co_hosts) if each is not None)
    return tuple(each for each in named if each in fit)
