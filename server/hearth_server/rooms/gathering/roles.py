"""Who leads, who is on stage, whom the audience hears, who is muted for the evening. Pure rules.

Everybody is known by account, so that what they are outlives a lost line, a visit and a restart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hearth_protocol.gathering import AnyRole, Audience, Hush
from hearth_protocol.limits import STAGED_MAX
from hearth_server.errors import Refusal

MEGAPHONES_MAX: Final = 5
FULL: Final = Refusal("list_full", "The stage is full. Put somebody back into the audience first.")
TOO_LOUD: Final = Refusal("list_full", "Five have a megaphone already. Switch one of them off.")
LAST_HOST: Final = Refusal("not_allowed", "Somebody has to lead. Hand the lead over first.")


@dataclass(slots=True, eq=False)
class Stage:
    """Roles and voice rules of a gathering.

    Attributes:
        host: who leads; None while the event has nobody for that.
        co_hosts: who takes over, in this order.
        speakers: on stage until they are put back.
        floor: who was given the floor, and until when (ms; None: for good).
        megaphones: whom the whole event hears.
        hushes: who was muted for this gathering, and how.
        audience: whom the audience hears besides the stage.
        stage_only: everybody but the stage is muted.
        silence: nobody speaks but the host.
    """

    host: str | None
    co_hosts: list[str]
    audience: Audience
    speakers: list[str] = field(default_factory=list)
    floor: dict[str, int | None] = field(default_factory=dict)
    megaphones: list[str] = field(default_factory=list)
    hushes: dict[str, Hush] = field(default_factory=dict)
    stage_only: bool = False
    silence: bool = False

    def role_of(self, account: str) -> AnyRole:
        """Return what somebody is."""
        if account == self.host:
            return "host"
        if account in self.co_hosts:
            return "co_host"
        return "speaker" if account in self.speakers or account in self.floor else "audience"

    def leads(self, account: str) -> bool:
        """Say whether somebody is the host or one of those who take over."""
        return account == self.host or account in self.co_hosts

    def staged(self) -> list[str]:
        """Everybody with a role or a megaphone: host, successors in order, then the others."""
        first = [self.host] if self.host is not None else []
        everybody = (*first, *self.co_hosts, *self.speakers, *self.floor, *self.megaphones)
        return list(dict.fromkeys(everybody))

    def full(self, account: str) -> bool:
        """Say whether there is no room on stage for somebody who is not on it."""
        staged = self.staged()
        return account not in staged and len(staged) >= STAGED_MAX

    # --- roles change ----------------------------------------------------------------------------

    def pass_on(self, to: str) -> None:
        """Somebody else leads from now on; who led before is the first to take over again."""
        before = self.host
        self._put_down(to)
        self.host = to
        if before is not None and before != to:
            self.co_hosts.insert(0, before)

    def put(self, account: str, role: AnyRole) -> Refusal | None:
        """Make somebody something else than they are; `host` is passed on, not put."""
        if account == self.host:
            return LAST_HOST
        if role != "audience" and self.full(account):
            return FULL
        self._put_down(account)
        if role == "co_host":
            self.co_hosts.append(account)
        elif role == "speaker":
            self.speakers.append(account)
        return None

    def give_floor(self, account: str, until_ms: int | None) -> Refusal | None:
        """Let somebody speak for a while; who is on stage already needs none."""
        if self.role_of(account) != "audience" and account not in self.floor:
            return None
        if self.full(account):
            return FULL
        self.floor[account] = until_ms
        return None

    def forget(self, account: str) -> bool:
        """Somebody may not be anything here any more; say whether they led.

        A mute stays: going out and coming in again undoes none.
        """
        led = account == self.host
        if led:
            self.host = None
        self._put_down(account)
        if account in self.megaphones:
            self.megaphones.remove(account)
        return led

    def expire(self, now_ms: int) -> bool:
        """Take back the floor from whoever had it for a while; say whether anybody lost it."""
        over = [who for who, until in self.floor.items() if until is not None and until <= now_ms]
        for who in over:
            del self.floor[who]
        return bool(over)

    def _put_down(self, account: str) -> None:
        for several in (self.co_hosts, self.speakers):
            if account in several:
                several.remove(account)
        self.floor.pop(account, None)

    # --- voices ----------------------------------------------------------------------------------

    def megaphone(self, account: str, on: bool) -> Refusal | None:
        """Give somebody a megaphone, or take it."""
        if not on:
            if account in self.megaphones:
                self.megaphones.remove(account)
            return None
        if account in self.megaphones:
            return None
        if len(self.megaphones) >= MEGAPHONES_MAX:
            return TOO_LOUD
        if self.full(account):
            return FULL
        self.megaphones.append(account)
        return None

    def hush(self, account: str, kind: Hush) -> None:
        """Mute somebody for this gathering, or let them speak again."""
        if kind == "none":
            self.hushes.pop(account, None)
        else:
            self.hushes[account] = kind

    def unhush(self, account: str) -> bool:
        """Undo one's own soft mute; False for a hard one."""
        if self.hushes.get(account, "none") == "hard":
            return False
        self.hushes.pop(account, None)
        return True

    # --- kept ------------------------------------------------------------------------------------

    def kept(self, to_wall_ms: int) -> dict[str, Any]:
        """Return what a restart must not forget; `to_wall_ms` turns ms into the epoch's."""
        return {
            "host": self.host,
            "co_hosts": list(self.co_hosts),
            "speakers": list(self.speakers),
            "floor": [
                [who, None if until is None else until + to_wall_ms]
                for who, until in self.floor.items()
            ],
            "megaphones": list(self.megaphones),
            "hushes": dict(self.hushes),
            "audience": self.audience,
            "stage_only": self.stage_only,
            "silence": self.silence,
        }

    @classmethod
    def restored(cls, kept: Mapping[str, Any], to_wall_ms: int) -> "Stage":
        """Bring back what was kept."""
        return cls(
            host=kept["host"],
            co_hosts=list(kept["co_hosts"]),
            audience=kept["audience"],
            speakers=list(kept["speakers"]),
            floor={
                who: None if until is None else until - to_wall_ms for who, until in kept["floor"]
            },
            megaphones=list(kept["megaphones"]),
            hushes=dict(kept["hushes"]),
            stage_only=kept["stage_only"],
            silence=kept["silence"],
        )


def fresh_stage(host: str | None, co_hosts: Iterable[str], audience: Audience) -> Stage:
    """Return the stage of a gathering that begins."""
    return Stage(host, [each for each in dict.fromkeys(co_hosts) if each != host], audience)
