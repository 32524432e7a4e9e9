"""Who is believed to be a peer, from where, and how often one may ask."""

from collections import Counter

from aioice import stun as reference

from hearth_server.voice import ice
from hearth_server.voice.limits import MAX_SOURCES, SourceLimits

HERE = b"\x7f\0\0\x01"


def check(credentials: ice.Credentials, **attributes: object) -> bytes:
    request = reference.Message(reference.Method.BINDING, reference.Class.REQUEST)
    request.attributes["USERNAME"] = f"{credentials.ufrag}:theirs"
    request.attributes["PRIORITY"] = 1
    request.attributes.update(attributes)
    request.add_message_integrity(credentials.password.encode())
    return bytes(request)


def book() -> tuple[ice.IceBook[object], Counter[str]]:
    counts: Counter[str] = Counter()
    return ice.IceBook(counts, 0.0), counts


def test_a_signed_check_proves_a_path() -> None:
    entries, counts = book()
    owner = object()
    mine = entries.issue(owner)
    plain = entries.check(check(mine, **{"ICE-CONTROLLING": 1}), HERE, 5, 0.0)
    assert plain is not None
    assert (plain.owner, plain.valid, plain.nominated) == (owner, True, False)
    chosen = entries.check(check(mine, **{"USE-CANDIDATE": None}), HERE, 5, 0.0)
    assert chosen is not None
    assert chosen.nominated
    assert not counts


def test_forged_unknown_and_broken_checks_get_no_answer() -> None:
    entries, counts = book()
    mine = entries.issue(object())
    forged = check(ice.Credentials(mine.ufrag, "wrong" * 5))
    stranger = check(ice.Credentials("nobody", mine.password))
    for data in (forged, stranger, check(mine)[:-1], b"\0" * 40):
        assert entries.check(data, HERE, 5, 0.0) is None
    assert counts == {"stun_forged": 1, "stun_unknown": 1, "stun_bad": 2}


def test_a_peer_that_claims_to_be_controlled_is_told_to_control() -> None:
    entries, counts = book()
    mine = entries.issue(object())
    found = entries.check(check(mine, **{"ICE-CONTROLLED": 2**64 - 1}), HERE, 5, 0.0)
    assert found is not None
    assert not found.valid
    assert reference.parse_message(found.reply).error_code == 487
    assert counts == {"stun_conflict": 1}


def test_after_a_restart_old_checks_count_for_half_a_minute() -> None:
    entries, _ = book()
    owner = object()
    old, new = entries.issue(owner), entries.issue(owner)
    entries.retire(old.ufrag, 10.0)
    assert entries.check(check(old), HERE, 5, 39.9) is not None
    assert entries.check(check(old), HERE, 5, 40.0) is None
    assert entries.check(check(new), HERE, 5, 40.0) is not None
    entries.sweep(40.0)
    assert len(entries) == 1
    entries.drop(owner)
    assert entries.check(check(new), HERE, 5, 40.0) is None


def test_one_address_cannot_ask_without_end_and_leaves_others_alone() -> None:
    entries, counts = book()
    mine = entries.issue(object())
    data = check(mine)
    answered = sum(entries.check(data, HERE, port, 0.0) is not None for port in range(5_000))
    assert answered == ice.CHECKS_BURST
    assert counts["stun_rate"] == 5_000 - ice.CHECKS_BURST
    assert entries.check(data, b"\x0a\0\0\x01", 5, 0.0) is not None
    assert entries.check(data, HERE, 5, 1.0) is not None


def test_hosts_of_one_ipv6_network_share_a_bucket() -> None:
    limits = SourceLimits(1.0, 2.0, 100.0, 0.0)
    network = bytes.fromhex("20010db800000001")
    taken = [limits.take(network + bytes([0] * 7 + [host]), 0.0) for host in range(4)]
    assert taken == [True, True, False, False]


def test_invented_addresses_fill_no_memory_and_spend_the_common_bucket() -> None:
    limits = SourceLimits(1.0, 1.0, 6_000.0, 0.0)
    taken = sum(limits.take(source.to_bytes(4, "big"), 0.0) for source in range(10_000))
    assert taken == 6_000
    assert len(limits._sources) == MAX_SOURCES
