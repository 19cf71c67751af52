"""Generate the tables of fields and error codes in docs/api.md."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from shared.http.meanings import Meaning, meanings_of_codes
from shared.http.openapi import describe
from shared.http.operation_descriptions import CODES

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "api.md"

_CREATE = ("CreateVideoBody", "CreateCampaignVideosBody")
_WORDS = {"string": "text", "object": "object of texts", "array": "list of texts"}


def main() -> None:
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text("utf-8")), "utf-8")


def with_tables(document: str) -> str:
    """Return the document with its tables between their marks."""
    schemas = msgspec.to_builtins(describe(base_url="/"))["components"]["schemas"]
    tables = {"fields": _fields(schemas), "errors": _errors()}
    for mark, rows in tables.items():
        between = re.compile(rf"(?<=<!-- {mark} -->\n).*(?=<!-- /{mark} -->)", re.DOTALL)
        table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
        document = between.sub(table.replace("\\", r"\\"), document)
    return document


def _fields(schemas: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    yield from (("field", "type", "values", "meaning"), ("---",) * 4)
    properties: dict[str, Any] = {}
    for name in _CREATE:
        properties = schemas[name]["properties"] | properties
    first = ("prompt", "prompts", "campaign_id", "index", "business_context")
    for name in dict.fromkeys((*first, *properties)):
        yield f"`{name}`", *_row(properties[name])


def _row(schema: dict[str, Any]) -> tuple[str, str, str]:
    kinds = [each for each in _types(schema) if each != "null"]
    return " or ".join(dict.fromkeys(kinds)), _values(schema), schema["description"]


def _types(schema: dict[str, Any]) -> Iterator[str]:
    named = schema.get("type", [])
    for kind in [named] if isinstance(named, str) else named:
        yield _WORDS.get(kind, kind)
    for each in schema.get("anyOf", ()):
        yield from _types(each)


def _values(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"] if value is not None)
    for each in (schema, *schema.get("anyOf", ())):
        if "minimum" in each:
            return f"{each['minimum']} to {each['maximum']}" if "maximum" in each else "0 or more"
    return ""


def _errors() -> Iterator[tuple[str, ...]]:
    yield from (("code", "status", "retry", "meaning"), ("---",) * 4)
    answered = meanings_of_codes()
    for code, meaning in CODES.items():
        yield f"`{code}`", str(answered[code].status.value), _retry(answered[code]), meaning


def _retry(meaning: Meaning) -> str:
    seconds = meaning.retry_after_seconds
    return "" if seconds is None else f"after {seconds} s"


if __name__ == "__main__":
    main()
