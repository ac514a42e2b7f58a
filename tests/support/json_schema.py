"""As much of JSON Schema as our own schemas use; a keyword it does not know is a KeyError."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
_NOTES = {"$schema", "$defs", "title", "description", "format", "default"}
_NESTED = {"$ref", "anyOf", "properties", "additionalProperties", "items"}


def _is_of(value: Any, wanted: str | list[str]) -> bool:
    names = wanted if isinstance(wanted, list) else [wanted]
    if isinstance(value, bool):  # which Python takes for a number
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


# What each rule is about, and whether a value of that kind keeps it.
_RULES: dict[str, tuple[Any, Callable[[Any, Any], bool]]] = {
    "const": (object, lambda value, wanted: value == wanted),
    "enum": (object, lambda value, wanted: value in wanted),
    "type": (object, _is_of),
    "required": (dict, lambda value, wanted: set(wanted) <= value.keys()),
    "minimum": (int | float, lambda value, wanted: value >= wanted),
    "maximum": (int | float, lambda value, wanted: value <= wanted),
    "minItems": (list, lambda value, wanted: len(value) >= wanted),
    "maxItems": (list, lambda value, wanted: len(value) <= wanted),
    "minLength": (str, lambda value, wanted: len(value) >= wanted),
    "maxLength": (str, lambda value, wanted: len(value) <= wanted),
    "pattern": (str, lambda value, wanted: re.search(wanted, value) is not None),
}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> list[str]:
    """What is wrong with a value, and where; nothing if it is valid."""
    found = []
    for keyword in schema.keys() - _NOTES - _NESTED:
        kind, is_kept = _RULES[keyword]
        if isinstance(value, kind) and not is_kept(value, schema[keyword]):
            found.append(f"{at}: {value!r} against {keyword} {schema[keyword]!r}")
    for name, part, its_schema in _parts(value, schema, root):
        found += faults(part, its_schema, root, at + name)
    tried = [faults(value, each, root, at) for each in schema.get("anyOf", [])]
    if [] not in tried:
        found += [fault for each in tried for fault in each]
    return found


def _parts(
    value: Any, schema: dict[str, Any], root: dict[str, Any]
) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """What is inside a value, with the schema that it is to keep."""
    if "$ref" in schema:
        *_, folder, name = schema["$ref"].split("/")
        schemas = root["components"]["schemas"] if folder == "schemas" else root["$defs"]
        yield "", value, schemas[name]
    if isinstance(value, dict):
        named, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        yield from ((f"/{name}", each, named.get(name, others)) for name, each in value.items())
    if isinstance(value, list) and "items" in schema:
        yield from ((f"/{number}", each, schema["items"]) for number, each in enumerate(value))
