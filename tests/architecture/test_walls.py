"""The walls between the packages hold, and compiled code stays where it belongs."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_import_contracts_are_kept() -> None:
    result = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def test_compiled_code_lives_in_the_kernels_folders_only() -> None:
    offenders = []
    for package in ("protocol", "sim", "server", "loadtest"):
        for path in (ROOT / package).rglob("*.py"):
            decorated = any(
                isinstance(node, ast.FunctionDef)
                and any(ast.unparse(d).split("(")[0] == "kernel" for d in node.decorator_list)
                for node in ast.walk(ast.parse(path.read_text()))
            )
            if decorated and "kernels" not in path.parts:
                offenders.append(str(path.relative_to(ROOT)))
    assert offenders == []
