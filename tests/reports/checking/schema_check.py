"""Checks a JSON value against the part of JSON Schema that our schema uses; no package is needed for it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import reports.checking

SCHEMA = json.loads((Path(reports.checking.__file__).parent / "schema.json").read_text())
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "null": type(None),
}


def faults(value: Any, schema: Any = SCHEMA, where: str = "") -> list[str]:
    """What does not fit, each with its place; empty when all fits."""
    if "$ref" in schema:
        found = faults(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], where)
        return found + faults(value, {k: v for k, v in schema.items() if k != "$ref"}, where)
    found = []
    if "anyOf" in schema and all(faults(value, each, where) for each in schema["anyOf"]):
        found.append(f"{where}: fits nothing of anyOf")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r} is none of {schema['enum']}")
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(isinstance(value, TYPES[each]) for each in types):
            return [*found, f"{where}: {value!r} is no {types}"]
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{where}: {value!r} does not match")
    if isinstance(value, int) and value < schema.get("minimum", value):
        found.append(f"{where}: {value} is too small")
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{where}: too few")
        for at, each in enumerate(value):
            found += faults(each, schema.get("items", {}), f"{where}/{at}")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [
            f"{where}: {name} is missing"
            for name in schema.get("required", ())
            if name not in value
        ]
        for name, each in value.items():
            if name in known:
                found += faults(each, known[name], f"{where}/{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{where}: {name} is not described")
            elif isinstance(schema.get("additionalProperties"), dict):
                found += faults(each, schema["additionalProperties"], f"{where}/{name}")
    return found
