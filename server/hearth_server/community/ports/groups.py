"""What is kept of groups, their members and norms."""

from typing import Protocol

from hearth_server.community.groups import Group, Membership


class Groups(Protocol):
    """Groups, memberships, norms, invites and requests."""

    async def group(self, id_or_slug: str, /) -> Group | None:
        """Return a group by its id or its slug."""
        ...

    async def membership(self, group_id: str, account_id: str, /) -> Membership | None:
        """Return somebody's membership."""
        ...
