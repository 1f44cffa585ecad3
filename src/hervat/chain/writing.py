"""A map as its file has it: TOML, with what holds anyway left out. What `reading` makes of it is the same map."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from hervat.chain.parts import ChainMap, Cut


def as_toml(chain: ChainMap) -> str:
    """The file of a map."""
    return "\n".join(_lines(chain)) + "\n"


def _lines(chain: ChainMap) -> Iterator[str]:
    rows: list[tuple[str, tuple[Struct, ...]]] = []
    for field in msgspec.structs.fields(chain):
        value = getattr(chain, field.name)
        if isinstance(value, str):
            yield f"{field.encode_name} = {_value(value)}"
        elif isinstance(value, tuple):
            rows.append((field.encode_name, value))
        elif isinstance(value, Cut):
            rows.insert(0, (field.encode_name, (value,)))
    for name, parts in rows:
        for part in parts:
            yield from ("", f"[{name}]" if name == "cut" else f"[[{name}]]", *_fields(part))


def _fields(part: Struct) -> Iterator[str]:
    for field in msgspec.structs.fields(part):
        value = getattr(part, field.name)
        if value is not None and value != field.default:
            yield f"{field.encode_name} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Struct):
        return "{ " + ", ".join(_fields(value)) + " }"
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)
