"""Puts flags, environment, file and defaults together, and explains in one line what cannot work.

Precedence: flags > environment (`HEARTH_*`) > TOML file > defaults. A fault names the key, where
it was set, what is wrong and the fix.
"""

import difflib
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsError,
)

from hearth_server.settings.model import ENV_PREFIX, Settings
from hearth_server.settings.rooms import Bounds, RoomSettings, SpawnPoint


class ConfigFault(Exception):
    """The settings cannot work; the message names key, problem and fix in one line."""


def load_settings(flags: Mapping[str, object], config: Path | None = None) -> Settings:
    """Put flags, `HEARTH_*` variables and the TOML file together.

    Args:
        flags: only those given on the command line, by field name.
        config: the TOML file; None reads `HEARTH_CONFIG`, and without it no file.

    Raises:
        ConfigFault: one line that names the key and the fix.
    """
    if config is None and os.environ.get("HEARTH_CONFIG"):
        config = Path(os.environ["HEARTH_CONFIG"])
    file_values = _read_toml(config) if config is not None else {}

    class Layered(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (init_settings, env_settings, InitSettingsSource(settings_cls, file_values))

    try:
        return Layered(**dict(flags))  # type: ignore[arg-type]
    except ValidationError as error:
        origin = _Origin(flags, file_values, config)
        raise ConfigFault(_one_line(error.errors()[0], origin)) from None
    except SettingsError as error:  # a HEARTH_ variable that should be JSON and is not
        key = str(error).split('"')[1]
        raise ConfigFault(
            f"{ENV_PREFIX}{key.upper()}: is not valid JSON. Fix: correct it, or set {key} in the "
            "config file."
        ) from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigFault(
            f"{path}: there is no such config file. Fix: create it or correct --config."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigFault(
            f"{path}: cannot be read ({error}). Fix: make it a readable UTF-8 file."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigFault(f"{path}: not valid TOML: {error}. Fix: correct that line.") from None


class _Origin:
    """Tells where the value of a key came from, in the operator's words."""

    def __init__(
        self, flags: Mapping[str, object], file_values: Mapping[str, object], path: Path | None
    ) -> None:
        self._flags = flags
        self._file_values = file_values
        self._path = path

    def describe(self, loc: Sequence[int | str]) -> str:
        top = str(loc[0])
        dotted = _dotted(loc)
        if top in self._flags:
            return f"--{top.replace('_', '-')}" + dotted[len(top) :]
        if any(name.upper() == ENV_PREFIX + top.upper() for name in os.environ):
            return f"{ENV_PREFIX}{top.upper()}" + dotted[len(top) :]
        if top in self._file_values:
            return f"{self._path}: {dotted}"
        return dotted


def _dotted(loc: Sequence[int | str]) -> str:
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text


def _one_line(detail: ErrorDetails, origin: _Origin) -> str:
    loc = detail["loc"] or (_pair_key(detail),)
    key = origin.describe(loc)
    if detail["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(loc[-1]), _known_keys(loc), n=1)
        hint = f"did you mean '{near[0]}'?" if near else "remove it."
        return f"{key}: unknown key. Fix: {hint}"
    problem = detail["msg"].removeprefix("Input ").removeprefix("Value ").removeprefix("String ")
    given = detail.get("input")
    shown = f" (it is {given!r})" if isinstance(given, str | int | float | bool) else ""
    if detail["type"] == "missing":
        return f"{key}: is missing. Fix: add it{_example(loc)}."
    if loc[0] == "operator_key":
        shown = ""  # a secret is not repeated, not even a wrong one
    return f"{key}: {problem}{shown}. Fix: {_fix(detail, loc)}."


def _fix(detail: ErrorDetails, loc: Sequence[int | str]) -> str:
    match detail["type"]:
        case "pair":
            return f"set {detail['ctx']['missing']} too, or neither"
        case "no_file":
            return "correct the path or make the file"
        case "room_twice":
            return "give each room its own id"
        case _:
            return f"correct it{_example(loc)}"


def _pair_key(detail: ErrorDetails) -> str:
    return str(detail.get("ctx", {}).get("present", "cert"))


def _model_at(loc: Sequence[int | str]) -> type[BaseModel]:
    """Return the model whose fields the last part of `loc` names."""
    inside: dict[str, type[BaseModel]] = {
        "rooms": RoomSettings,
        "bounds": Bounds,
        "spawn_points": SpawnPoint,
    }
    model: type[BaseModel] = Settings
    for part in loc[:-1]:
        model = inside.get(str(part), model)
    return model


def _known_keys(loc: Sequence[int | str]) -> list[str]:
    return list(_model_at(loc).model_fields)


def _example(loc: Sequence[int | str]) -> str:
    field = _model_at(loc).model_fields.get(str(loc[-1]))
    if field is None:
        return ""
    value = field.examples[0] if field.examples else field.default
    if isinstance(value, bool):
        return f", for example {loc[-1]} = {str(value).lower()}"
    if isinstance(value, str | Path):
        return f', for example {loc[-1]} = "{value}"' if str(value) else ""
    return f", for example {loc[-1]} = {value}" if isinstance(value, int | float) else ""
