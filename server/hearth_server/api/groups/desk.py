"""What every route of groups works with: the use cases, who calls, and the limits."""

from dataclasses import dataclass
from typing import Final

from fastapi import Request

from hearth_server.api.limits import Budget
from hearth_server.api.people import CommunityParts
from hearth_server.api.problems import Refused
from hearth_server.api.visitors import Visitor
from hearth_server.community.accounts import Caller
from hearth_server.services.groups.agreeing import Agreeing
from hearth_server.services.groups.belonging import Belonging
from hearth_server.services.groups.editing import Editing
from hearth_server.services.groups.finding import Finding
from hearth_server.services.groups.invites import Invites
from hearth_server.services.groups.joining import Joining
from hearth_server.services.groups.page import GroupPages
from hearth_server.services.groups.starting import Starting


@dataclass(frozen=True, slots=True)
class AccountBucket:
    """Counts by account. Nobody is exempt: an account is one person wherever they sit."""

    account_id: str
    exempt: bool = False

    @property
    def bucket(self) -> str:
        """What to count by."""
        return f"account:{self.account_id}"


class GroupsDesk:
    """The use cases of groups."""

    def __init__(self, parts: CommunityParts) -> None:
        services = parts.services
        self.people = parts.people
        self.parts = parts
        self.starting = Starting(services)
        self.finding = Finding(services)
        self.pages = GroupPages(services)
        self.editing = Editing(services)
        self.joining = Joining(services)
        self.belonging = Belonging(services)
        self.agreeing = Agreeing(services)
        self.invites = Invites(services)


@dataclass(frozen=True, slots=True)
class Budgets:
    """What one kind of act takes from: one account's share, and one address's, if it has one."""

    account: Budget
    address: Budget | None = None


STARTS: Final = Budgets(Budget.START_GROUP)
JOINS: Final = Budgets(Budget.JOIN_GROUP, Budget.JOIN_GROUP_HERE)
REPORTS: Final = Budgets(Budget.REPORT, Budget.REPORT_HERE)


def take(parts: CommunityParts, budgets: Budgets, request: Request, caller: Caller) -> None:
    """Count an act, by account and by address.

    Raises:
        Refused: there were too many.
    """
    limits = parts.api.limits
    refusal = limits.take(budgets.account, AccountBucket(caller.account.id))
    if refusal is None and budgets.address is not None:
        refusal = limits.take(budgets.address, Visitor(parts.api, request).address)
    if refusal is not None:
        raise Refused(refusal)
