"""A cold start pays for every definition of the domain, so there is a budget for them.

Measured in instructions, a frozen dataclass costs 0.6 % of importing the functions framework, so
there is none; an enumeration or a regular expression costs about 0.1 %. To add one is a decision:
raise its number.
"""

import dataclasses
import importlib
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path

import pytest

import shared.domain

ROOT = Path(__file__).resolve().parents[3]
# Only requests about experiments, plays, reviews or webhooks, and deliveries, load them.
ON_USE = {
    f"shared.domain.{name}"
    for name in (
        "experiment",
        "experiment_report",
        "play_tokens",
        "plays",
        "proportions",
        "review",
        "verdicts",
        "watching",
        "webhooks",
    )
}
MODULES = sorted(
    {f"shared.domain.{module.name}" for module in pkgutil.iter_modules(shared.domain.__path__)}
    - ON_USE
)

WHAT_THE_DOMAIN_LOADS = f"""
import sys
import functions_framework
before = set(sys.modules)
import {", ".join(MODULES)}
loaded = set(sys.modules) - before
print(*sorted(name for name in loaded if not name.startswith("shared") or name in {ON_USE}))
"""
# msgspec, which also decodes the records, and what it imports itself.
LOADED_ONCE = ("msgspec", "typing_extensions")


DEFINITIONS = {
    id(definition): definition
    for module in MODULES
    for definition in vars(importlib.import_module(module)).values()
}


def is_dataclass(definition: object) -> bool:
    return isinstance(definition, type) and dataclasses.is_dataclass(definition)


def is_enumeration(definition: object) -> bool:
    return isinstance(definition, type) and issubclass(definition, Enum) and len(definition) > 0


def is_regular_expression(definition: object) -> bool:
    return isinstance(definition, re.Pattern)


@pytest.mark.parametrize(
    ("kind", "budget"), [(is_dataclass, 0), (is_enumeration, 17), (is_regular_expression, 9)]
)
def test_the_domain_keeps_to_its_budget(kind: Callable[[object], bool], budget: int) -> None:
    definitions = [each for each in DEFINITIONS.values() if kind(each)]

    assert len(definitions) <= budget, definitions


def test_the_domain_loads_nothing_but_msgspec_that_the_framework_has_not_loaded_already() -> None:
    found = subprocess.run(
        [sys.executable, "-c", WHAT_THE_DOMAIN_LOADS],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    assert [name for name in found.stdout.split() if not name.startswith(LOADED_ONCE)] == []
