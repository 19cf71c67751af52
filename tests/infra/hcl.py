"""Where a Terraform configuration names its arguments and blocks."""

import re
from dataclasses import dataclass

_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_NAME = re.compile(r"[A-Za-z_][\w-]*")
_DYNAMIC = re.compile(r'(dynamic) "(\w+)"')
_OPENING = re.compile(r'"?(?:[ \t]+"[^"]*")*[ \t]*\{')
_PASSAGE = re.compile(r"#[^\n]*|<<-?(\w+)\n(?s:.*?)\n[ \t]*\1(?=\n)")


@dataclass(frozen=True, kw_only=True)
class Name:
    """The name of an argument or of a block, and where it stands in the text."""

    text: str
    start: int
    line: int
    within: str
    """The block that it stands in; nothing for a block of the file itself."""


def names(source: str) -> list[Name]:
    """Return the names of all arguments and blocks; not those of attributes inside of values."""
    found: list[Name] = []
    around = [""]
    at = _after(_BLANK, source, 0)
    while at < len(source):
        if source[at] == "}":
            around.pop()
            at = _after(_BLANK, source, at + 1)
            continue
        for start, end in _spans(source, at):
            line = source.count("\n", 0, start) + 1
            text = source[start:end]
            found.append(Name(text=text, start=start, line=line, within=around[-1]))
            at = end
        if opening := _OPENING.match(source, at):
            around.append(found[-1].text)
            at = opening.end()
        else:
            at = _after_value(source, at, until="\n}")
        at = _after(_BLANK, source, at)
    return found


def _spans(source: str, at: int) -> list[tuple[int, int]]:
    """Return where the name at that place stands; a dynamic block names another one, too."""
    if dynamic := _DYNAMIC.match(source, at):
        return [dynamic.span(1), dynamic.span(2)]
    return [(at, _after(_NAME, source, at))]


def _after(pattern: re.Pattern[str], source: str, at: int) -> int:
    matched = pattern.match(source, at)
    return matched.end() if matched else at


def _after_value(source: str, at: int, *, until: str) -> int:
    """Return where the first character of `until` stands that no bracket or quote encloses."""
    depth = 0
    while depth or source[at] not in until:
        if passage := _PASSAGE.match(source, at):
            at = passage.end()
            continue
        if source[at] == '"':
            at = _after_text(source, at + 1)
            continue
        depth += (source[at] in "([{") - (source[at] in ")]}")
        at += 1
    return at


def _after_text(source: str, at: int) -> int:
    """Return what follows the closing quote."""
    while source[at] != '"':
        if source.startswith(("\\", "$$", "%%"), at):
            at += 2
        elif source.startswith(("${", "%{"), at):
            at = _after_value(source, at + 2, until="}") + 1
        else:
            at += 1
    return at + 1
