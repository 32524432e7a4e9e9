"""What a template sets where nobody says otherwise: who is heard, which mats are offered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hearth_server.community.events.records import Audience, EventTemplate, Formation


@dataclass(frozen=True, slots=True)
class Usual:
    """How events of a template begin.

    Attributes:
        audience: by whom those who listen are heard.
        formation: which mats are offered when it begins.
    """

    audience: Audience
    formation: Formation


#: The page has the same ones, to show and change them before anything is kept.
USUAL: Final[Mapping[EventTemplate, Usual]] = {
    "class": Usual("near", "rows"),
    "talk": Usual("nobody", "none"),
}
