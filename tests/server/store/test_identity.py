"""What is kept of people, in both databases: every question and answer of the repository."""

from dataclasses import replace

import pytest

from hearth_server.community.accounts import Account, Boundary, Session
from hearth_server.community.groups import Group, Membership
from hearth_server.community.membership import Invite
from hearth_server.community.permissions import Role
from hearth_server.community.ways_in import Pairing, Passkey, SetupLink
from hearth_server.ids import new_id
from hearth_server.store.unit_of_work import SqlStore, SqlTx

pytestmark = pytest.mark.asyncio
NOW = 1_800_000_000_000
HASH = b"h" * 32


def account(handle: str | None = "robin", **changes: object) -> Account:
    made = Account(id=new_id(), name=(handle or "Guest").title(), handle=handle, created_ms=NOW)
    return replace(made, **changes)  # type: ignore[arg-type]


async def kept(tx: SqlTx, *handles: str) -> list[Account]:
    people = [account(handle) for handle in handles]
    for person in people:
        await tx.identity.add_account(person, None)
    return people


def session(of: Account, **changes: object) -> Session:
    plain = Session(new_id(), of.id, "browser", "Firefox on Linux", NOW, NOW, NOW + 1000)
    return replace(plain, **changes)  # type: ignore[arg-type]


async def test_an_account_comes_back_as_it_was(store: SqlStore) -> None:
    robin = account(boundary=Boundary("all", 1.25), operator=True, language="de", pattern=5)
    async with store.writing() as tx:
        await tx.identity.add_account(robin, "hash")
        assert not await tx.identity.register(account("robin"), "other")
        assert await tx.identity.register(account("wren"), "other")
    async with store.reading() as tx:
        assert await tx.identity.account(robin.id) == robin
        assert await tx.identity.by_handle("robin") == robin
        assert await tx.identity.by_handle("nobody") is None
        assert await tx.identity.password_hash(robin.id) == "hash"
        assert await tx.identity.has_operator()
        assert await tx.identity.account("nobody") is None


async def test_a_taken_handle_leaves_the_rest_of_a_transaction_alone(store: SqlStore) -> None:
    async with store.writing() as tx:
        (robin,) = await kept(tx, "robin")
        guest = account(None, kind="guest")
        await tx.identity.add_account(guest, None)
        taken = replace(guest, kind="member", handle="robin")
        assert not await tx.identity.grow_up(taken, "hash")
        free = replace(guest, kind="member", handle="wren")
        assert await tx.identity.grow_up(free, "hash")
    async with store.reading() as tx:
        assert await tx.identity.account(guest.id) == free
        assert await tx.identity.account(robin.id) == robin


async def test_a_late_change_of_ones_own_undoes_nothing_others_decided(store: SqlStore) -> None:
    """Somebody saves their name with what they read before an operator switched them off."""
    async with store.writing() as tx:
        robin, wren = await kept(tx, "robin", "wren")
        await tx.identity.change_account(replace(robin, disabled_ms=NOW))
        await tx.identity.change_account(replace(wren, name="", deleted_ms=NOW))
        await tx.identity.change_own(replace(robin, name="Rob", boundary=Boundary("all", 1.0)))
        await tx.identity.change_own(replace(wren, name="Wren again"))
    async with store.reading() as tx:
        late = await tx.identity.account(robin.id)
        assert late is not None
        assert (late.name, late.boundary.mode, late.disabled_ms) == ("Rob", "all", NOW)
        gone = await tx.identity.account(wren.id)
        assert gone is not None
        assert (gone.name, gone.deleted_ms) == ("", NOW)


async def test_a_disabled_operator_does_not_run_the_node(store: SqlStore) -> None:
    async with store.writing() as tx:
        await tx.identity.add_account(account(operator=True, disabled_ms=NOW), None)
        await tx.identity.add_account(account("wren"), None)
    async with store.reading() as tx:
        assert not await tx.identity.has_operator()


async def test_sessions_end_and_their_devices_are_remembered_a_while(store: SqlStore) -> None:
    async with store.writing() as tx:
        robin, wren = await kept(tx, "robin", "wren")
        own = [session(robin, device_hash=HASH), session(robin, seen_ms=NOW + 5), session(robin)]
        for number, each in enumerate([*own, session(wren)]):
            await tx.identity.add_session(each, bytes([number]) * 32)
    async with store.writing() as tx:
        assert await tx.identity.session(bytes(32)) == own[0]
        found = await tx.identity.sessions(robin.id, NOW)
        assert found[0] == own[1]
        assert {each.id for each in found} == {each.id for each in own}
        assert await tx.identity.end_sessions(robin.id, NOW, only="other") == []
        ended = await tx.identity.end_sessions(robin.id, NOW, but=own[1].id)
        assert set(ended) == {own[0].id, own[2].id}
        assert [each.id for each in await tx.identity.sessions(robin.id, NOW)] == [own[1].id]
        assert len(await tx.identity.sessions(wren.id, NOW)) == 1
        renewed = replace(own[1], kind="headset", expires_ms=NOW + 5000)
        assert await tx.identity.replace_session(renewed, b"r" * 32)
        assert await tx.identity.session(b"r" * 32) == renewed
        assert await tx.identity.session(bytes([1]) * 32) is None
        assert not await tx.identity.replace_session(replace(own[1], id=new_id()), b"q" * 32)
        assert not await tx.identity.replace_session(replace(own[1], account_id=wren.id), b"q" * 32)
        assert await tx.identity.knows_device(robin.id, HASH)
        assert not await tx.identity.knows_device(wren.id, HASH)
        await tx.identity.touch_session(own[1].id, NOW + 99)
        assert (await tx.identity.sessions(robin.id, NOW))[0].seen_ms == NOW + 99
        assert await tx.identity.forget_ended(NOW) == 0
        assert await tx.identity.forget_ended(NOW + 1) == 2
        assert not await tx.identity.knows_device(robin.id, HASH)


async def test_links_are_spent_once(store: SqlStore) -> None:
    async with store.writing() as tx:
        (robin,) = await kept(tx, "robin")
        link = SetupLink("reset", robin.id, NOW, NOW + 10)
        await tx.identity.add_setup_link(link, HASH)
        await tx.identity.add_setup_link(SetupLink("owner", None, NOW, NOW + 10), b"o" * 32)
        assert await tx.identity.setup_link(HASH) == link
        assert not await tx.identity.use_setup_link(HASH, NOW + 10)
        assert await tx.identity.use_setup_link(HASH, NOW + 1)
        assert not await tx.identity.use_setup_link(HASH, NOW + 1)
        await tx.identity.void_owner_links(NOW + 2)
        assert not await tx.identity.use_setup_link(b"o" * 32, NOW + 2)
        # A new link sweeps away those whose time is over.
        await tx.identity.add_setup_link(SetupLink("owner", None, NOW + 11, NOW + 20), b"n" * 32)
        assert await tx.identity.setup_link(HASH) is None


async def test_recovery_codes_are_spent_once_and_replaced_together(store: SqlStore) -> None:
    async with store.writing() as tx:
        robin, wren = await kept(tx, "robin", "wren")
        await tx.identity.set_recovery_codes(robin.id, [b"a" * 32, b"b" * 32])
        assert not await tx.identity.use_recovery_code(wren.id, b"a" * 32, NOW)
        assert await tx.identity.use_recovery_code(robin.id, b"a" * 32, NOW)
        assert not await tx.identity.use_recovery_code(robin.id, b"a" * 32, NOW)
        assert await tx.identity.recovery_codes_left(robin.id) == 1
        await tx.identity.set_recovery_codes(robin.id, [b"c" * 32])
        assert not await tx.identity.use_recovery_code(robin.id, b"b" * 32, NOW)


async def test_a_passkey_whose_counter_goes_back_is_not_used(store: SqlStore) -> None:
    async with store.writing() as tx:
        robin, wren = await kept(tx, "robin", "wren")
        one = Passkey("key-1", robin.id, b"public", 3, "Phone", ("internal", "usb"), NOW)
        assert await tx.identity.add_passkey(one)
        assert not await tx.identity.add_passkey(replace(one, account_id=wren.id))
        assert await tx.identity.passkey("key-1") == one
        for count, grew in ((3, False), (2, False), (0, False), (4, True), (4, False)):
            assert await tx.identity.use_passkey("key-1", count, NOW + count) is grew
        silent = replace(one, id="key-2", sign_count=0, created_ms=NOW + 1)
        await tx.identity.add_passkey(silent)
        assert await tx.identity.use_passkey("key-2", 0, NOW)
        assert await tx.identity.use_passkey("key-2", 0, NOW)
        assert [each.id for each in await tx.identity.passkeys(robin.id)] == ["key-1", "key-2"]
        assert not await tx.identity.drop_passkey(wren.id, "key-1")
        assert await tx.identity.drop_passkey(robin.id, "key-1")


async def test_a_pairing_moves_on_once(store: SqlStore) -> None:
    async with store.writing() as tx:
        (robin,) = await kept(tx, "robin")
        asked = Pairing(new_id(), None, "Quest browser", "waiting", NOW, NOW + 10)
        assert await tx.identity.add_pairing(asked, HASH, b"s" * 32)
        twin = replace(asked, id=new_id())
        assert not await tx.identity.add_pairing(twin, HASH, b"t" * 32)
        assert await tx.identity.pairing_by_code(HASH) == asked
        assert await tx.identity.turn_pairing(asked.id, "waiting", "approved", robin.id)
        assert not await tx.identity.turn_pairing(asked.id, "waiting", "refused", robin.id)
        found = await tx.identity.pairing_by_secret(b"s" * 32)
        assert found == replace(asked, state="approved", account_id=robin.id)
        later = replace(twin, created_ms=NOW + 4_000_000, expires_ms=NOW + 4_600_000)
        assert await tx.identity.add_pairing(later, HASH, b"u" * 32)


async def test_ties_are_seen_from_either_side(store: SqlStore) -> None:
    async with store.writing() as tx:
        robin, wren, jay = await kept(tx, "robin", "wren", "jay")
        await tx.identity.ask_friend(robin.id, wren.id, NOW)
        assert (await tx.identity.friendships(wren.id))[0].other_id == robin.id
        seen = await tx.identity.friendship(wren.id, robin.id)
        assert seen is not None
        assert (seen.asked_by, seen.accepted_ms) == (robin.id, None)
        await tx.identity.accept_friend(wren.id, robin.id, NOW + 1)
        await tx.identity.put_tie("blocks", robin.id, jay.id, NOW)
        await tx.identity.put_tie("blocks", robin.id, jay.id, NOW + 1)
        await tx.identity.put_tie("mutes", jay.id, robin.id, NOW)
        await tx.identity.put_tie("mutes", jay.id, wren.id, NOW + 1)
        assert await tx.identity.ties("mutes", jay.id) == [wren.id, robin.id]
    async with store.writing() as tx:
        blocks, mutes, friends = await tx.identity.relations()
        assert list(blocks) == [(robin.id, jay.id)]
        assert set(mutes) == {(jay.id, robin.id), (jay.id, wren.id)}
        assert [set(pair) for pair in friends] == [{robin.id, wren.id}]
        assert await tx.identity.drop_tie("blocks", robin.id, jay.id)
        assert not await tx.identity.drop_tie("blocks", robin.id, jay.id)
        assert await tx.identity.drop_friend(wren.id, robin.id, NOW) == "friends"
        assert await tx.identity.drop_friend(wren.id, robin.id, NOW) is None


async def test_a_request_that_was_declined_stays_for_who_asked(store: SqlStore) -> None:
    async with store.writing() as tx:
        robin, wren = await kept(tx, "robin", "wren")
        await tx.identity.ask_friend(robin.id, wren.id, NOW)
        assert await tx.identity.drop_friend(wren.id, robin.id, NOW) == "declined"
        assert await tx.identity.drop_friend(wren.id, robin.id, NOW) is None

        async def hidden() -> list[bool]:
            known = await tx.identity.friendship(robin.id, wren.id)
            assert known is not None
            return [known.hidden_from(who.id) for who in (robin, wren)]

        assert await hidden() == [False, True]
        assert await tx.identity.drop_friend(robin.id, wren.id, NOW) == "declined"
        assert await hidden() == [True, True]
        await tx.identity.ask_again(robin.id, wren.id, NOW + 1)
        assert await hidden() == [False, True]
        await tx.identity.accept_friend(wren.id, robin.id, NOW + 2)
        assert await tx.identity.drop_friend(robin.id, wren.id, NOW) == "friends"
        assert await tx.identity.friendship(robin.id, wren.id) is None


async def group_of(tx: SqlTx, name: str, *members: tuple[Account, Role]) -> Group:
    group = Group(id=new_id(), slug=name.lower(), name=name, created_ms=NOW)
    await tx.groups.add_group(group)
    for person, role in members:
        await tx.groups.add_member(Membership(group.id, person.id, role, NOW))
    return group


async def test_the_last_owner_is_known(store: SqlStore) -> None:
    async with store.writing() as tx:
        robin, wren = await kept(tx, "robin", "wren")
        alone = await group_of(tx, "Alone", (robin, Role.OWNER), (wren, Role.LEADER))
        await group_of(tx, "Together", (robin, Role.OWNER), (wren, Role.OWNER))
        rests = await group_of(tx, "Rests", (robin, Role.OWNER))
        await tx.groups.save_group(replace(rests, members=1, archived_ms=NOW))
        assert await tx.identity.sole_ownerships(robin.id) == [alone.name]
        assert await tx.identity.sole_ownerships(wren.id) == []


async def test_what_is_erased_is_gone_and_the_rest_stays(store: SqlStore) -> None:
    async with store.writing() as tx:
        robin, wren = await kept(tx, "robin", "wren")
        group = await group_of(tx, "Campers", (wren, Role.OWNER), (robin, Role.MEMBER))
        await tx.identity.add_session(session(robin), HASH)
        await tx.identity.set_recovery_codes(robin.id, [HASH])
        await tx.identity.ask_friend(wren.id, robin.id, NOW)
        await tx.identity.put_tie("blocks", wren.id, robin.id, NOW)
        await tx.identity.put_tie("mutes", robin.id, wren.id, NOW)
        everything = await tx.identity.everything(robin.id)
        assert "password_hash" not in everything["account"][0]  # type: ignore[index]
        assert len(everything["sessions"]) == 1  # type: ignore[arg-type]
        assert everything["friends"] == []
        await tx.identity.erase(robin.id, NOW + 1)
    async with store.reading() as tx:
        gone = await tx.identity.account(robin.id)
        assert gone is not None
        assert (gone.name, gone.handle, gone.deleted_ms, gone.usable) == ("", None, NOW + 1, False)
        assert await tx.identity.relations() == ([], [], [])
        assert await tx.groups.membership(group.id, robin.id) is None
        found = await tx.groups.group(group.id)
        assert found is not None
        assert found.members == 1
        left = await tx.identity.everything(robin.id)
        assert {name for name, rows in left.items() if rows} == {"account"}


async def test_the_operators_lists_go_on_where_they_stopped(store: SqlStore) -> None:
    async with store.writing() as tx:
        people = await kept(tx, "robin", "wren", "jay", "100%_sure")
        await group_of(tx, "Campers", (people[0], Role.OWNER), (people[1], Role.MEMBER))
        await group_of(tx, "Bakers", (people[1], Role.OWNER))
        for number in range(3):
            await tx.moderation.note("account_disabled", None, None, people[number].id, {}, NOW)
        await tx.moderation.note("joined", None, "some-group", people[0].id, {}, NOW)
    async with store.reading() as tx:
        first = await tx.identity.account_page("", None, 3)
        after = (first[-1].account.created_ms, first[-1].account.id)
        rest = await tx.identity.account_page("", after, 3)
        assert {each.account.id for each in (*first, *rest)} == {each.id for each in people}
        assert len(first) + len(rest) == 4
        (wren,) = await tx.identity.account_page("WRE", None, 10)
        assert (wren.account.handle, wren.groups, wren.seen_ms) == ("wren", 2, None)
        assert len(await tx.identity.account_page("%", None, 10)) == 1
        assert len(await tx.identity.account_page("_", None, 10)) == 1
        groups = await tx.identity.group_page(None, 10)
        assert {each.group.name: each.owners for each in groups} == {
            "Campers": ("Robin",),
            "Bakers": ("Wren",),
        }
        last = groups[-1].group
        assert await tx.identity.group_page((last.created_ms, last.id), 10) == []
        acts = await tx.identity.audit_page(None, 2)
        more = await tx.identity.audit_page(acts[-1].id, 2)
        assert [each.subject_id for each in (*acts, *more)] == [
            each.id for each in reversed(people[:3])
        ]
        counts = await tx.identity.counts(NOW)
        assert (counts["accounts"], counts["groups"], counts["guests"]) == (4, 2, 0)


async def test_guest_links_are_found_by_who_came_with_them(store: SqlStore) -> None:
    async with store.writing() as tx:
        robin, wren = await kept(tx, "robin", "wren")
        group = await group_of(tx, "Campers", (wren, Role.OWNER))
        link = Invite(new_id(), "guest", group.id, "den-abc234", wren.id, 1, NOW, NOW + 10)
        await tx.groups.add_invite(link, HASH)
        assert await tx.groups.use_invite(link.id, robin.id, NOW)
        assert await tx.identity.used_invite(link.id, robin.id)
        assert not await tx.identity.used_invite(link.id, wren.id)
        (found,) = await tx.identity.guest_invites([group.id], robin.id)
        assert found == replace(link, uses_left=0, came_ms=NOW)
        assert await tx.identity.guest_invites([group.id], wren.id) == []
