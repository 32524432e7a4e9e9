"""Passwords are hashed beside the loop, few at once; and how long it takes tells nothing."""

import asyncio
import threading

import pytest
from argon2 import PasswordHasher

from hearth_server.errors import Refusal
from hearth_server.services.identity.hashing import AT_ONCE, PasswordKeeper

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class WatchedHasher(PasswordHasher):
    """Real hashing that notes on which thread it runs, and how many run at once."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.threads: set[str] = set()
        self.now = self.most = self.verified = 0
        self._lock = threading.Lock()

    def _note(self, step: int) -> None:
        with self._lock:
            self.threads.add(threading.current_thread().name)
            self.now += step
            self.most = max(self.most, self.now)

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self._note(1)
        try:
            return super().hash(password, salt=salt)
        finally:
            self._note(-1)

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        self.verified += 1
        self._note(1)
        try:
            return super().verify(hash, password)
        finally:
            self._note(-1)


@pytest.mark.asyncio
async def test_the_loop_hashes_nothing_itself() -> None:
    hasher = WatchedHasher()
    keeper = PasswordKeeper(hasher)
    kept = await asyncio.gather(*(keeper.hash(f"a lantern {n}") for n in range(8)))
    assert all(isinstance(each, str) and each.startswith("$argon2id$") for each in kept)
    assert await keeper.verify(str(kept[3]), "a lantern 3") is True
    assert await keeper.verify(str(kept[3]), "a lantern 4") is False
    assert threading.current_thread().name not in hasher.threads
    assert all(name.startswith("hearth-password") for name in hasher.threads)
    assert hasher.most <= AT_ONCE


@pytest.mark.asyncio
async def test_no_account_costs_the_same_work_as_a_wrong_password() -> None:
    hasher = WatchedHasher()
    keeper = PasswordKeeper(hasher)
    kept = await keeper.hash("a lantern")
    await keeper.verify(None, "anything")  # makes the hash of nobody's password, once
    hasher.verified = 0
    assert await keeper.verify(None, "anything") is False
    assert await keeper.verify(str(kept), "anything") is False
    assert hasher.verified == 2


@pytest.mark.asyncio
async def test_a_crowd_is_asked_to_come_back() -> None:
    keeper = PasswordKeeper(CHEAP, waiting_max=2)
    answers = await asyncio.gather(*(keeper.hash("a lantern") for _ in range(6)))
    refused = [each for each in answers if isinstance(each, Refusal)]
    assert len(refused) == 4
    assert {each.code for each in refused} == {"busy"}
    assert all(each.retry_after_s for each in refused)
    assert isinstance(await keeper.hash("a lantern"), str)


@pytest.mark.asyncio
async def test_the_node_hashes_as_dear_as_it_should() -> None:
    keeper = PasswordKeeper()
    kept = await keeper.hash("a lantern at the river")
    # RFC 9106, section 4, the second recommended option: t=3, 64 MiB, four lanes.
    assert str(kept).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not keeper.outdated(str(kept))
    assert keeper.outdated(CHEAP.hash("a lantern at the river"))


@pytest.mark.asyncio
@pytest.mark.parametrize("kept", ["", "plain text", "$argon2id$v=19$broken"])
async def test_what_is_no_hash_lets_nobody_in(kept: str) -> None:
    assert await PasswordKeeper(CHEAP).verify(kept, "anything") is False
