"""Finds listed groups. Relations hide people, never groups."""

from dataclasses import dataclass

from hearth_server.community.accounts import Caller
from hearth_server.community.ports.groups import Search
from hearth_server.errors import Refusal
from hearth_server.services.groups.page import Counted, counted_for
from hearth_server.services.paging import Page, cut, pack, unpack
from hearth_server.services.parts import ServiceParts


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for: words of a name, purpose or tag, a whole tag, a language."""

    q: str = ""
    tag: str = ""
    language: str = ""
    cursor: str | None = None
    limit: int = 24


class Finding:
    """Lists groups that want to be found."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def listed(self, wanted: Wanted, caller: Caller | None) -> Page[Counted] | Refusal:
        """Return listed groups in order of name; archived ones are not among them."""
        after = unpack(wanted.cursor, str, str)
        if isinstance(after, Refusal):
            return after
        key = tuple(after) if after is not None else None
        search = Search(q=wanted.q, after=key, limit=wanted.limit + 1)
        async with self._parts.store.reading() as tx:
            found = await tx.groups.listed(search, wanted.tag, wanted.language)
            items, more = cut(found, wanted.limit)
            viewer = caller.account.id if caller else None
            groups = [group for group, _ in items]
            counted = await counted_for(self._parts, tx, groups, viewer)
        last = items[-1] if more else None
        return Page(counted, pack(last[1], last[0].id) if last else None)
