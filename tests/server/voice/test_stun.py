"""Our STUN against aioice's, and against bytes that are none."""

import hmac
import random
import socket

import pytest
from aioice import stun as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_server.voice import stun

KEY = b"a-password-of-22-characters"


def check(**attributes: object) -> reference.Message:
    request = reference.Message(reference.Method.BINDING, reference.Class.REQUEST)
    request.attributes["USERNAME"] = "mine:theirs"
    request.attributes["PRIORITY"] = 1
    request.attributes.update(attributes)
    request.add_message_integrity(KEY)
    return request


def test_a_check_of_another_implementation_is_read() -> None:
    message = check(**{"ICE-CONTROLLING": 2**63, "USE-CANDIDATE": None, "SOFTWARE": "odd"})
    request = stun.scan(bytes(message))
    assert request is not None
    assert request.transaction == message.transaction_id
    assert request.local_ufrag == "mine"
    assert request.use_candidate
    assert not request.controlled
    assert request.unknown == ()
    assert request.signed_with(KEY)
    assert not request.signed_with(KEY + b"x")


@pytest.mark.parametrize(("host", "port"), [("192.0.2.7", 1), ("2001:db8::1", 65535)])
def test_another_implementation_reads_our_answer(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    answer = stun.success(b"t" * 12, socket.inet_pton(family, host), port, KEY)
    message = reference.parse_message(answer)
    assert message.message_class == reference.Class.RESPONSE
    assert message.attributes["XOR-MAPPED-ADDRESS"] == (host, port)
    assert message.check_message_integrity(KEY)
    assert "FINGERPRINT" in message.attributes


def test_another_implementation_reads_our_errors() -> None:
    conflict = reference.parse_message(stun.role_conflict(b"t" * 12, KEY))
    assert conflict.attributes["ERROR-CODE"] == (487, "Role Conflict")
    assert conflict.check_message_integrity(KEY)
    unknown = reference.parse_message(stun.unknown_attributes(b"t" * 12, [0x7FFF, 2], KEY))
    assert unknown.error_code == 420
    assert unknown.check_message_integrity(KEY)


def test_an_attribute_that_must_be_understood_is_reported() -> None:
    message = check(**{"CHANGE-REQUEST": 0})
    request = stun.scan(bytes(message))
    assert request is not None
    assert request.unknown == (0x0003,)


def test_a_controlled_peer_is_seen() -> None:
    request = stun.scan(bytes(check(**{"ICE-CONTROLLED": 5})))
    assert request is not None
    assert request.controlled


def test_what_follows_the_signature_is_not_believed() -> None:
    message = check()
    message.attributes.pop("FINGERPRINT")
    message.attributes["USE-CANDIDATE"] = None
    message.add_fingerprint()
    request = stun.scan(bytes(message))
    assert request is not None
    assert not request.use_candidate


def test_responses_and_unsigned_checks_are_no_requests() -> None:
    assert stun.scan(stun.success(b"t" * 12, b"\x7f\0\0\1", 1, KEY)) is None
    unsigned = reference.Message(reference.Method.BINDING, reference.Class.REQUEST)
    unsigned.attributes["USERNAME"] = "mine:theirs"
    unsigned.add_fingerprint()
    assert stun.scan(bytes(unsigned)) is None


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_no_bytes_are_too_odd(data: bytes) -> None:
    assert stun.scan(data) is None


def test_no_changed_check_is_authentic() -> None:
    rng = random.Random(5)
    good = bytes(check(**{"ICE-CONTROLLING": 1, "USE-CANDIDATE": None}))
    for _ in range(20_000):
        changed = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        if rng.random() < 0.3:
            del changed[rng.randrange(len(changed)) :]
        request = stun.scan(bytes(changed))
        assert request is None or bytes(changed) == good or not request.signed_with(KEY)


def test_a_right_fingerprint_does_not_make_nonsense_readable() -> None:
    rng = random.Random(6)
    for _ in range(5_000):
        body = rng.randbytes(4 * rng.randrange(1, 30))
        message = b"\x00\x01" + (len(body) + 8).to_bytes(2, "big")
        message += stun.MAGIC_COOKIE.to_bytes(4, "big") + bytes(12) + body
        crc = (reference.binascii.crc32(message) ^ 0x5354554E).to_bytes(4, "big")
        message += b"\x80\x28\x00\x04" + crc
        request = stun.scan(message)
        assert request is None or not request.signed_with(KEY)


@pytest.mark.parametrize("length", [1, 22, 63, 64, 65, 300])
def test_signatures_are_those_of_the_standard_library(length: int) -> None:
    password = bytes(range(length % 251)).rjust(length, b"k")
    for data in (b"", b"x" * 200):
        assert stun._hmac_sha1(password, data) == hmac.digest(password, data, "sha1")
