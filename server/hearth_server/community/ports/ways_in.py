"""What is kept of links, invites, recovery codes, passkeys and headsets that ask to be let in."""

from collections.abc import Collection, Sequence
from typing import Protocol

from hearth_server.community.membership import Invite
from hearth_server.community.ways_in import Pairing, PairingState, Passkey, SetupLink


class Links(Protocol):
    """Set-up links, found by the hash of their token, and the guest links somebody came by."""

    async def add_setup_link(self, link: SetupLink, token_hash: bytes, /) -> None:
        """Keep a new link; those that expired go."""
        ...

    async def setup_link(self, token_hash: bytes, /) -> SetupLink | None:
        """Return a link, also a used or expired one."""
        ...

    async def use_setup_link(self, token_hash: bytes, now_ms: int, /) -> bool:
        """Spend a link; say whether it was still there to be spent."""
        ...

    async def void_owner_links(self, now_ms: int, /) -> None:
        """Spend every link for an owner: there is one now."""
        ...

    async def used_invite(self, invite_id: str, account_id: str, /) -> bool:
        """Say whether an invite's use was counted for an account."""
        ...

    async def guest_invites(
        self, group_ids: Collection[str], account_id: str, /
    ) -> Sequence[Invite]:
        """Return the guest links of these groups that an account came by."""
        ...

    async def move_guests(self, key: tuple[str, str], room_id: str, /) -> None:
        """Let those who came by a link for a day of an event into another room instead.

        Before its links are moved: where they lead to now is what their guests are let into.
        """
        ...

    async def room_name(self, room_id: str, /) -> str | None:
        """Return the name of a group's room."""
        ...


class Credentials(Protocol):
    """Recovery codes, passkeys and pairings."""

    async def set_recovery_codes(self, account_id: str, code_hashes: Collection[bytes], /) -> None:
        """Keep new recovery codes in place of the old."""
        ...

    async def use_recovery_code(self, account_id: str, code_hash: bytes, now_ms: int, /) -> bool:
        """Spend a recovery code; say whether it was there to be spent."""
        ...

    async def recovery_codes_left(self, account_id: str, /) -> int:
        """Count the codes that were not used."""
        ...

    async def add_passkey(self, passkey: Passkey, /) -> bool:
        """Keep a passkey; say whether it was new."""
        ...

    async def passkey(self, credential_id: str, /) -> Passkey | None:
        """Return a passkey."""
        ...

    async def passkeys(self, account_id: str, /) -> Sequence[Passkey]:
        """Return an account's passkeys, the oldest first."""
        ...

    async def use_passkey(self, credential_id: str, sign_count: int, now_ms: int, /) -> bool:
        """Note a use; False if the counter went back, as a copied authenticator's would."""
        ...

    async def drop_passkey(self, account_id: str, credential_id: str, /) -> bool:
        """Forget a passkey; say whether it was there."""
        ...

    async def add_pairing(self, pairing: Pairing, code_hash: bytes, secret_hash: bytes, /) -> bool:
        """Keep a headset's request; False if its code is taken. Those long expired go."""
        ...

    async def pairing_by_code(self, code_hash: bytes, /) -> Pairing | None:
        """Return the request that shows a code."""
        ...

    async def pairing_by_secret(self, secret_hash: bytes, /) -> Pairing | None:
        """Return the request of the headset that knows a secret."""
        ...

    async def turn_pairing(
        self, pairing_id: str, was: PairingState, to: PairingState, account_id: str, /
    ) -> bool:
        """Move a request on; False if it was no longer where it was thought to be."""
        ...


class WaysIn(Links, Credentials, Protocol):
    """Everything that lets somebody in besides a password."""
