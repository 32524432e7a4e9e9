"""A node whose people can be put on stage, muted and so on from outside, before rights exist.

`python -m tests.support.staged_node FLAG=VALUE …` serves like `hearth serve` and reads one JSON
order a line from standard input: `{"do": "stage", "who": "Ash", "on": true}`. Each is answered by
`done` on standard output once it has been carried out between two ticks.
"""

import asyncio
import json
import sys
import threading
from pathlib import Path
from typing import Any

from hearth_server import logs
from hearth_server.settings import load_settings
from hearth_server.warmup import prepare_cache


def carry_out(shard: Any, order: dict[str, Any]) -> None:
    """Set one input of the simulation, of most kinds for the person of that name."""
    world = shard.world
    if order["do"] == "leap":
        # The voices' clock alone goes ahead: packets and ticks keep their pace.
        world.voice._clock_ms += round(1000 * order["seconds"])
        return
    (who,) = [one for one in shard.participants.values() if one.person.name == order["who"]]
    match order["do"]:
        case "stage":
            world.set_stage(who.slot, order["on"])
        case "hard_mute":
            world.voice.set_hard_mute(who.slot, order["on"])
            shard.voice.refresh(who)
        case "soft_mute":
            world.voice.set_soft_mute(who.slot, order["on"])
            shard.voice.refresh(who)
        case "bubble":
            world.voice.set_bubble(who.slot, order["bubble"])
        case _:
            raise ValueError(order["do"])


def main() -> None:
    """Serve until a signal."""
    flags = dict(argument.split("=", 1) for argument in sys.argv[1:])
    config = flags.pop("config", None)
    settings = load_settings(flags, Path(config) if config else None)
    logs.configure(settings.log_format, settings.log_level)
    prepare_cache(settings.data_dir)

    from hearth_server.app import Callbacks, Node  # noqa: PLC0415  # after the cache is chosen

    async def serve() -> None:
        node = Node(settings, Callbacks(lambda _: None, lambda _: print("ready", flush=True)))
        loop = asyncio.get_running_loop()

        def listen() -> None:
            for line in sys.stdin:
                order = json.loads(line)

                def act(order: dict[str, Any] = order) -> None:
                    carry_out(node._rooms.shell.rooms, order)  # type: ignore[union-attr]
                    print("done", flush=True)

                loop.call_soon_threadsafe(act)

        threading.Thread(target=listen, daemon=True).start()
        await node.run()

    import uvloop  # noqa: PLC0415

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())


if __name__ == "__main__":
    main()
