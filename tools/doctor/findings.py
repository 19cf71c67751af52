"""What the doctor found, and the table of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    NOTE = "note"
    UNKNOWN = "not checked"
    PROBLEM = "problem"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`remedy` says what to do about it."""

    subject: str
    level: Level
    detail: str = ""
    remedy: str = ""


def ok(subject: str, detail: str = "") -> Finding:
    return Finding(subject=subject, level=Level.OK, detail=detail)


def note(subject: str, detail: str, remedy: str = "") -> Finding:
    return Finding(subject=subject, level=Level.NOTE, detail=detail, remedy=remedy)


def problem(subject: str, detail: str, remedy: str = "") -> Finding:
    return Finding(subject=subject, level=Level.PROBLEM, detail=detail, remedy=remedy)


def unknown(subject: str, detail: str) -> Finding:
    return Finding(subject=subject, level=Level.UNKNOWN, detail=detail)


def is_well(found: Iterable[Finding]) -> bool:
    """Whether everything was checked, and nothing is missing."""
    return not any(each.level in (Level.PROBLEM, Level.UNKNOWN) for each in found)


def table(found: Iterable[Finding]) -> Iterator[str]:
    """Yield lines: a level, its subject, and below it what is to be said and done."""
    indent = " " * 13
    for each in found:
        yield f"{each.level:<13}{each.subject}"
        if each.detail:
            yield f"{indent}  {each.detail}"
        if each.remedy:
            yield f"{indent}  → {each.remedy}"


def summary(found: Iterable[Finding]) -> str:
    levels = [each.level for each in found]
    problems, unknowns = levels.count(Level.PROBLEM), levels.count(Level.UNKNOWN)
    if not problems and not unknowns:
        return "Nothing is missing."
    return f"{problems} {'problem' if problems == 1 else 'problems'}, {unknowns} not checked."
