"""Where compiled kernels are kept between runs, and that only one process fills that place.

numba's cache looks at one file's own time stamp only, so an edited kernel leaves stale callers
and a changed constant stays compiled in. Hence a folder per hash of the kernels and all they
import, numba's version, the processor and the bounds check. It must be chosen before numba is
imported anywhere, so this module imports it nowhere; child processes inherit the choice.
"""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("hearth_protocol.kernels", "hearth_loadtest.kernels")
KEPT = 3
_PREFIX = "bots-"
_IMPORT = re.compile(r"^(?:from|import) (hearth_[\w.]+)", re.MULTILINE)


def prepare_cache() -> Path:
    """Point NUMBA_CACHE_DIR at the folder that fits these sources, and return it.

    The base is the first writable of: NUMBA_CACHE_DIR as it was set, the user's cache folder, the
    system's folder for temporary files. A second call changes nothing.
    """
    chosen = Path(os.environ.get("NUMBA_CACHE_DIR", ""))
    key = cache_key()
    if "numba" in sys.modules or chosen.name == key:
        return chosen
    for base in _bases():
        folder = base / key
        if _writable(folder):
            _prune(base, key)
            os.environ["NUMBA_CACHE_DIR"] = str(folder)
            return folder
    return chosen


def cache_key() -> str:
    """Return the name of the folder that fits these sources on this machine."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    for fact in (
        importlib.metadata.version("numba"),
        _processor(),
        os.environ.get("NUMBA_BOUNDSCHECK", ""),
        sys.version,
    ):
        digest.update(fact.encode())
    return f"{_PREFIX}{digest.hexdigest()[:16]}"


def filled() -> bool:
    """Whether everything has been compiled into the chosen folder before."""
    return (Path(os.environ.get("NUMBA_CACHE_DIR", "")) / "filled").exists()


def mark_filled() -> None:
    """Say that everything has been compiled."""
    folder = Path(os.environ.get("NUMBA_CACHE_DIR", ""))
    if folder.name.startswith(_PREFIX):
        (folder / "filled").touch()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Compile into the chosen folder, one process at a time; a filled one is open to all.

    Two that compile the same kernel at once choose the same file name for it, and the index may
    then point one's signature to the other's machine code.
    """
    folder = Path(os.environ.get("NUMBA_CACHE_DIR", ""))
    if not folder.name.startswith(_PREFIX) or filled():
        yield
        return
    with (folder / "filling").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go by the system if the holder dies
        yield


def _sources() -> list[Path]:
    """Return the kernels and every module of ours they import, directly or not, sorted."""
    waiting = [path for package in PACKAGES for path in _files_of(package)]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        # warm-ups only call kernels: what they import compiles nothing
        if path in found or path.name == "warmups.py":
            continue
        found.add(path)
        for name in _IMPORT.findall(path.read_text("utf-8")):
            waiting += _files_of(name)
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


def _processor() -> str:
    """Return what decides which instructions numba may use."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    wanted = ("model name", "flags", "Features", "CPU part")
    return "\n".join(dict.fromkeys(line for line in lines if line.startswith(wanted)))


def _bases() -> Iterator[Path]:
    if os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(os.environ["NUMBA_CACHE_DIR"])
    if os.environ.get("XDG_CACHE_HOME"):
        yield Path(os.environ["XDG_CACHE_HOME"]) / "hearth"
    elif os.environ.get("HOME"):
        yield Path(os.environ["HOME"]) / ".cache" / "hearth"
    yield Path(tempfile.gettempdir()) / f"hearth-{os.getuid()}"


def _writable(folder: Path) -> bool:
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return folder.stat().st_uid == os.getuid()


def _prune(base: Path, keep: str) -> None:
    """Remove the caches of old versions; whoever runs has its code in memory already."""
    with contextlib.suppress(OSError):
        others = [path for path in base.glob(f"{_PREFIX}*") if path.name != keep]
        others.sort(key=lambda path: path.stat().st_mtime)
        for old in others[: -(KEPT - 1)]:
            shutil.rmtree(old, ignore_errors=True)
