"""Renders what the code says as the cells that WIRE.md's tables must hold."""

from typing import Any, Literal

from pydantic import TypeAdapter

from hearth_protocol.control import CLIENT_MESSAGES
from hearth_protocol.fields import WireModel


def _reference(schema: dict[str, Any]) -> str:
    return schema["$ref"].rsplit("/", 1)[1]


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return f"`{_reference(schema)}`"
    if "const" in schema:
        return "text"
    if "enum" in schema:
        return "text"
    if schema["type"] == "array" and "prefixItems" in schema:
        return f"{len(schema['prefixItems'])} numbers"
    if schema["type"] == "array":
        return f"list of {_type(schema['items'])}"
    names = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean"}
    return names[schema["type"]]


def _limits(schema: dict[str, Any]) -> str:
    said = []
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " ".join(f"`{value}`" for value in schema["enum"])
    if "minimum" in schema or "maximum" in schema:
        said.append(f"{schema.get('minimum', '')} … {schema.get('maximum', '')}".strip())
    if "exclusiveMinimum" in schema:
        said.append(f"> {schema['exclusiveMinimum']}")
    if "minLength" in schema or "maxLength" in schema:
        said.append(f"{schema.get('minLength', 0)} … {schema['maxLength']} characters")
    if "maxItems" in schema and "prefixItems" not in schema:
        said.append(f"≤ {schema['maxItems']}")
    if schema.get("type") == "array" and "items" in schema:
        inner = _limits(schema["items"])
        said += [f"each {inner}"] if inner else []
    patterns = {
        "^#[0-9a-fA-F]{6}$": "`#rrggbb`",
        "^[a-z][a-z0-9_]*$": "snake_case",
        "^[a-z][a-z0-9-]*$": "kebab-case",
    }
    if schema.get("pattern") in patterns:
        said.append(patterns[schema["pattern"]])
    return ", ".join(said)


def rows_of(model: type[WireModel]) -> list[tuple[str, str, str]]:
    """Field, type and limits of each field; a `?` marks one that may be absent.

    What the server writes always has the fields that have a default.
    """
    mode: Literal["validation", "serialization"] = "serialization"
    if model in CLIENT_MESSAGES.values():
        mode = "validation"
    schema = TypeAdapter(model).json_schema(by_alias=True, mode=mode)
    required = set(schema.get("required", ()))
    rows = []
    for name, field in schema["properties"].items():
        given = field
        if "anyOf" in field:
            (given,) = [option for option in field["anyOf"] if option.get("type") != "null"]
        optional = name not in required and name != "t"
        optional = optional or field is not given
        rows.append((f"`{name}`{'?' if optional else ''}", _type(given), _limits(given)))
    return rows
