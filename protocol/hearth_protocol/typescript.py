"""Writes the TypeScript types of the control messages: `python -m hearth_protocol.typescript`.

With `--check` it writes nothing and fails when the file is stale. Development only; the types come
from the JSON schema of the models, the constants from `limits` and `errors`.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final, get_args

from hearth_protocol import limits as L
from hearth_protocol.control import (
    CLIENT_ADAPTER,
    CLIENT_MESSAGES,
    SERVER_ADAPTER,
    SERVER_MESSAGES,
)
from hearth_protocol.errors import CloseCode, ErrorCode, Return
from hearth_protocol.fields import Device, ReactionKind
from hearth_protocol.version import SUBPROTOCOL, VERSION

TARGET: Final = Path(__file__).parents[2] / "clients/webxr/src/protocol/control.gen.ts"
_PLAIN: Final = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
}
_LIMITS: Final = {
    "messageUpBytes": L.MAX_UP,
    "messageDownBytes": L.MAX_DOWN,
    "poseBytes": L.POSE_BYTES,
    "snapshotHeaderBytes": L.SNAPSHOT_HEADER_BYTES,
    "lanes": L.MAX_LANES,
    "coarse": L.MAX_COARSE,
    "nameLength": L.NAME_LENGTH,
    "chatLength": L.CHAT_LENGTH,
    "textLength": L.TEXT_LENGTH,
    "tokenLength": L.TOKEN_LENGTH,
    "features": L.FEATURES_MAX,
    "rosterPage": L.ROSTER_PAGE,
    "requests": L.REQUESTS_MAX,
    "voiceSlots": L.VOICE_SLOTS,
    "sdpLength": L.SDP_LENGTH,
    "captionLength": L.CAPTION_LENGTH,
    "earmuffMaxM": L.EARMUFF_MAX_M,
    "partIdLength": L.PART_ID_LENGTH,
    "places": L.PLACES_MAX,
    "zones": L.ZONES_MAX,
    "spawnPoints": L.SPAWN_MAX,
    "objects": L.OBJECTS_MAX,
    "objectReachM": L.OBJECT_REACH_M,
    "objectMovesPerS": L.OBJECT_MOVES_PER_S,
    "lineLength": L.LINE_LENGTH,
    "lineKeyLength": L.LINE_KEY_LENGTH,
    "boundaryMinM": L.BOUNDARY_MIN_M,
    "boundaryMaxM": L.BOUNDARY_MAX_M,
    "eventTitleLength": L.EVENT_TITLE_LENGTH,
    "poseIdLength": L.POSE_ID_LENGTH,
    "cueTextLength": L.CUE_TEXT_LENGTH,
    "cues": L.CUES_MAX,
    "cuesPage": L.CUES_PAGE,
    "alternatives": L.ALTERNATIVES_MAX,
    "planMs": L.PLAN_MS_MAX,
    "cueLeadMs": L.CUE_LEAD_MS,
    "staged": L.STAGED_MAX,
    "handsShown": L.HANDS_SHOWN,
    "mats": L.MATS_MAX,
    "waitingShown": L.WAITING_SHOWN,
    "patternMax": L.PATTERN_MAX,
    "pingEveryS": L.PING_EVERY_S,
    "silenceTimeoutS": L.SILENCE_TIMEOUT_S,
    "resumeTtlS": L.RESUME_TTL_S,
    "helloTimeoutS": L.HELLO_TIMEOUT_S,
    "speedMaxMS": L.SPEED_MAX_M_S,
    "reachMaxM": L.REACH_MAX_M,
    "teleportMaxM": L.TELEPORT_MAX_M,
    "teleportsMaxPerS": L.TELEPORTS_MAX_PER_S,
}


def _type(schema: dict[str, Any]) -> str:
    """Give the TypeScript type of one field's schema."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "const" in schema or "enum" in schema:
        return " | ".join(json.dumps(v) for v in schema.get("enum", [schema.get("const")]))
    return _array(schema) if schema["type"] == "array" else _PLAIN[schema["type"]]


def _array(schema: dict[str, Any]) -> str:
    if "prefixItems" in schema:
        return "[" + ", ".join(_type(one) for one in schema["prefixItems"]) + "]"
    inner = _type(schema["items"])
    return f"({inner})[]" if " " in inner else f"{inner}[]"


def _limit_note(schema: dict[str, Any]) -> str:
    given = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    notes = []
    if "minimum" in given or "maximum" in given:
        notes.append(f"{given.get('minimum', '')} … {given.get('maximum', '')}".strip())
    if "maxLength" in given:
        notes.append(f"{given.get('minLength', 0)} … {given['maxLength']} characters")
    if "maxItems" in given and "prefixItems" not in given:
        notes.append(f"at most {given['maxItems']}")
    return ", ".join(notes)


def _interface(name: str, schema: dict[str, Any]) -> str:
    required = {*schema.get("required", ()), "t"}
    lines = [f"/** {schema['description'].splitlines()[0]} */", f"export interface {name} {{"]
    for field, one in schema["properties"].items():
        nullable = any(option.get("type") == "null" for option in one.get("anyOf", ()))
        mark = "" if field in required and not nullable else "?"
        note = _limit_note(one)
        lines += [f"  /** {note} */"] if note else []
        lines.append(f"  {field}{mark}: {_type(one)};")
    return "\n".join([*lines, "}"])


def _union(name: str, comment: str, members: list[str]) -> str:
    return (
        f"/** {comment} */\nexport type {name} =\n" + "\n".join(f"  | {m}" for m in members) + ";"
    )


def _names(name: str, comment: str, values: list[str]) -> str:
    inside = "".join(f"  {json.dumps(value)},\n" for value in values)
    return f"/** {comment} */\nexport const {name} = [\n{inside}] as const;"


def _close_codes() -> str:
    rows = "".join(
        f"  {code.label}: {{\n    code: {int(code)},\n"
        f"    again: {json.dumps(code.back.value)},\n"
        f"    text: {json.dumps(code.advice, ensure_ascii=False)},\n  }},\n"
        for code in CloseCode
    )
    kinds = " | ".join(json.dumps(one.value) for one in Return)
    return (
        "/** Close codes by name: what to say, and what to do by itself (WIRE section 6). */\n"
        f"export const CLOSE_CODES = {{\n{rows}}} as const satisfies Record<\n  string,\n"
        f"  {{ code: number; again: {kinds}; text: string }}\n>;\n"
        "export type CloseName = keyof typeof CLOSE_CODES;"
    )


def generate() -> str:
    """Give the whole file."""
    up = CLIENT_ADAPTER.json_schema(by_alias=True, mode="validation")["$defs"]
    down = SERVER_ADAPTER.json_schema(by_alias=True, mode="serialization")["$defs"]
    client = [model.__name__ for model in CLIENT_MESSAGES.values()]
    server = [model.__name__ for model in SERVER_MESSAGES.values()]
    limits = "".join(f"  {name}: {value:.9g},\n" for name, value in _LIMITS.items())
    parts = [
        "// Generated by `python -m hearth_protocol.typescript`; edit the models, not this file.",
        f"export const PROTOCOL_VERSION = {VERSION};",
        f"export const SUBPROTOCOL = {json.dumps(SUBPROTOCOL)};",
        "/** Limits of the wire (WIRE section 10). */\n"
        f"export const WIRE_LIMITS = {{\n{limits}}} as const;",
        _names("DEVICES", "Kinds of devices.", list(get_args(Device))),
        _names("REACTION_KINDS", "Reactions.", list(get_args(ReactionKind))),
        _names("ERROR_CODES", "Codes of `error` messages; others may come.", list(ErrorCode)),
        _close_codes(),
        *(_interface(name, schema) for name, schema in sorted((down | up).items())),
        _union("ClientMessage", "What a client may send.", client),
        _union("ServerMessage", "What a server may send.", server),
    ]
    return "\n\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or with `--check` compare it; give the exit status."""
    fresh = generate()
    if "--check" not in arguments:
        TARGET.write_text(fresh, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == fresh:
        return 0
    sys.stderr.write(f"{TARGET.name} is stale: run python -m hearth_protocol.typescript\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
