"""The community's use cases and API on a real database, driven through ASGI."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from argon2 import PasswordHasher

from hearth_server.api.application import build_application
from hearth_server.api.guard import Guard
from hearth_server.community.accounts import Account
from hearth_server.community.relations import RelationBook
from hearth_server.community.sanctions import SanctionBook
from hearth_server.ids import new_id
from hearth_server.services.identity.hashing import PasswordKeeper
from hearth_server.services.live import EmptyRooms
from hearth_server.services.parts import ServiceParts, load_books
from hearth_server.services.sessions import DeviceFacts, NewSession, Sessions
from hearth_server.services.talk.bundle import Talk
from hearth_server.settings import load_settings
from hearth_server.store.unit_of_work import SqlStore
from tests.support.api import HttpShell, ShellOptions, http_shell
from tests.support.clock import ManualClock
from tests.support.migrated import opened

BASE_URL = "http://127.0.0.1:8460"


@dataclass
class Community:
    """A node without rooms: its store, its use cases, its API."""

    app: Guard
    services: ServiceParts
    shell: HttpShell
    clock: ManualClock
    talk: Talk

    async def person(self, name: str, **changes: object) -> Account:
        """Keep an account, without a password."""
        account = Account(id=new_id(), name=name, handle=name.lower(), created_ms=self.now_ms)
        account = replace(account, **changes)  # type: ignore[arg-type]
        async with self.services.store.writing() as tx:
            await tx.identity.add_account(account, None)
        return account

    async def session(self, account: Account, facts: DeviceFacts | None = None) -> NewSession:
        """Sign an account in."""
        async with self.services.store.writing() as tx:
            return await Sessions(self.services).open(tx, account, facts or DeviceFacts())

    @asynccontextmanager
    async def client(
        self, account: Account | None = None, peer: str = "127.0.0.1"
    ) -> AsyncIterator[httpx.AsyncClient]:
        """Call the API as a browser of this account would; None is signed out."""
        cookies = {}
        if account is not None:
            cookies["hearth_session"] = (await self.session(account)).token
        transport = httpx.ASGITransport(self.app, client=(peer, 50000))
        async with httpx.AsyncClient(
            transport=transport, base_url=BASE_URL, cookies=cookies
        ) as client:
            yield client

    @property
    def now_ms(self) -> int:
        """The store's time."""
        return self.services.now_ms()


@asynccontextmanager
async def community(
    folder: Path,
    url: str | None = None,
    options: ShellOptions | None = None,
    wait_s: float = 30.0,
) -> AsyncIterator[Community]:
    """Open a community on a database in `folder`, or at `url`."""
    database = await opened(folder, url, wait_s)
    shell = http_shell(options)
    services = ServiceParts(
        store=SqlStore(database),
        clock=shell.clock,
        metrics=shell.metrics,
        settings=load_settings((options or ShellOptions()).flags),
        relations=RelationBook(),
        sanctions=SanctionBook(),
        live=EmptyRooms(),
        # The same algorithm at the lowest costs: tests sign in often.
        passwords=PasswordKeeper(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
    )
    try:
        async with services.store.reading() as tx:
            await load_books(tx, services)
        talk = Talk(services)
        app = build_application(shell.parts, shell.door, Path("nowhere"), services, talk)
        yield Community(app, services, shell, shell.clock, talk)
    finally:
        await database.close()
