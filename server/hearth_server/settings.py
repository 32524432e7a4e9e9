"""What an operator may set, and how flags, environment, file and defaults are put together.

Precedence: flags > environment (`HEARTH_*`) > TOML file > defaults. Anything that cannot work
becomes one line: the key, where it was set, what is wrong, the fix.
"""

import difflib
import ipaddress
import math
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from hearth_server.errors import ConfigFault

DEFAULT_PORT = 8460
ENV_PREFIX = "HEARTH_"
LOAD_ROOM_CAPACITY = 5_000
# What the wire can carry (WIRE.md 2.1): x and z to ±131.072 m, y to ±16.384 m.
WIRE_REACH_XZ_M = 131.0
WIRE_REACH_Y_M = 16.0

ROOM_ID_PATTERN = r"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$"


class Bounds(BaseModel):
    """The box a room's participants stay in: room-local metres, y up."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min: tuple[float, float, float] = (-16.0, -0.5, -16.0)
    max: tuple[float, float, float] = (16.0, 6.0, 16.0)

    @model_validator(mode="after")
    def _inside_the_wire(self) -> Self:
        reach = (WIRE_REACH_XZ_M, WIRE_REACH_Y_M, WIRE_REACH_XZ_M)
        for axis, low, high, limit in zip("xyz", self.min, self.max, reach, strict=True):
            if not (math.isfinite(low) and math.isfinite(high) and low < high):
                raise PydanticCustomError(
                    "bounds", "min must be below max on {axis}", {"axis": axis}
                )
            if low < -limit or high > limit:
                raise PydanticCustomError(
                    "bounds",
                    "{axis} must lie within ±{limit} m",
                    {"axis": axis, "limit": f"{limit:g}"},
                )
        return self


class SpawnPoint(BaseModel):
    """Where people arrive: floor point in room-local metres and where they look."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    x: float
    z: float
    y: float = 0.0
    yaw_deg: float = Field(0.0, description="Turn about +y in degrees; 0 looks along -z.")


def _ring(count: int, radius_m: float) -> tuple[SpawnPoint, ...]:
    """Return `count` points around the fire, each looking at it."""
    points = []
    for index in range(count):
        angle = 2 * math.pi * index / count
        points.append(
            SpawnPoint(
                x=round(radius_m * math.sin(angle), 3),
                z=round(radius_m * math.cos(angle), 3),
                yaw_deg=round(math.degrees(angle), 3),
            )
        )
    return tuple(points)


class RoomSettings(BaseModel):
    """One room from the config file: `[[rooms]]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(
        pattern=ROOM_ID_PATTERN,
        description="Part of the lasting link `/r/<id>`: lower-case letters, digits, hyphens.",
        examples=["campfire"],
    )
    name: str = Field("", max_length=64, description="Shown on the door; the id if empty.")
    description: str = Field("", max_length=280, description="One or two sentences for newcomers.")
    space: Literal["campfire"] = Field("campfire", description="The design of the room.")
    capacity: int = Field(
        50, ge=1, le=LOAD_ROOM_CAPACITY, description="People in the room at most."
    )
    bounds: Bounds = Field(Bounds(), description="Box people stay in, metres, y up.")
    spawn_points: tuple[SpawnPoint, ...] = Field(
        _ring(12, 4.0), min_length=1, max_length=256, description="Where people arrive, in turn."
    )

    @model_validator(mode="after")
    def _spawn_inside(self) -> Self:
        low, high = self.bounds.min, self.bounds.max
        for index, point in enumerate(self.spawn_points):
            spot = (point.x, point.y, point.z)
            if not all(lo <= at <= hi for lo, at, hi in zip(low, spot, high, strict=True)):
                raise PydanticCustomError(
                    "spawn_point",
                    "spawn_points[{index}] lies outside the bounds",
                    {"index": index},
                )
        return self

    @property
    def title(self) -> str:
        """The name as shown."""
        return self.name or self.id


DEFAULT_ROOM = RoomSettings(
    id="campfire",
    name="Campfire",
    description="A clearing with a fire. Sit down, say hello.",
)


class Settings(BaseSettings):
    """Everything `hearth serve` can be told."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, extra="forbid", frozen=True, validate_default=False
    )

    host: str = Field("127.0.0.1", description="Address to listen on.", examples=["0.0.0.0"])
    port: int = Field(
        DEFAULT_PORT, ge=0, le=65535, description="Port for everything; 0 picks a free one."
    )
    data_dir: Path = Field(
        Path("data"), description="Folder for certificates, keys and compiled kernels."
    )
    lan: bool = Field(
        False,
        description="Serve the local network: listen on all interfaces, https always.",
        examples=[True],
    )
    http_port: int = Field(
        8461,
        ge=0,
        le=65535,
        description="With lan: port of the plain-http page that leads to https.",
    )
    cert: Path | None = Field(
        None, description="Certificate chain (PEM) to serve https with.", examples=["cert.pem"]
    )
    key: Path | None = Field(
        None, description="Private key (PEM) of cert.", examples=["key.pem"]
    )
    proxy_headers: bool = Field(
        False,
        description="Believe X-Forwarded-For and -Proto from trusted_proxies.",
        examples=[True],
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.1", "::1"),
        description="Addresses or networks of reverse proxies; a comma-separated list.",
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+$",
        description="How people reach this node, if not by its own address.",
        examples=["https://hearth.example.org"],
    )
    operator_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="Secret that lets an operator mint tickets in bulk and read metrics.",
        examples=["at-least-16-characters"],
    )
    open_metrics: bool = Field(
        False,
        description="Answer /metrics to anyone, not only to this machine and the operator key.",
        examples=[True],
    )
    tick_rate: int = Field(20, ge=10, le=60, description="Ticks per second.")
    max_participants: int = Field(
        8192, ge=1, le=65536, description="People on this node at most, over all rooms."
    )
    neighbours: int = Field(
        32, ge=1, le=64, description="People each one sees at full detail, at most."
    )
    sight_m: float = Field(
        24.0, gt=0, le=262, description="How far people are seen at full detail, metres."
    )
    tiers: bool = Field(
        True,
        description="Send those farther away less often; off sends everyone in sight every tick.",
        examples=[False],
    )
    stop_timeout_s: float = Field(
        5.0, ge=0, le=300, description="Seconds for people to be told and connections to close."
    )
    log_format: Literal["console", "json"] = Field("console", description="How logs are written.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe log line written."
    )
    rooms: tuple[RoomSettings, ...] = Field(
        (DEFAULT_ROOM,), min_length=1, max_length=10_000, description="The rooms of this node."
    )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            try:
                ipaddress.ip_network(entry, strict=False)
            except ValueError:
                raise PydanticCustomError(
                    "network", "'{entry}' is no address or network", {"entry": entry}
                ) from None
        return value

    @field_validator("rooms")
    @classmethod
    def _room_ids_differ(cls, value: tuple[RoomSettings, ...]) -> tuple[RoomSettings, ...]:
        seen: set[str] = set()
        for room in value:
            if room.id in seen:
                raise PydanticCustomError("room_twice", "room id '{id}' twice", {"id": room.id})
            seen.add(room.id)
        return value

    @model_validator(mode="after")
    def _cert_with_key(self) -> Self:
        if (self.cert is None) != (self.key is None):
            present, missing = ("cert", "key") if self.cert else ("key", "cert")
            raise PydanticCustomError(
                "pair", "{present} is set but {missing} is not", {"present": present,
                                                                   "missing": missing}
            )
        for path in (self.cert, self.key):
            if path is not None and not path.is_file():
                raise PydanticCustomError(
                    "no_file", "there is no file {path}", {"path": str(path)}
                )
        return self

    @property
    def bind_host(self) -> str:
        """Address actually listened on: `lan` opens the default host to the network."""
        return "0.0.0.0" if self.lan and is_loopback(self.host) else self.host

    @property
    def loopback_only(self) -> bool:
        """Whether nothing but this machine can reach the node directly."""
        return is_loopback(self.bind_host)

    @property
    def https(self) -> bool:
        """Whether the main port speaks https."""
        return self.lan or self.cert is not None


def is_loopback(host: str) -> bool:
    """Say whether a host name or address means this machine only."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


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
    except ValueError as error:  # a HEARTH_ variable that should be JSON and is not
        raise ConfigFault(f"{error}. Fix: write it as JSON, or use the config file.") from None


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
            return f"--{top.replace('_', '-')}"
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
    problem = detail["msg"].removeprefix("Input ").removeprefix("Value error, ")
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
    inside = {"rooms": RoomSettings, "bounds": Bounds, "spawn_points": SpawnPoint}
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
