"""What is kept of groups, their members and norms, and of the ways into them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hearth_server.community.accounts import Card
from hearth_server.community.groups import Group, Membership
from hearth_server.community.membership import Invite, JoinRequest
from hearth_server.community.norms import Norms, Signature
from hearth_server.community.permissions import Role


@dataclass(frozen=True, slots=True)
class Member:
    """A line of the members' list."""

    card: Card
    handle: str | None
    membership: Membership


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with the face of whoever asks."""

    request: JoinRequest
    card: Card


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for in a listing.

    Attributes:
        q: part of a name; empty for everything.
        without: accounts to leave out.
        after: key of the last item shown, as the listing orders them.
        limit: how many at most.
    """

    q: str = ""
    without: frozenset[str] = frozenset()
    after: tuple[str | int, ...] | None = None
    limit: int = 50


class GroupRecords(Protocol):
    """The groups themselves."""

    async def group(self, id_or_slug: str, /) -> Group | None:
        """Return a group by its id or its slug."""
        ...

    async def held(self, id_or_slug: str, /) -> Group | None:
        """Return a group, and let nobody else change it or its members until the end."""
        ...

    async def add_group(self, group: Group, /) -> bool:
        """Keep a new group; False if its slug is taken."""
        ...

    async def save_group(self, group: Group, /) -> None:
        """Keep what was changed about a group; the number of members stays as it is."""
        ...

    async def listed(self, search: Search, tag: str, language: str) -> Sequence[tuple[Group, str]]:
        """Return listed groups in order of name, each with its name as it is sorted."""
        ...

    async def room_ids(self, group_ids: Collection[str], /) -> Mapping[str, Sequence[str]]:
        """Return the rooms of each group, archived ones too."""
        ...


class Memberships(Protocol):
    """Who belongs to which group, as what."""

    async def membership(self, group_id: str, account_id: str, /) -> Membership | None:
        """Return somebody's membership."""
        ...

    async def roles(self, group_id: str, account_ids: Collection[str], /) -> Mapping[str, Role]:
        """Return what these accounts are in a group; who is nothing there is left out."""
        ...

    async def memberships_of(self, account_id: str, /) -> Sequence[Membership]:
        """Return every membership of a person."""
        ...

    async def add_member(self, membership: Membership, /) -> bool:
        """Keep a new member, or a guest who becomes one; False if the group is full."""
        ...

    async def add_guest(self, group_id: str, account_id: str, now_ms: int, /) -> None:
        """Keep a guest, who does not count; nothing happens if they are there already."""
        ...

    async def set_role(self, group_id: str, account_id: str, role: Role, /) -> None:
        """Give a member another role."""
        ...

    async def drop_member(self, membership: Membership, /) -> None:
        """Take a member out of the group."""
        ...

    async def owners(self, group_id: str, /) -> int:
        """Return how many owners a group has."""
        ...

    async def members(self, group_id: str, search: Search, /) -> Sequence[Member]:
        """Return members, guests left out, in the order in which they joined."""
        ...

    async def count_among(
        self, group_ids: Collection[str], accounts: Collection[str], /
    ) -> Mapping[str, int]:
        """Return how many of these accounts are members of each group, guests left out."""
        ...


class NormsKept(Protocol):
    """Norms and signatures."""

    async def norms(self, group_id: str, version: int, /) -> Norms | None:
        """Return one version of a group's norms."""
        ...

    async def norms_history(self, group_id: str, /) -> Sequence[Norms]:
        """Return the newest versions, newest first."""
        ...

    async def add_norms(self, norms: Norms, /) -> None:
        """Keep a new version, and make it the group's."""
        ...

    async def sign(
        self, group_id: str, account_id: str, signature: Signature, now_ms: int, /
    ) -> None:
        """Keep a member's signature; signing twice is signing once."""
        ...


class WaysIn(Protocol):
    """Invites and requests to join."""

    async def add_invite(self, invite: Invite, token_hash: bytes, /) -> None:
        """Keep a new invite."""
        ...

    async def invite(self, token_hash: bytes, /) -> Invite | None:
        """Return the invite of a token, also one that is over."""
        ...

    async def invite_by_id(self, invite_id: str, /) -> Invite | None:
        """Return an invite by its id."""
        ...

    async def invites(self, group_id: str, now_ms: int, /) -> Sequence[Invite]:
        """Return a group's invites that stand, newest first, used-up ones too."""
        ...

    async def spend_invites(self, key: tuple[str, str], account_id: str, left: int = 0, /) -> None:
        """Let no more than `left` come yet by what somebody made for a day of an event.

        Whoever came by it may still.
        """
        ...

    async def move_invites(self, key: tuple[str, str], room_id: str, expires_ms: int, /) -> None:
        """Let all that was made for a day of an event lead into a room, until then."""
        ...

    async def drop_party_links(self, before_ms: int, /) -> bool:
        """Let go of links of parties that ended before a moment, with who came by them.

        Say whether there was one.
        """
        ...

    async def revoke_invite(self, invite_id: str, now_ms: int, /) -> None:
        """Take an invite back."""
        ...

    async def revoke_invites_of(self, group_id: str, account_id: str, now_ms: int, /) -> bool:
        """Take back every invite that somebody made for a group; say whether there was one."""
        ...

    async def use_invite(self, invite_id: str, account_id: str, now_ms: int, /) -> bool:
        """Count a use, once for each account; False if none is left."""
        ...

    async def open_request(self, group_id: str, account_id: str, /) -> JoinRequest | None:
        """Return what somebody asked and nobody has answered."""
        ...

    async def decided_request(self, group_id: str, account_id: str, /) -> JoinRequest | None:
        """Return what of theirs was decided last: accepted, declined or taken back."""
        ...

    async def add_request(self, request: JoinRequest, /) -> None:
        """Keep a request."""
        ...

    async def request(self, request_id: str, /) -> JoinRequest | None:
        """Return a request by its id."""
        ...

    async def requests(self, group_id: str, search: Search, /) -> Sequence[Asked]:
        """Return open requests, oldest first."""
        ...

    async def count_requests(self, group_id: str, /) -> int:
        """Return how many requests are open."""
        ...

    async def close_request(self, request: JoinRequest, /) -> None:
        """Keep how a request was decided."""
        ...


class Groups(GroupRecords, Memberships, NormsKept, WaysIn, Protocol):
    """Groups, memberships, norms, invites and requests."""
