"""What is kept of people and their devices."""

from collections.abc import Collection, Sequence
from typing import Protocol

from hearth_server.community.accounts import Account, Session
from hearth_server.community.ports.leaving import Leaving
from hearth_server.community.ports.ties import Ties
from hearth_server.community.ports.ways_in import WaysIn


class Accounts(Protocol):
    """People."""

    async def account(self, account_id: str, /) -> Account | None:
        """Return an account, also a disabled or deleted one."""
        ...

    async def accounts(self, ids: Collection[str], /) -> dict[str, Account]:
        """Return those of these accounts that there are, by id."""
        ...

    async def add_account(self, account: Account, password_hash: str | None, /) -> None:
        """Keep a new account."""
        ...

    async def register(self, account: Account, password_hash: str | None, /) -> bool:
        """Keep a new account unless its handle is taken; say whether it was kept."""
        ...

    async def by_handle(self, handle: str, /) -> Account | None:
        """Return the account with a handle."""
        ...

    async def password_hash(self, account_id: str, /) -> str | None:
        """Return what is kept of an account's password."""
        ...

    async def set_password(self, account_id: str, password_hash: str, /) -> None:
        """Keep another password."""
        ...

    async def change_account(self, account: Account, /) -> None:
        """Keep an account as it is now: everything but the password."""
        ...

    async def change_own(self, account: Account, /) -> None:
        """Keep what people themselves change of their account, and nothing of what others decide.

        An account that is deleted meanwhile stays empty.
        """
        ...

    async def grow_up(self, account: Account, password_hash: str, /) -> bool:
        """Make a guest's account a member's unless the handle is taken; say whether it was."""
        ...

    async def has_operator(self) -> bool:
        """Say whether anybody may administrate this node."""
        ...


class Devices(Protocol):
    """Sessions, one a device. Ended ones are kept a while: sign-ins and bans look at devices."""

    async def session(self, token_hash: bytes, /) -> Session | None:
        """Return the session of a token, also an expired one."""
        ...

    async def add_session(self, session: Session, token_hash: bytes, /) -> None:
        """Keep a new session."""
        ...

    async def sessions(self, account_id: str, now_ms: int, /) -> Sequence[Session]:
        """Return an account's sessions that still hold, the latest used first."""
        ...

    async def touch_session(self, session_id: str, now_ms: int, /) -> None:
        """Note that a device was used."""
        ...

    async def end_sessions(
        self, account_id: str, now_ms: int, /, *, only: str | None = None, but: str | None = None
    ) -> Sequence[str]:
        """End an account's sessions now, and return which: all, `only` one, or all `but` one."""
        ...

    async def replace_session(self, session: Session, token_hash: bytes, /) -> bool:
        """Keep a session in place of the one with its id; say whether there was one."""
        ...

    async def knows_device(self, account_id: str, device_hash: bytes, /) -> bool:
        """Say whether an account was ever signed in from a device, as far as is remembered."""
        ...

    async def forget_ended(self, before_ms: int, /) -> int:
        """Forget sessions that ended before; return how many."""
        ...


class Identities(Accounts, Devices, WaysIn, Ties, Leaving, Protocol):
    """Accounts, sessions, ways in, relations, and what has to go when somebody leaves."""
