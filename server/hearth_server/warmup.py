"""Compiles the kernels before anybody waits for them, and keeps what was compiled on disk.

numba's cache looks at one file's own time stamp only: an edited kernel leaves stale callers, a
changed constant or tuple of arrays leaves code that reads the wrong memory, and code compiled
without bounds checks is loaded when checks are asked for. Hence a folder per hash of the kernels
and all they import, numba's version, the CPU and the flag. It must be chosen before numba is
imported anywhere, so this module imports it nowhere.
"""

import contextlib
import fcntl
import hashlib
import importlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

NODE_PACKAGES = ("hearth_protocol", "hearth_sim", "hearth_server.realtime")
#: The voice worker's: a process of its own, which loads none of the node's.
VOICE_PACKAGES = ("hearth_server.voice",)
KERNEL_PACKAGES = (*NODE_PACKAGES, *VOICE_PACKAGES)
KEPT_CACHES = 6
_PREFIX = "kernels-"
_IMPORT = re.compile(r"^(?:from|import) (hearth_[\w.]+)", re.MULTILINE)

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
    return f"{_PREFIX}{digest.hexdigest()[:16]}"


def warm_kernels(
    on_progress: Callable[[Progress], None], packages: Sequence[str] = NODE_PACKAGES
) -> int:
    """Compile (or load from the cache) the kernels of some packages; return how many groups.

    Takes up to a minute with an empty cache; holds the GIL while compiling.
    """
    with _alone(packages[0]):
        warmups = list(_warmups(packages))
        for index, (name, run) in enumerate(warmups):
            on_progress(Progress(name, index, len(warmups)))
            run()
    return len(warmups)


@contextlib.contextmanager
def _alone(what: str) -> Iterator[None]:
    """Let one process at a time fill a cache folder; a filled one is open to all.

    Two that compile the same kernel at once choose the same file name for it, and the index may
    then point one's signature to the other's machine code: a crash at the next start.
    """
    folder = Path(os.environ.get("NUMBA_CACHE_DIR", ""))
    filled = folder / f"filled-{what}"
    if not folder.name.startswith(_PREFIX) or filled.exists():
        yield
        return
    with (folder / f"filling-{what}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go by the system if the holder dies
        yield
        filled.touch()


def _warmups(packages: Sequence[str]) -> Iterator[Warmup]:
    for package in packages:
        module = importlib.import_module(f"{package}.kernels.warmups")
        yield from cast("_WarmupModule", module).WARMUPS


def _kernel_sources() -> list[Path]:
    """Return the kernels and every module of ours they import, directly or not, sorted.

    Constants are compiled in and tuples of arrays are laid out by field, so an edited module
    that a kernel merely imports makes compiled code wrong.
    """
    waiting = [path for package in KERNEL_PACKAGES for path in _files_of(f"{package}.kernels")]
    # The warm-ups only call kernels; what they import (the whole world) compiles nothing.
    waiting = [path for path in waiting if path.name != "warmups.py"]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for name in _IMPORT.findall(path.read_text("utf-8")):
            waiting += [file for file in _files_of(name) if file.name != "warmups.py"]
    return sorted(found)


def _files_of(module: str) -> list[Path]:
    """Return the source of a module, or all files of a package, importing neither."""
    top, *rest = module.split(".")
    spec = importlib.util.find_spec(top)
    if spec is None or spec.origin is None:
        return []
    place = Path(spec.origin).parent.joinpath(*rest)
    if place.is_dir():
        return list(place.glob("*.py"))
    return [place.with_suffix(".py")] if place.with_suffix(".py").is_file() else []


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
            (path for path in base.glob(f"{_PREFIX}*") if path.name != keep),
            key=lambda path: path.stat().st_mtime,
        )
        for old in caches[: -(KEPT_CACHES - 1)]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError:
        return
