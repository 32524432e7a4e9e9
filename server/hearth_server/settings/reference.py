"""Writes the reference page of all settings from the model, so that it cannot go stale."""

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hearth_server.settings.model import ENV_PREFIX, Settings
from hearth_server.settings.rooms import RoomSettings

_HEAD = """\
# Settings

<!-- Written by `hearth config --reference`; a test compares. -->

A setting can come from a flag of `hearth serve`, from the environment, or from a TOML file given
by `--config FILE` or `HEARTH_CONFIG`. The first of these that names it wins; otherwise the default
holds. `hearth config --config FILE` checks a file and prints what would be used. A setting that
cannot work stops the start with one line (exit code 2) that names the key, where it was set and
the fix.

| Key | Flag | Environment | Default | Meaning |
|---|---|---|---|---|
"""

_ROOMS = """
## Rooms

Rooms are tables in the file. Without any there is one, `campfire`.

```toml
port = 8460

[[rooms]]
id = "campfire"
name = "Campfire"
description = "A clearing with a fire. Sit down, say hello."

[[rooms]]
id = "yoga"
name = "Morning yoga"
capacity = 16
bounds = { min = [-10, -0.5, -10], max = [10, 4, 10] }
spawn_points = [{ x = 0, z = 4 }, { x = 2, z = 4, yaw_deg = 20 }]
```

Metres; y is up; a `yaw_deg` of 0 looks along -z, and grows to the left. A room's `id` is part of
its lasting link `/r/<id>`.

| Key | Default | Meaning |
|---|---|---|
"""


def reference_page() -> str:
    """Return docs/operations/settings.md."""
    rows = []
    for name, field in Settings.model_fields.items():
        # Rooms have a structure that no flag can carry.
        flag = f"`{_flag(name, field)}`" if name != "rooms" else ""
        cells = (f"`{name}`", flag, f"`{ENV_PREFIX}{name.upper()}`", _default(name, field))
        rows.append(f"| {' | '.join(cells)} | {field.description} |")
    return _HEAD + "\n".join(rows) + "\n" + _ROOMS + "\n".join(_room_rows(RoomSettings)) + "\n"


def _flag(name: str, field: FieldInfo) -> str:
    flag = name.replace("_", "-")
    if field.annotation is bool:
        return f"--{flag}`, `--no-{flag}"
    return f"--{flag}"


def _default(name: str, field: FieldInfo) -> str:
    if name == "rooms":
        return "one campfire"
    if field.default is None:
        return "none"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    if isinstance(field.default, tuple):
        return f"`{','.join(field.default)}`"
    return f"`{field.default}`"


def _room_rows(model: type[BaseModel]) -> list[str]:
    rows = []
    for name, field in model.model_fields.items():
        match name:
            case "id":
                default = "required"
            case "bounds":
                default = "`{ min = [-16, -0.5, -16], max = [16, 6, 16] }`"
            case "spawn_points":
                default = "12 points around the fire, 4 m away, facing it"
            case "name":
                default = "the id"
            case "description":
                default = "none"
            case _:
                default = _default(name, field)
        rows.append(f"| `{name}` | {default} | {field.description} |")
    return rows
