"""What is asked of voice in a run: who talks, who listens, and through what client."""

from dataclasses import dataclass
from typing import Literal, get_args

from hearth_loadtest.errors import UsageFault

Client = Literal["light", "aiortc"]

#: A complete WebRTC stack in Python takes a hundred times what the light client takes.
MOST_AIORTC = 16
_EXAMPLE = "write e.g. talkers=6 or talkers=6,listeners=20,client=light"


@dataclass(frozen=True)
class VoiceWish:
    """How many talk and listen.

    Attributes:
        talkers: Bots with an open microphone.
        listeners: Bots that listen; None for all, and talkers may be among them.
        client: What they connect with.
    """

    talkers: int
    listeners: int | None = None
    client: Client = "light"

    @staticmethod
    def parse(text: str, users: int) -> "VoiceWish":
        """Read `talkers=N[,listeners=M][,client=light|aiortc]`.

        Raises:
            UsageFault: It cannot be read, or asks for more than there are bots.
        """
        values: dict[str, str] = {}
        for part in text.split(","):
            name, _, value = part.strip().partition("=")
            if name not in {"talkers", "listeners", "client"} or name in values:
                raise UsageFault(f"--voice: cannot read {part.strip()!r}; {_EXAMPLE}")
            values[name] = value.strip()
        client = values.get("client", "light")
        if client not in get_args(Client):
            raise UsageFault(f"--voice: no client {client!r}; there are light and aiortc")
        numbers = {name: values[name] for name in ("talkers", "listeners") if name in values}
        if "talkers" not in numbers or not all(number.isdigit() for number in numbers.values()):
            raise UsageFault(f"--voice {text}: say how many talk; {_EXAMPLE}")
        counts = {name: int(number) for name, number in numbers.items()}
        if not 1 <= counts["talkers"] <= users or counts.get("listeners", 0) > users:
            raise UsageFault(f"--voice {text}: there are {users} bots")
        wish = VoiceWish(counts["talkers"], counts.get("listeners"), client)  # type: ignore[arg-type]
        most = max(wish.talkers, users if wish.listeners is None else wish.listeners)
        if client == "aiortc" and most > MOST_AIORTC:
            raise UsageFault(
                f"--voice: client=aiortc is for compatibility, {MOST_AIORTC} bots at most; "
                "add listeners=… or take client=light"
            )
        return wish
