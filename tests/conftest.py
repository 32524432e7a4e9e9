"""All tests use the kernels that `hearth warmup` compiled, instead of compiling their own."""

from pathlib import Path

from hearth_server.warmup import prepare_cache

prepare_cache(Path(__file__).parents[1] / "artifacts")
