"""The node's side of the voice worker: starts it, listens to it, replaces it when it dies.

Knows no room and no route: messages go to a callback and come from `send`.
"""

from collections.abc import Callable, Sequence

from hearth_server.clock import Clock
from hearth_server.voice.link import Config, FromNode, FromWorker, Ready


class VoiceSupervisor:
    """Keeps one voice worker running.

    `on_message` is called on the event loop with everything the worker says, in order: `Ready`
    after each start (send the whole route table then: a new worker knows nothing), `Lost` after
    each end (every peer is gone with it; clients must offer anew), `Fault` with a text for the
    operator when it cannot work.

    Args:
        config: what the worker gets; a port of 0 becomes the first worker's port for later ones.
        clock: tells how long the link was silent.
        on_message: receives the worker's messages; must not raise.
        command: how to start a worker; the link's file descriptor number is appended.
    """

    ready: Ready | None

    def __init__(
        self,
        config: Config,
        clock: Clock,
        on_message: Callable[[FromWorker], None],
        command: Sequence[str] = (),
    ) -> None:
        raise NotImplementedError

    async def run(self) -> None:
        """Keep a worker running until `stop` or cancellation; leaves no process behind."""
        raise NotImplementedError

    def send(self, message: FromNode) -> bool:
        """Send to the worker; False (and nothing kept) while none is ready."""
        raise NotImplementedError

    async def stop(self) -> None:
        """End the worker and `run`; returns when the process is gone."""
        raise NotImplementedError
