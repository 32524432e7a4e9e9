"""A Janus of the benchmark's own: private configuration, one event loop, spoken to by a socket.

VideoRoom with audio only, ICE-lite, and a publisher's and a subscriber's half of its signalling.
"""

import asyncio
import contextlib
import itertools
import json
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

PLUGINS = Path("/usr/lib/x86_64-linux-gnu/janus")
ROOM = 1234
MAX_MESSAGE = 1 << 18
STARTS = 10
UNWANTED_TRANSPORTS = ("http", "mqtt", "nanomsg", "rabbitmq", "websockets")

Json = dict[str, Any]


def installed() -> bool:
    """Say whether Janus is here."""
    return shutil.which("janus") is not None and PLUGINS.is_dir()


def _configure(folder: Path) -> None:
    """Write the configuration: what is not said is Janus' own choice."""
    away = ", ".join(f"libjanus_{name}.so" for name in UNWANTED_TRANSPORTS)
    keep = "libjanus_videoroom.so"
    others = ", ".join(
        sorted(path.name for path in (PLUGINS / "plugins").glob("*.so") if path.name != keep)
    )
    (folder / "janus.jcfg").write_text(
        "general: {\n"
        f'  configs_folder = "{folder}"\n'
        f'  plugins_folder = "{PLUGINS}/plugins"\n'
        f'  transports_folder = "{PLUGINS}/transports"\n'
        "  debug_level = 4\n  event_loops = 1\n  broadcast = false\n}\n"
        'nat: { ice_lite = true\n  ipv6 = false\n  ice_ignore_list = "vmnet" }\n'
        f'plugins: {{ disable = "{others}" }}\n'
        f'transports: {{ disable = "{away}" }}\n'
    )
    (folder / "janus.transport.pfunix.jcfg").write_text(
        "general: { enabled = true\n"
        f'  json = "compact"\n  path = "{folder}/socket"\n  type = "SOCK_SEQPACKET" }}\n'
        "admin: { admin_enabled = false }\n"
    )
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: {}\n")


class Janus:
    """One session with a running Janus."""

    def __init__(self, process: "subprocess.Popen[bytes]", sock: socket.socket) -> None:
        self.pid = process.pid
        self._sock = sock
        self._numbers = itertools.count(1)
        self._waiting: dict[str, tuple[str, asyncio.Future[Json]]] = {}
        self._session = 0

    async def read(self) -> None:
        """Hand answers to whoever waits for them, for ever."""
        loop = asyncio.get_running_loop()
        while said := await loop.sock_recv(self._sock, MAX_MESSAGE):
            message: Json = json.loads(said)
            wanted, future = self._waiting.get(message.get("transaction", ""), ("", None))
            if future is not None and message["janus"] in (wanted, "error"):
                future.set_result(message)
                del self._waiting[message["transaction"]]

    async def ask(self, wanted: str, message: Json) -> Json:
        """Send a request and return the message of the kind that settles it."""
        transaction = str(next(self._numbers))
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[transaction] = wanted, future
        if self._session:
            message["session_id"] = self._session
        text = json.dumps({**message, "transaction": transaction}).encode()
        await asyncio.get_running_loop().sock_sendall(self._sock, text)
        async with asyncio.timeout(20.0):
            said = await future
        data = said.get("plugindata", {}).get("data", {})
        if said["janus"] == "error" or "error" in data:
            raise RuntimeError(f"Janus refused {message}: {said}")
        return said

    async def open(self) -> None:
        """Make the session and the room."""
        self._session = (await self.ask("success", {"janus": "create"}))["data"]["id"]
        handle = await self.handle()
        room = {"request": "create", "room": ROOM, "publishers": 64, "audiocodec": "opus"}
        await self.ask("success", {"janus": "message", "handle_id": handle, "body": room})

    async def handle(self) -> int:
        """Return a new handle: one peer connection."""
        said = await self.ask("success", {"janus": "attach", "plugin": "janus.plugin.videoroom"})
        number: int = said["data"]["id"]
        return number

    async def _tell(self, handle: int, body: Json, jsep: Json | None = None) -> Json:
        message: Json = {"janus": "message", "handle_id": handle, "body": body}
        if jsep is not None:
            message["jsep"] = jsep
        return await self.ask("event", message)

    async def publish(self, offer: str) -> tuple[int, str]:
        """Take in a talker; return its feed and Janus' answer."""
        handle = await self.handle()
        joined = await self._tell(handle, {"request": "join", "ptype": "publisher", "room": ROOM})
        said = await self._tell(handle, {"request": "publish"}, {"type": "offer", "sdp": offer})
        return joined["plugindata"]["data"]["id"], said["jsep"]["sdp"]

    async def subscribe(self, feeds: list[int]) -> tuple[int, str]:
        """Take in a listener to these feeds; return its handle and Janus' offer."""
        handle = await self.handle()
        streams = [{"feed": feed} for feed in feeds]
        body = {"request": "join", "ptype": "subscriber", "room": ROOM, "streams": streams}
        said = await self._tell(handle, body)
        return handle, said["jsep"]["sdp"]

    async def start(self, handle: int, answer: str) -> None:
        """Take a listener's answer."""
        await self._tell(handle, {"request": "start"}, {"type": "answer", "sdp": answer})


async def _start(folder: Path, core: int) -> tuple["subprocess.Popen[bytes]", socket.socket]:
    """Start Janus and connect; now and then it does not find its own transport at first."""
    command = ["taskset", "-c", str(core), "janus", "-F", str(folder)]
    for _ in range(STARTS):
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(  # noqa: ASYNC220 -- before there is anything to delay
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        while process.poll() is None:
            with contextlib.suppress(OSError):
                sock.connect(os.fspath(folder / "socket"))
                return process, sock
            await asyncio.sleep(0.05)
        sock.close()
    raise RuntimeError((folder / "log").read_text()[-2000:])


@contextlib.asynccontextmanager
async def running_janus(folder: Path, core: int) -> AsyncIterator[Janus]:
    """Run Janus on one core as long as the block lasts."""
    _configure(folder)
    process, sock = await _start(folder, core)
    try:
        sock.setblocking(False)
        janus = Janus(process, sock)
        reading = asyncio.ensure_future(janus.read())
        await janus.open()
        yield janus
        reading.cancel()
        sock.close()
    finally:
        process.terminate()
        try:
            process.wait(5.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
