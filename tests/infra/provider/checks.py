"""What the provider refuses in a configuration, beyond what Terraform reads from the schema."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.infra.provider.schema import Attribute, Block, NestedBlock
from tests.infra.provider.values import UNKNOWN

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A fault, and where it is: names of attributes and blocks, numbers of repeated blocks."""

    summary: str
    detail: str
    path: Path


def problems(block: Block, configured: Any, path: Path = ()) -> Iterator[Problem]:  # noqa: ANN401
    """Yield every fault of what was configured for the block."""
    if configured is None or configured == UNKNOWN:
        return
    for name, attribute in block.attributes.items():
        yield from _in_attribute(attribute, configured[name], (*path, name))
    for name, nested in block.blocks.items():
        yield from _in_blocks(nested, configured[name], (*path, name))


def _in_attribute(attribute: Attribute, value: Any, path: Path) -> Iterator[Problem]:  # noqa: ANN401
    if value is None or value == UNKNOWN:
        return
    name = path[-1]
    if not attribute.required and not attribute.optional:
        yield Problem(
            summary="Value for unconfigurable attribute",
            detail=f'Can\'t configure a value for "{name}": Google Cloud decides it.',
            path=path,
        )
    possible = attribute.possible_values
    for element in value if isinstance(value, list) else [value]:
        if possible and isinstance(element, str) and element not in possible:
            yield Problem(
                summary=f"Value outside of what {name} may be",
                detail=f"{name} = {element!r}; one of {', '.join(possible)}",
                path=path,
            )


def _in_blocks(nested: NestedBlock, value: Any, path: Path) -> Iterator[Problem]:  # noqa: ANN401
    if nested.nesting == "single":
        yield from problems(nested.block, value, path)
        return
    if value is None or value == UNKNOWN:
        return
    for number, element in enumerate(value):
        # An element of a set has no number: its fault is shown at the set.
        yield from problems(
            nested.block, element, path if nested.nesting == "set" else (*path, number)
        )
