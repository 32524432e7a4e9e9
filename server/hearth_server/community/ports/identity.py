"""What is kept of people and their devices."""

from collections.abc import Collection, Sequence
from typing import Protocol

from hearth_server.community.accounts import Account, Session


class Identities(Protocol):
    """Accounts, sessions, ways in, and relations."""

    async def account(self, account_id: str, /) -> Account | None:
        """Return an account, also a disabled or deleted one."""
        ...

    async def accounts(self, ids: Collection[str], /) -> dict[str, Account]:
        """Return those of these accounts that there are, by id."""
        ...

    async def add_account(self, account: Account, password_hash: str | None, /) -> None:
        """Keep a new account."""
        ...

    async def session(self, token_hash: bytes, /) -> Session | None:
        """Return the session of a token, also an expired one."""
        ...

    async def add_session(self, session: Session, token_hash: bytes, /) -> None:
        """Keep a new session."""
        ...

    async def relations(
        self,
    ) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
        """Return every block, mute and friendship, as pairs of account ids."""
        ...
