"""Whatever people do in whatever order, a living group has an owner and counts its members."""

import asyncio
import shutil
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from hearth_server.api.limits import RATES, Rate
from hearth_server.community.permissions import Role
from hearth_server.store import tables as t
from hearth_server.store.unit_of_work import SqlStore
from tests.support.api import ShellOptions
from tests.support.groups import Town, token_of, town
from tests.support.people import PASSWORD

NAMES: Final = ("Ada", "Bo", "Cy", "Di", "Ed")
people = st.sampled_from(NAMES)
given_roles = st.sampled_from(("owner", "leader", "moderator", "host", "member"))


class GroupLife(RuleBasedStateMachine):
    """One group of at most four, five people, the real API on a real database."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._folder = Path(tempfile.mkdtemp(prefix="hearth-group-"))
        self._stack = AsyncExitStack()
        # So many acts are nobody's evening.
        options = ShellOptions(rates={budget: Rate(1e6, 1.0) for budget in RATES})
        opening = town(self._folder, options=options)
        self.here: Town = self._do(self._stack.enter_async_context(opening))
        for name in NAMES:
            self._do(self._arrive(name))
        self.sanctions: list[str] = []
        self.group = ""
        self.token = ""

    def _do(self, work: Any) -> Any:
        return self._loop.run_until_complete(work)

    def _ask(self, who: str, method: str, path: str, body: object = None) -> int:
        response = self._do(self.here.ask(who, method, f"/groups/{self.group}{path}", body))
        assert response.status_code < 500, response.text
        if response.status_code == 201 and path == "/sanctions":
            self.sanctions.append(response.json()["id"])
        return int(response.status_code)

    @initialize()
    def start(self) -> None:
        made = self._do(self.here.start("Ada", joining="open"))
        self.group = made["group"]["id"]
        self.token = token_of(made["invite"]["link"])
        self._ask("Ada", "PATCH", "", {"version": 1, "size_limit": 4})

    @rule(who=people, invited=st.booleans())
    def join(self, who: str, invited: bool) -> None:
        signature = self._do(self.here.signature(None, self.group))
        body = {"signature": signature, **({"invite": self.token} if invited else {})}
        self._ask(who, "POST", "/join", body)

    @rule(who=people)
    def leave(self, who: str) -> None:
        self._ask(who, "POST", "/leave")

    @rule(who=people, whom=people, role=given_roles)
    def give_role(self, who: str, whom: str, role: str) -> None:
        self._ask(who, "PATCH", f"/members/{self.here.id(whom)}", {"role": role})

    @rule(who=people, whom=people)
    def transfer(self, who: str, whom: str) -> None:
        self._ask(who, "POST", "/transfer", {"account": self.here.id(whom)})

    @rule(who=people, whom=people)
    def remove(self, who: str, whom: str) -> None:
        self._ask(who, "DELETE", f"/members/{self.here.id(whom)}")

    @rule(who=people, whom=people, kind=st.sampled_from(("ban", "mute")))
    def sanction(self, who: str, whom: str, kind: str) -> None:
        body = {"account": self.here.id(whom), "kind": kind, "reason": "x"}
        self._ask(who, "POST", "/sanctions", body)

    @rule(who=people, which=st.integers(0, 9))
    def lift(self, who: str, which: int) -> None:
        if self.sanctions:
            self._ask(who, "DELETE", f"/sanctions/{self.sanctions[which % len(self.sanctions)]}")

    @rule(who=people, material=st.booleans())
    def change_norms(self, who: str, material: bool) -> None:
        norms = self._do(self.here.get(None, f"/groups/{self.group}/norms"))
        body = {"version": norms["version"], "items": norms["items"], "material": material}
        self._ask(who, "PUT", "/norms", body)

    @rule(who=people, on=st.booleans())
    def archive(self, who: str, on: bool) -> None:
        self._ask(who, "POST", "/archive", {"on": on})

    @rule(who=people)
    def delete_account(self, who: str) -> None:
        """Whoever's account is gone comes back for more as somebody new."""
        response = self._do(self.here.ask(who, "DELETE", "/me", {"password": PASSWORD}))
        assert response.status_code in (204, 409), response.text
        if response.status_code == 204:
            self._do(self._arrive(who))

    async def _arrive(self, who: str) -> None:
        """Let somebody have an account, and a password to prove it by."""
        services = self.here.node.services
        account = await self.here.person(who)
        hashed = await services.passwords.hash(PASSWORD)
        assert isinstance(hashed, str)
        async with services.store.writing() as tx:
            await tx.identity.set_password(account.id, hashed)

    @invariant()
    def owned_and_counted(self) -> None:
        if not self.group:
            return
        store = self.here.node.services.store
        assert isinstance(store, SqlStore)

        async def look() -> tuple[Any, int, int]:
            async with store.reading() as tx:
                group = await tx.groups.group(self.group)
                owners = await tx.groups.owners(self.group)
            async with store.database.reading() as connection:
                counted = select(func.count()).where(
                    t.memberships.c.group_id == self.group,
                    t.memberships.c.role != str(Role.GUEST),
                )
                return group, owners, (await connection.execute(counted)).scalar_one()

        group, owners, members = self._do(look())
        assert group.members == members <= group.size_limit
        assert owners >= 1 or group.archived

    def teardown(self) -> None:
        self._do(self._stack.aclose())
        self._loop.close()
        shutil.rmtree(self._folder)


GroupLife.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestGroupLife = GroupLife.TestCase
