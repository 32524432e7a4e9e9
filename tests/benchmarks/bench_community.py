"""How long pages of a large group take over HTTP: 10,000 members, 1,000,000 lines, a real node.

`python -m tests.benchmarks.bench_community [--quick] [--rows NAME …]` writes Markdown and JSON.
Each row is compared with the node's cheapest answer, asked for in turn with it in the same run.
"""

import argparse
import asyncio
import http.client
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import insert

from hearth_loadtest.environment import describe
from hearth_server.clock import wall_s
from hearth_server.community.permissions import Role
from hearth_server.ids import new_id
from hearth_server.store import tables as t
from hearth_server.store.engine import Database, database_url
from hearth_server.store.unit_of_work import SqlStore
from hearth_server.tokens import digest_of, fresh_token
from hearth_server.warmup import prepare_cache
from tests.support.groups import API, town
from tests.support.node import Node, running_node

ROOT: Final = Path(__file__).parents[2]
OUT: Final = ROOT / "artifacts" / "bench"
FLOOR: Final = "/info"
CHUNK: Final = 20_000


@dataclass(frozen=True, slots=True)
class Size:
    """How large the group is, and how often each page is asked for."""

    members: int = 10_000
    lines: int = 1_000_000
    groups: int = 200
    asks: int = 1_000


@dataclass(frozen=True, slots=True)
class Filled:
    """A node on a filled database, and who asks: a member and the group's owner."""

    node: Node
    group: str
    member: str
    owner: str
    asks: int


@dataclass(frozen=True, slots=True)
class Row:
    """One measured page. Times are milliseconds from request to the answer's last byte."""

    name: str
    p50_ms: float
    p99_ms: float
    worst_ms: float
    floor_p50_ms: float
    times_floor: float
    kib: float
    target_ms: float | None


# --- filling -----------------------------------------------------------------------------------


async def fill(folder: Path, size: Size) -> tuple[str, str, str]:
    """Make the database; return the group and the tokens of a member and of its owner."""
    async with town(folder, "Robin", "Alex") as here:
        for number in range(size.groups - 1):
            here.node.clock.advance(600)
            await here.start("Robin", name=f"Group {number:03}", tags=["yoga"])
        here.node.clock.advance(600)
        group = str((await here.start("Robin", name="Large", visibility="listed"))["group"]["id"])
        await here.join("Alex", group)
        now_ms = round(wall_s() * 1000)
        people = await crowd(here.node.services.store, group, size, now_ms)  # type: ignore[arg-type]
        await talk(here.node.services.store, group, size, people, now_ms)  # type: ignore[arg-type]
        tokens = [await token_for(folder, here.id(who), now_ms) for who in ("Alex", "Robin")]
        return group, tokens[0], tokens[1]


async def crowd(store: SqlStore, group: str, size: Size, now_ms: int) -> list[str]:
    """Let people be members: signed, some asking, a few reported, some blocked by one another."""
    ids = [new_id() for _ in range(size.members - 2)]
    async with store.database.writing() as db:
        accounts = [
            {"id": each, "handle": f"h{n}", "name": f"Person {n}", "created_ms": now_ms}
            for n, each in enumerate(ids)
        ]
        await db.execute(insert(t.accounts), accounts)
        members = [
            {
                "group_id": group,
                "account_id": each,
                "role": str(Role.MEMBER),
                "joined_ms": now_ms + n,
                "signed_version": 1,
            }
            for n, each in enumerate(ids)
        ]
        await db.execute(insert(t.memberships), members)
        await db.execute(
            t.groups.update()
            .where(t.groups.c.id == group)
            .values(members=size.members, size_limit=size.members)
        )
        blocks = [
            {"account_id": ids[n], "blocked_id": ids[n + 1], "created_ms": now_ms}
            for n in range(0, len(ids) - 1, 20)
        ]
        await db.execute(insert(t.blocks), blocks)
        reports = [
            {"id": new_id(), "group_id": group, "reporter_id": each, "created_ms": now_ms}
            for each in ids[:200]
        ]
        await db.execute(insert(t.reports), reports)
    return ids


async def talk(store: SqlStore, group: str, size: Size, people: list[str], now_ms: int) -> None:
    """Let all of them have written for a long time."""
    for start in range(0, size.lines, CHUNK):
        lines = [
            {
                "group_id": group,
                "author_id": people[n % len(people)],
                "key": f"k{n}",
                "text": f"Line {n} of a long conversation by the fire.",
                "created_ms": now_ms - size.lines + n,
            }
            for n in range(start, min(start + CHUNK, size.lines))
        ]
        async with store.database.writing() as db:
            await db.execute(insert(t.lines), lines)


async def token_for(folder: Path, account_id: str, now_ms: int) -> str:
    """Sign somebody in on the real clock."""
    database, token = Database(database_url(None, folder)), fresh_token()
    async with database.writing() as db:
        await db.execute(
            insert(t.sessions).values(
                id=new_id(),
                account_id=account_id,
                token_hash=digest_of(token),
                created_ms=now_ms,
                seen_ms=now_ms,
                expires_ms=now_ms + 86_400_000,
            )
        )
    await database.close()
    return token


# --- asking ------------------------------------------------------------------------------------


def ask(connection: http.client.HTTPConnection, path: str, token: str | None) -> tuple[float, int]:
    """Ask for a page; return milliseconds and bytes."""
    headers = {"cookie": f"hearth_session={token}"} if token else {}
    started = time.perf_counter()
    connection.request("GET", API + path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    took_ms = (time.perf_counter() - started) * 1000
    if response.status != 200:
        raise RuntimeError(f"{path}: {response.status} {body[:200]!r}")
    return took_ms, len(body)


def timed(
    filled: Filled, name: str, path: str, token: str | None, target_ms: float | None = None
) -> Row:
    """Measure a page against the floor, one after the other."""
    connection = http.client.HTTPConnection(filled.node.url.removeprefix("http://"))
    for _ in range(10):
        ask(connection, path, token)
        ask(connection, FLOOR, None)
    page: list[float] = []
    floor: list[float] = []
    size = 0
    for _ in range(filled.asks):
        took_ms, size = ask(connection, path, token)
        page.append(took_ms)
        floor.append(ask(connection, FLOOR, None)[0])
    connection.close()
    p50, floor_p50 = quantile(page, 0.5), quantile(floor, 0.5)
    return Row(
        name=name,
        p50_ms=round(p50, 2),
        p99_ms=round(quantile(page, 0.99), 2),
        worst_ms=round(max(page), 2),
        floor_p50_ms=round(floor_p50, 2),
        times_floor=round(p50 / floor_p50, 1),
        kib=round(size / 1024, 1),
        target_ms=target_ms,
    )


def quantile(values: list[float], share: float) -> float:
    """Return the value that so large a share does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def group_page(filled: Filled) -> list[Row]:
    """The group's page as a stranger, a member and the owner see it."""
    path = f"/groups/{filled.group}"
    return [
        timed(filled, "group page, signed out", path, None, 50.0),
        timed(filled, "group page, member", path, filled.member, 50.0),
        timed(filled, "group page, owner with counts", path, filled.owner, 50.0),
    ]


def members(filled: Filled) -> list[Row]:
    """The members' list: its beginning, and a search through all of it."""
    path = f"/groups/{filled.group}/members"
    return [
        timed(filled, "members, first 50", path, filled.member),
        timed(filled, "members, search that finds few", f"{path}?q=person%2099", filled.member),
        timed(filled, "members, search that finds nobody", f"{path}?q=nobody", filled.member),
    ]


def finding(filled: Filled) -> list[Row]:
    """Listed groups: the beginning, and a search."""
    return [
        timed(filled, "groups, first 24", "/groups", filled.member),
        timed(filled, "groups, search", "/groups?q=9", filled.member),
    ]


ROWS: Final[dict[str, Callable[[Filled], list[Row]]]] = {
    "group-page": group_page,
    "members": members,
    "finding": finding,
}


# --- telling -----------------------------------------------------------------------------------


def markdown_of(rows: list[Row]) -> str:
    """Return the table."""
    head = ("page", "p50 ms", "p99 ms", "worst ms", "times floor", "KiB", "p99 target ms")
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        cells = (row.name, row.p50_ms, row.p99_ms, row.worst_ms, row.times_floor, row.kib)
        target = "" if row.target_ms is None else f"{row.target_ms:g}"
        lines.append("| " + " | ".join(str(each) for each in (*cells, target)) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fill, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small group, few asks")
    parser.add_argument("--rows", nargs="*", choices=list(ROWS), default=list(ROWS))
    arguments = parser.parse_args()
    size = Size(500, 10_000, 20, 50) if arguments.quick else Size()
    prepare_cache(ROOT / "artifacts")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        group, member, owner = asyncio.run(fill(folder, size))
        with running_node(folder, "--no-voice") as node:
            filled = Filled(node, group, member, owner, size.asks)
            rows = [row for name in arguments.rows for row in ROWS[name](filled)]
    OUT.mkdir(parents=True, exist_ok=True)
    document = {
        "environment": describe(),
        "size": asdict(size),
        "rows": [asdict(row) for row in rows],
    }
    (OUT / "community.json").write_text(json.dumps(document, indent=1) + "\n")
    (OUT / "community.md").write_text(markdown_of(rows))
    print(markdown_of(rows))


if __name__ == "__main__":
    main()
