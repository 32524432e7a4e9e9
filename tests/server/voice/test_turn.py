"""TURN credentials as coturn checks them."""

import base64
import hashlib
import hmac

from hearth_server.voice import turn


def test_the_credential_is_the_digest_that_coturn_computes() -> None:
    made = turn.credentials("north", 7, 1_800_000_000.9, lifetime_s=3600)
    assert made.username == "1800003600:7"
    expected = hmac.new(b"north", b"1800003600:7", hashlib.sha1).digest()
    assert base64.b64decode(made.credential) == expected


def test_a_known_vector() -> None:
    # Computed with: printf '1433895918:4' | openssl dgst -sha1 -hmac north -binary | base64
    made = turn.credentials("north", 4, 1_433_895_918.0, lifetime_s=0)
    assert (made.username, made.credential) == ("1433895918:4", VECTOR)


def test_another_secret_or_person_makes_another_credential() -> None:
    made = {
        turn.credentials(secret, person, 0.0).credential
        for secret in ("north", "south")
        for person in (1, 2)
    }
    assert len(made) == 4


VECTOR = "EEHzSYrEFsrx8mpR/GuNCpUDLnk="
