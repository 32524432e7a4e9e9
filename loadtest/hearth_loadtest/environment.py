"""The machine a run took place on, and whether something else was using it."""

import os
import platform
import resource
from pathlib import Path
from typing import Any

import psutil

from hearth_loadtest import clock


def queue_wait_s() -> float:
    """Seconds this process has been ready to run but had to wait for a processor (Linux)."""
    try:
        fields = Path("/proc/self/schedstat").read_text(encoding="ascii").split()
    except OSError:
        return 0.0
    return int(fields[1]) / 1e9 if len(fields) > 1 else 0.0


def many_files() -> int:
    """Allow this process as many open sockets as it may have; return how many."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def describe() -> dict[str, Any]:
    """Facts about the machine, for the report."""
    load = os.getloadavg()
    return {
        "processor": _processor(),
        "cores": psutil.cpu_count() or 0,
        "memory_mb": psutil.virtual_memory().total // 2**20,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_average": [round(value, 2) for value in load],
    }


class CompetingLoad:
    """Processor time used on this machine by others than the given processes."""

    def __init__(self, pids: list[int]) -> None:
        self._pids = pids
        self._since_s = clock.monotonic_s()
        self._busy_s = self._machine_s()
        self._own_s = self._processes_s()

    @staticmethod
    def _machine_s() -> float:
        times = psutil.cpu_times()
        return float(times.user + times.system + getattr(times, "softirq", 0.0) + times.nice)

    def _processes_s(self) -> float:
        total = 0.0
        for pid in self._pids:
            try:
                times = psutil.Process(pid).cpu_times()
            except psutil.Error:
                continue
            total += times.user + times.system
        return total

    def processors(self) -> float:
        """Processors used by others on average since construction, the kernel's work included."""
        spent_s = (self._machine_s() - self._busy_s) - (self._processes_s() - self._own_s)
        return max(0.0, spent_s) / max(clock.monotonic_s() - self._since_s, 1e-9)


def pids_listening(port: int) -> list[int]:
    """Processes of this machine that listen on a TCP port, as far as we may see."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.Error:
        return []
    return sorted(
        {c.pid for c in connections if c.pid and c.status == "LISTEN" and c.laddr[1:] == (port,)}
    )
