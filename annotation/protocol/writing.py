"""Writing a protocol as TOML, to be kept with a paper and read back to the same digest."""

import json
from collections.abc import Mapping
from typing import Any

from annotation.protocol.values import Protocol, to_dict


def to_toml(protocol: Protocol) -> str:
    """The protocol as TOML text, its instruments in full; `parse_protocol` reads the same protocol back."""
    lines: list[str] = []
    _write_table(to_dict(protocol), (), lines)
    return "\n".join(lines).strip() + "\n"


def _write_table(table: Mapping[str, Any], path: tuple[str, ...], lines: list[str]) -> None:
    inner = {key: value for key, value in table.items() if _is_table(value) or _is_tables(value)}
    for key, value in table.items():
        if key not in inner and value is not None:
            lines.append(f"{key} = {_value(value)}")
    for key, value in inner.items():
        name = ".".join((*path, key))
        if _is_table(value):
            if all(entry in (None, "") for entry in value.values()):
                continue
            lines += ["", f"[{name}]"]
            _write_table(value, (*path, key), lines)
            continue
        for entry in value:
            lines += ["", f"[[{name}]]"]
            _write_table(entry, (*path, key), lines)


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, Mapping) for entry in value)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(entry) for entry in value) + "]"
    return _text(str(value))


def _text(text: str) -> str:
    """A TOML basic string; over several lines where the text has several."""
    lines = [json.dumps(line, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f") for line in text.split("\n")]
    return f'"{lines[0]}"' if len(lines) == 1 else '"""\n' + "\n".join(lines) + '"""'
