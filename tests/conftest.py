"""All tests use the kernels that `hearth warmup` compiled, instead of compiling their own."""

from pathlib import Path

import structlog

from hearth_server.warmup import prepare_cache

prepare_cache(Path(__file__).parents[1] / "artifacts")

# The library's own default takes a minute to print the local variables of a large traceback.
structlog.configure(
    processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()]
)
