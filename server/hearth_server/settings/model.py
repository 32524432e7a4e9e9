"""What an operator may set: one documented field each, frozen once read."""

import ipaddress
import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hearth_server.settings.rooms import DEFAULT_ROOM, RoomSettings

DEFAULT_PORT = 8460
ENV_PREFIX = "HEARTH_"


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
    database: SecretStr | None = Field(
        None,
        description="Where people and groups are kept; by default the file hearth.db in data_dir.",
        examples=["postgresql://hearth:secret@127.0.0.1/hearth"],
    )
    lan: bool = Field(
        False,
        description="Serve the local network: listen on all interfaces, https always.",
        examples=[True],
    )
    http_port: int = Field(
        8462,
        ge=0,
        le=65535,
        description="With lan: port of the plain-http page that leads to https.",
    )
    cert: Path | None = Field(
        None, description="Certificate chain (PEM) to serve https with.", examples=["cert.pem"]
    )
    key: Path | None = Field(None, description="Private key (PEM) of cert.", examples=["key.pem"])
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
    voice: bool = Field(
        True, description="Let people hear each other; off leaves text only.", examples=[False]
    )
    voice_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description="UDP and TCP port for voice; by default the one after port.",
        examples=[8461],
    )
    voice_advertise: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses at which voice is reached from outside, comma-separated or the "
        "flag repeated; by default those of this machine that it listens on.",
        examples=["203.0.113.7,192.168.1.20"],
    )
    voice_plane: Literal["auto", "numba", "python"] = Field(
        "auto", description="How voice packets are forwarded; auto takes the compiled way."
    )
    turn_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="TURN servers for those whose network lets nothing else through.",
        examples=["turn:turn.example.org:3478"],
    )
    turn_secret: SecretStr | None = Field(
        None,
        description="Secret shared with the TURN server, which makes credentials that expire.",
        examples=["static-auth-secret"],
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

    @field_validator("trusted_proxies", "voice_advertise", "turn_urls", mode="before")
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

    @field_validator("voice_advertise")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            try:
                ipaddress.ip_address(entry)
            except ValueError:
                raise PydanticCustomError(
                    "address", "'{entry}' is no IP address", {"entry": entry}
                ) from None
        return value

    @field_validator("turn_urls")
    @classmethod
    def _are_turn_urls(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            if not re.fullmatch(r"(turns?|stun):[^\s]{1,290}", entry):
                raise PydanticCustomError(
                    "turn_url", "'{entry}' is no turn:, turns: or stun: URL", {"entry": entry}
                )
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
                "pair",
                "{present} is set but {missing} is not",
                {"present": present, "missing": missing},
            )
        for path in (self.cert, self.key):
            if path is not None and not path.is_file():
                raise PydanticCustomError("no_file", "there is no file {path}", {"path": str(path)})
        return self

    @model_validator(mode="after")
    def _turn_with_secret(self) -> Self:
        if self.turn_secret is None and any(url.startswith("turn") for url in self.turn_urls):
            raise PydanticCustomError(
                "pair",
                "{present} is set but {missing} is not",
                {"present": "turn_urls", "missing": "turn_secret"},
            )
        return self

    @property
    def bind_host(self) -> str:
        """Address actually listened on: `lan` opens the default host to the network."""
        return "0.0.0.0" if self.lan and self.host in ("127.0.0.1", "localhost") else self.host

    @property
    def loopback_only(self) -> bool:
        """Whether nothing but this machine can reach the node directly."""
        return is_loopback(self.bind_host)

    @property
    def https(self) -> bool:
        """Whether the main port speaks https."""
        return self.lan or self.cert is not None


@lru_cache(maxsize=4096)  # asked several times for each request
def is_loopback(host: str) -> bool:
    """Say whether a host name or address means this machine only."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
