"""What a crowd does, as small TOML files: who stands, sits or walks, and where.

A scenario is one of the presets shipped beside this module or a file of the operator's.
"""

import tomllib
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from hearth_loadtest.clips import Body, Posture
from hearth_loadtest.errors import UsageFault

PLACEMENTS = ("plaza", "circle", "class")
_POSTURES = {posture.name.lower(): posture for posture in Posture}


@dataclass(frozen=True)
class Part:
    """A kind of body and how much of the crowd it is."""

    body: Body
    share: float


@dataclass(frozen=True)
class Scenario:
    """A crowd's behaviour.

    Attributes:
        name: What reports call it.
        summary: One line for people.
        placement: One of `PLACEMENTS`.
        neighbours: How many others are to be within reach (plaza only).
        parts: Kinds of bodies, shares summing to 1.
        leader: The body of the first bot of each room (class only), if it differs.
    """

    name: str
    summary: str
    placement: str
    neighbours: float
    parts: tuple[Part, ...]
    leader: Body | None = None

    def with_neighbours(self, neighbours: float) -> "Scenario":
        """The same, at another density."""
        return replace(self, neighbours=neighbours)


def presets() -> list[str]:
    """Names of the scenarios that are shipped."""
    folder = resources.files("hearth_loadtest") / "scenarios"
    return sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load_scenario(name_or_file: str) -> Scenario:
    """Read a preset by name, or a file.

    Raises:
        UsageFault: There is no such scenario, or the file does not say what it has to.
    """
    if name_or_file in presets():
        text = (
            resources.files("hearth_loadtest") / "scenarios" / f"{name_or_file}.toml"
        ).read_text()
    else:
        path = Path(name_or_file)
        if path.suffix != ".toml" or not path.is_file():
            raise UsageFault(
                f"no scenario {name_or_file!r}: choose {', '.join(presets())} or give a .toml file"
            )
        text = path.read_text(encoding="utf-8")
    try:
        return _scenario(tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        raise UsageFault(f"scenario {name_or_file}: {fault}") from fault
    except (KeyError, TypeError, ValueError) as fault:
        raise UsageFault(f"scenario {name_or_file}: {_explain(fault)}") from fault


def _explain(fault: Exception) -> str:
    return f"`{fault.args[0]}` is missing" if isinstance(fault, KeyError) else str(fault)


def _body(table: dict[str, Any]) -> Body:
    posture = str(table["posture"])
    if posture not in _POSTURES:
        raise ValueError(f"`posture` must be one of {', '.join(_POSTURES)}, not {posture!r}")
    return Body(
        _POSTURES[posture], bool(table.get("walking", False)), float(table.get("liveliness", 1.0))
    )


def _scenario(table: dict[str, Any]) -> Scenario:
    placement = str(table["placement"])
    if placement not in PLACEMENTS:
        raise ValueError(f"`placement` must be one of {', '.join(PLACEMENTS)}, not {placement!r}")
    parts = [Part(_body(each), float(each.get("share", 1.0))) for each in table["bodies"]]
    total = sum(part.share for part in parts)
    if not parts or total <= 0:
        raise ValueError("`bodies` need shares above 0")
    return Scenario(
        name=str(table["name"]),
        summary=str(table.get("summary", "")),
        placement=placement,
        neighbours=float(table.get("neighbours", 32)),
        parts=tuple(Part(part.body, part.share / total) for part in parts),
        leader=_body(table["leader"]) if "leader" in table else None,
    )
