"""Files stay small: a longer one carries its excuse here."""

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_LINES = 400
MAX_STATEMENTS = 50

#: Path to the reason why this file may be longer than the rest.
LONGER_FILES: dict[str, str] = {
    "tests/benchmarks/voice_parties.py": "both ends of one benchmark: compiled loops that share "
    "their layout",
    "server/hearth_server/store/migrations/versions/"
    "0001_accounts_groups_rooms_talk_and_safety.py": "one step after the other",
}

#: ``path::function`` to the reason why it may have more statements than the rest.
LONGER_FUNCTIONS: dict[str, str] = {
    f"server/hearth_server/store/migrations/versions/"
    f"0001_accounts_groups_rooms_talk_and_safety.py::{name}": "one step after the other"
    for name in ("upgrade", "downgrade")
}


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--", *patterns], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    return [
        ROOT / name for name in listed if not name.endswith(".gen.ts") and (ROOT / name).exists()
    ]


def test_no_source_file_is_longer_than_allowed() -> None:
    files = _tracked("*.py", "*.ts", "*.css")
    assert files
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in files
        if (lines := len(path.read_text().splitlines())) > MAX_LINES
        and str(path.relative_to(ROOT)) not in LONGER_FILES
    }
    assert too_long == {}


def test_excuses_are_still_needed() -> None:
    stale = [
        name
        for name in LONGER_FILES
        if not (ROOT / name).exists() or len((ROOT / name).read_text().splitlines()) <= MAX_LINES
    ]
    assert stale == []


def test_no_function_has_more_statements_than_allowed() -> None:
    too_long = {}
    for path in _tracked("protocol/*.py", "sim/*.py", "server/*.py", "loadtest/*.py"):
        if "kernels" in path.parts:
            continue  # a kernel is one loop nest; splitting it costs calls and names
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            count = sum(isinstance(child, ast.stmt) for child in ast.walk(node)) - 1
            name = f"{path.relative_to(ROOT)}::{node.name}"
            if count > MAX_STATEMENTS and name not in LONGER_FUNCTIONS:
                too_long[name] = count
    assert too_long == {}
