"""TURN credentials that expire: what coturn's `use-auth-secret` accepts. Owns no clock.

Source: draft-uberti-behave-turn-rest-00, section 2.2. The secret stays on the server; a person
gets a username with an end date and the HMAC-SHA1 of it.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

DEFAULT_LIFETIME_S = 6 * 3600


@dataclass(frozen=True, slots=True)
class TurnCredentials:
    """What a browser's `RTCIceServer` takes beside the urls."""

    username: str
    credential: str


def credentials(
    secret: str, participant: int, now_wall_s: float, lifetime_s: int = DEFAULT_LIFETIME_S
) -> TurnCredentials:
    """Return credentials that coturn accepts until `now_wall_s + lifetime_s`.

    Args:
        secret: coturn's `static-auth-secret`.
        participant: appears in coturn's log and counts for its `user-quota`; names nobody.
        now_wall_s: seconds since the Unix epoch.
        lifetime_s: how long new allocations are let in; running ones may be refreshed longer.
    """
    username = f"{int(now_wall_s) + lifetime_s}:{participant}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return TurnCredentials(username, base64.b64encode(digest).decode())
