"""Compiles the kernels before anybody waits for them, and keeps what was compiled on disk.

numba's cache looks at one file's own time stamp only: an edited kernel leaves stale callers, and
code compiled without bounds checks is loaded when checks are asked for. Hence a folder per hash
of all kernel sources, numba's version, the CPU and the flag. It must be chosen before numba is
imported anywhere, so this module imports it nowhere.
"""

import hashlib
import importlib
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

KERNEL_PACKAGES = ("hearth_protocol", "hearth_sim", "hearth_server.realtime")
KEPT_CACHES = 4

Warmup = tuple[str, Callable[[], None]]


class _WarmupModule(Protocol):
    WARMUPS: list[Warmup]


@dataclass(frozen=True, slots=True)
class Progress:
    """One kernel is about to be readied."""

    name: str
    index: int
    count: int


def prepare_cache(data_dir: Path) -> Path:
    """Choose numba's cache folder, point NUMBA_CACHE_DIR at it and return it.

    The base is the first writable of: NUMBA_CACHE_DIR as the operator set it, the user's cache
    folder, the data folder. Call before numba is imported; a second call changes nothing.
    """
    if "numba" in sys.modules:
        return Path(os.environ.get("NUMBA_CACHE_DIR", ""))
    key = cache_key()
    for base in _bases(data_dir):
        if base.name == key:
            return base  # set by a parent process that has been here
        folder = base / key
        if _writable(folder):
            _prune(base, keep=key)
            os.environ["NUMBA_CACHE_DIR"] = str(folder)
            return folder
    return Path()


def cache_key() -> str:
    """Return the name of the folder that fits these sources on this machine."""
    digest = hashlib.sha256()
    for path in _kernel_sources():
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    digest.update(importlib.metadata.version("numba").encode())
    digest.update(_cpu().encode())
    digest.update(os.environ.get("NUMBA_BOUNDSCHECK", "").encode())
    digest.update(sys.version.encode())
    return f"kernels-{digest.hexdigest()[:16]}"


def warm_kernels(on_progress: Callable[[Progress], None]) -> int:
    """Compile (or load from the cache) every kernel; return how many.

    Takes up to a minute with an empty cache; holds the GIL while compiling.
    """
    warmups = list(_warmups())
    for index, (name, run) in enumerate(warmups):
        on_progress(Progress(name, index, len(warmups)))
        run()
    return len(warmups)


def _warmups() -> Iterator[Warmup]:
    for package in KERNEL_PACKAGES:
        module = importlib.import_module(f"{package}.kernels.warmups")
        yield from cast("_WarmupModule", module).WARMUPS


def _kernel_sources() -> Iterable[Path]:
    for package in KERNEL_PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            yield from sorted((Path(spec.origin).parent / "kernels").glob("*.py"))


def _cpu() -> str:
    """Return what decides which instructions numba may use."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    wanted = ("model name", "flags", "Features", "CPU part")
    return "\n".join(dict.fromkeys(line for line in lines if line.startswith(wanted)))


def _bases(data_dir: Path) -> Iterator[Path]:
    if os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(os.environ["NUMBA_CACHE_DIR"])
    cache_home = os.environ.get("XDG_CACHE_HOME")
    if cache_home:
        yield Path(cache_home) / "hearth"
    elif os.environ.get("HOME"):
        yield Path(os.environ["HOME"]) / ".cache" / "hearth"
    yield data_dir.absolute() / "cache"


def _writable(folder: Path) -> bool:
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def _prune(base: Path, keep: str) -> None:
    """Remove the caches of old versions; a running node has its code in memory already."""
    try:
        caches = sorted(
            (path for path in base.glob("kernels-*") if path.name != keep),
            key=lambda path: path.stat().st_mtime,
        )
        for old in caches[: -(KEPT_CACHES - 1)]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError:
        return
