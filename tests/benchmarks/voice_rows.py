"""Runs one row of the voice benchmark by itself, with a table of its own."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict

from hearth_loadtest.environment import describe, many_files
from hearth_server.warmup import prepare_cache
from tests.benchmarks.bench_fleet import quiet_share, wait_for_quiet
from tests.benchmarks.bench_voice import (
    CROWD_CORE,
    OUT,
    PLANE_CORE,
    ROOT,
    Cell,
    Options,
    markdown_of,
)


def settle(options: Options) -> float:
    """Wait for a quiet machine unless in a hurry; return the share of a core that is free."""
    if options.rounds == 1:
        return min(quiet_share(PLANE_CORE), quiet_share(CROWD_CORE))
    return wait_for_quiet()


def alone(name: str, row: Callable[[Options], list[Cell]]) -> None:
    """Measure a row, print its table, write artifacts/bench/voice-NAME.json and .md."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    quick = parser.parse_args().quick
    prepare_cache(ROOT / "artifacts")
    many_files()
    cells = row(Options(2.0, 1) if quick else Options(5.0, 3))
    OUT.mkdir(parents=True, exist_ok=True)
    document = {"environment": describe(), "cells": [asdict(cell) for cell in cells]}
    (OUT / f"voice-{name}.json").write_text(json.dumps(document, indent=1))
    (OUT / f"voice-{name}.md").write_text(markdown_of(cells))
    print(markdown_of(cells))
