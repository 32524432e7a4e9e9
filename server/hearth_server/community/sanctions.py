"""Sanctions in force, in memory: asked at every join and hello, and when rights are decided.

Closed by default: until the store's sanctions are loaded nobody enters a group's room, because
who may not come back must not come back while the database is away.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from hearth_server.community.groups import SanctionKind


@dataclass(frozen=True, slots=True)
class Sanction:
    """One act against one person. `room_id` is set for a bar; `expires_ms` None means for good."""

    id: str
    group_id: str
    account_id: str
    kind: SanctionKind
    created_ms: int
    room_id: str | None = None
    norm_item: int | None = None
    reason: str = ""
    report_id: str | None = None
    by_id: str | None = None
    expires_ms: int | None = None
    lifted_ms: int | None = None
    lifted_by: str | None = None
    devices: frozenset[bytes] = frozenset()

    def in_force(self, now_ms: int) -> bool:
        """Say whether it counts now. To be put out of a room is over as it happens."""
        if self.kind == "remove" or self.lifted_ms is not None:
            return False
        return self.expires_ms is None or now_ms < self.expires_ms


class SanctionBook:
    """Every sanction in force, by group."""

    def __init__(self) -> None:
        self.loaded = False
        self._by_id: dict[str, Sanction] = {}
        self._by_person: dict[tuple[str, str], set[str]] = {}
        self._by_device: dict[tuple[str, bytes], set[str]] = {}

    def load(self, sanctions: Iterable[Sanction]) -> None:
        """Take over what the store holds."""
        self._by_id.clear()
        self._by_person.clear()
        self._by_device.clear()
        for sanction in sanctions:
            self.put(sanction)
        self.loaded = True

    def put(self, sanction: Sanction) -> None:
        """Add a sanction, or replace what was known of it."""
        self.drop(sanction.id)
        self._by_id[sanction.id] = sanction
        person = (sanction.group_id, sanction.account_id)
        self._by_person.setdefault(person, set()).add(sanction.id)
        for device in sanction.devices:
            self._by_device.setdefault((sanction.group_id, device), set()).add(sanction.id)

    def drop(self, sanction_id: str) -> None:
        """Forget a sanction; nothing happens if it is not known."""
        old = self._by_id.pop(sanction_id, None)
        if old is None:
            return
        self._by_person[old.group_id, old.account_id].discard(old.id)
        if not self._by_person[old.group_id, old.account_id]:
            del self._by_person[old.group_id, old.account_id]
        for device in old.devices:
            self._by_device[old.group_id, device].discard(old.id)
            if not self._by_device[old.group_id, device]:
                del self._by_device[old.group_id, device]

    def take_ended(self, now_ms: int) -> list[Sanction]:
        """Forget the sanctions whose time is over, and return them."""
        ended = [each for each in self._by_id.values() if not each.in_force(now_ms)]
        for sanction in ended:
            self.drop(sanction.id)
        return ended

    def of(self, group_id: str, account_id: str, now_ms: int) -> list[Sanction]:
        """Sanctions in force against somebody in a group, in the whole of it or in a room."""
        ids = self._by_person.get((group_id, account_id), ())
        return [self._by_id[each] for each in ids if self._by_id[each].in_force(now_ms)]

    def kinds(self, group_id: str, account_id: str, now_ms: int) -> frozenset[SanctionKind]:
        """Kinds in force against somebody in a whole group."""
        return frozenset(
            each.kind for each in self.of(group_id, account_id, now_ms) if each.room_id is None
        )

    def banned(
        self, group_id: str, account_id: str, device: bytes | None, now_ms: int
    ) -> Sanction | None:
        """Return the ban that keeps this person, or whoever uses their device, out of a group."""
        found = {each.id for each in self.of(group_id, account_id, now_ms) if each.kind == "ban"}
        if device is not None:
            found |= self._by_device.get((group_id, device), set())
        return self._first(found, now_ms)

    def barred(self, group_id: str, room_id: str, account_id: str, now_ms: int) -> Sanction | None:
        """Return what keeps this person out of a room."""
        of_room = [
            each
            for each in self.of(group_id, account_id, now_ms)
            if each.kind == "bar" and each.room_id == room_id
        ]
        return of_room[0] if of_room else None

    def _first(self, ids: Collection[str], now_ms: int) -> Sanction | None:
        live = [self._by_id[each] for each in ids if self._by_id[each].in_force(now_ms)]
        return min(live, key=lambda each: each.created_ms) if live else None
