"""The JSON of one's own account: devices, passkeys, headsets, and leaving."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hearth_server.api.answers import example
from hearth_server.api.identity.models import Password, Pattern, RecoveryCode, Token
from hearth_server.api.models import Colour
from hearth_server.api.texts import Language, Name, TimeZone, line_of
from hearth_server.community.accounts import Session, SessionKind
from hearth_server.community.devices import LABEL_MAX
from hearth_server.community.ways_in import Passkey
from hearth_server.services.identity.own import Proof

Label = Annotated[str, Field(max_length=256), AfterValidator(line_of(LABEL_MAX, 0))]
Code = Annotated[str, Field(min_length=1, max_length=32, examples=["KHT4WQ"])]
#: What `navigator.credentials` gave, as JSON; checked by the library that verifies it.
CredentialJson = Annotated[dict[str, Any], Field(max_length=16)]


class ChangeRequest(BaseModel):
    """What one changes about oneself; what is left out stays."""

    model_config = example(name="Robin", primary="#ff9a4d", time_zone="Europe/Berlin")

    name: Name | None = None
    primary: Colour | None = None
    secondary: Colour | None = None
    pattern: Pattern | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None


class PasswordRequest(BaseModel):
    """A new password, and the one until now."""

    model_config = example(current="a lantern at the river", password="two owls on one branch")

    current: Password
    password: Password


class ConfirmRequest(BaseModel):
    """One's password, so that it is really oneself."""

    model_config = example(password="a lantern at the river")

    password: Password


class CodesOut(BaseModel):
    """Recovery codes, shown this one time. Each lets one in once, to choose a new password."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"codes": ["k7qf-2mwd-x5ab-zr4c"]}]})

    codes: list[str]


class DeviceOut(BaseModel):
    """A device that is signed in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "p4fa6xq2ndw7bkzs",
                    "label": "Quest browser",
                    "kind": "headset",
                    "created_ms": 1_800_000_000_000,
                    "seen_ms": 1_800_000_300_000,
                    "current": False,
                }
            ]
        }
    )

    id: str
    label: str
    kind: SessionKind
    created_ms: int
    seen_ms: int
    current: bool

    @classmethod
    def of(cls, session: Session, current: str) -> Self:
        """Show a device to its owner."""
        return cls(
            id=session.id,
            label=session.label,
            kind=session.kind,
            created_ms=session.created_ms,
            seen_ms=session.seen_ms,
            current=session.id == current,
        )


class DevicesOut(BaseModel):
    """Every device that is signed in, the latest used first."""

    items: list[DeviceOut]


class ProofRequest(BaseModel):
    """That it is really oneself: a password, a recovery code, or a passkey's fresh answer.

    A guest has none of them and sends none.
    """

    model_config = example(password="a lantern at the river")

    password: Password | None = None
    recovery_code: RecoveryCode | None = None
    challenge_id: Token | None = None
    credential: CredentialJson | None = None

    def proof(self) -> Proof:
        """Return what the use case wants."""
        return Proof(self.password, self.recovery_code, self.challenge_id, self.credential)


class PasskeyOut(BaseModel):
    """A passkey, by its name."""

    id: str
    name: str
    created_ms: int
    used_ms: int | None

    @classmethod
    def of(cls, passkey: Passkey) -> Self:
        """Show a passkey to its owner."""
        return cls(
            id=passkey.id,
            name=passkey.name,
            created_ms=passkey.created_ms,
            used_ms=passkey.used_ms,
        )


class PasskeysOut(BaseModel):
    """One's passkeys."""

    items: list[PasskeyOut]


class AskedOut(BaseModel):
    """A question for an authenticator: give `options` to `navigator.credentials`."""

    options: dict[str, Any]
    challenge_id: str


class PasskeyRequest(BaseModel):
    """The answer of an authenticator that keeps a new passkey."""

    model_config = example(challenge_id="q4Zp…", credential={"id": "…"}, name="My phone")

    challenge_id: Token
    credential: CredentialJson
    name: Label = ""


class PasskeySignInRequest(BaseModel):
    """The answer of an authenticator that signs somebody in."""

    model_config = example(challenge_id="q4Zp…", credential={"id": "…"})

    challenge_id: Token
    credential: CredentialJson


class PairingRequest(BaseModel):
    """A headset that wants to be signed in from another device."""

    model_config = example(label="Quest in the living room")

    label: Label = ""


class PairingOut(BaseModel):
    """What the headset shows (the code) and what it keeps for itself (the secret)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"code": "KHT4WQ", "secret": "b2N4…", "expires_in_s": 600, "poll_every_s": 3}
            ]
        }
    )

    code: str
    secret: str
    expires_in_s: int
    poll_every_s: int


class PollRequest(BaseModel):
    """The headset asks how far it is."""

    model_config = example(secret="b2N4h0o1v5kq0qv0m8X2c3V9c0Z6tq1bX7rH3aYwTgE")

    secret: Token


class CodeRequest(BaseModel):
    """A code read from a headset; case, spaces and hyphens do not matter."""

    model_config = example(code="KHT4WQ")

    code: Code


class DecisionRequest(BaseModel):
    """Whether the headset that shows a code is one's own."""

    model_config = example(code="KHT4WQ", approve=True)

    code: Code
    approve: bool


class AskingOut(BaseModel):
    """The headset that shows a code: what it calls itself, and since when it waits."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"label": "Quest browser", "asked_ms": 1_800_000_000_000}]}
    )

    label: str
    asked_ms: int
