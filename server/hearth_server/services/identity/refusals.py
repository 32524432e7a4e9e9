"""Refusals that several ways in have in common."""

from typing import Final

from hearth_server.errors import Refusal

DISABLED: Final = Refusal(
    "account_disabled", "This account is switched off. Ask those who run this server."
)
