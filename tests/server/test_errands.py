"""What an operator does from the command line: links and migrations, beside a node or without."""

import re
from pathlib import Path

from hearth_server.store.schema import NEWEST
from tests.server.test_cli import get, post, run, serving

PASSWORD = "a lantern at the river"
LINK = re.compile(r"^ *(http://127\.0\.0\.1:(\d+)/setup#([\w-]{43}))$", re.MULTILINE)


def token_in(text: str) -> str:
    found = LINK.search(text)
    assert found, text
    return found[3]


def test_the_first_start_prints_a_way_to_become_the_operator(tmp_path: Path) -> None:
    data = ["--data-dir", str(tmp_path)]
    with serving(tmp_path) as node:
        base = f"http://127.0.0.1:{node.port()}/api/v1"
        assert "Nobody runs this Hearth yet" in node.announcement
        found = LINK.search(node.announcement)
        assert found
        assert int(found[2]) == node.port()
        # Another one, from beside the running node; it works as well.
        more = run("owner-link", *data)
        assert (more.returncode, more.stderr) == (0, "")
        assert post(f"{base}/setup/look", {"token": token_in(more.stdout)})["purpose"] == "owner"
        body = {"token": found[3], "name": "Robin", "handle": "robin", "password": PASSWORD}
        made = post(f"{base}/setup", body)
        assert len(list(made["recovery_codes"])) == 10  # type: ignore[call-overload]
        assert '"setup_needed":false' in get(f"{base}/me")[1]
        reset = run("account", "reset", "Robin", *data)
        assert reset.returncode == 0, reset.stderr
        looked = post(f"{base}/setup/look", {"token": token_in(reset.stdout)})
        assert looked == {"purpose": "reset", "handle": "robin"}
    # The owner is kept: the next start has nothing to announce, and a reset needs no node.
    with serving(tmp_path) as node:
        assert "setup#" not in node.announcement
    assert token_in(run("account", "reset", "robin", *data).stdout)


def test_an_errand_that_cannot_be_done_is_one_line(tmp_path: Path) -> None:
    data = ["--data-dir", str(tmp_path)]
    for args, says in (
        (["account", "reset", "nobody", *data], "There is no account with the handle nobody."),
        (["account", "reset", "no body", *data], "'no body' is no handle. Fix: "),
        (["owner-link", "--config", str(tmp_path / "none.toml")], "there is no such config file"),
    ):
        done = run(*args)
        assert done.returncode in (1, 2)
        assert done.stderr.startswith("hearth: ")
        assert done.stderr.count("\n") == 1
        assert says in done.stderr
    (tmp_path / "file").write_text("in the way", "utf-8")
    done = run("owner-link", "--data-dir", str(tmp_path / "file" / "data"))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_a_database_of_another_kind_is_one_line(tmp_path: Path) -> None:
    done = run(
        "owner-link", "--data-dir", str(tmp_path), HEARTH_DATABASE="mysql://localhost/hearth"
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "Fix: --database postgresql://" in done.stderr


def test_migrate_says_what_it_did(tmp_path: Path) -> None:
    first = run("migrate", "--data-dir", str(tmp_path))
    assert first.returncode == 0, first.stderr
    assert first.stdout == f"The database was brought from nothing to {NEWEST}.\n"
    again = run("migrate", "--data-dir", str(tmp_path))
    assert again.stdout == (
        f"The database has the newest form already ({NEWEST}). Nothing was changed.\n"
    )


def test_a_newer_database_is_refused_in_one_line(tmp_path: Path) -> None:
    import sqlite3  # noqa: PLC0415

    assert run("migrate", "--data-dir", str(tmp_path)).returncode == 0
    with sqlite3.connect(tmp_path / "hearth.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    done = run("owner-link", "--data-dir", str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "newer" in done.stderr
