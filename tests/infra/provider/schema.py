"""The schema of a provider, read from the form of `terraform providers schema -json`."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

SOURCE = "registry.terraform.io/hashicorp/google"

_POSSIBLE_VALUES = re.compile(r"Possible values: (\[[^\]]*\])")


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One argument, or one attribute that only the cloud decides."""

    type: Any
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    description: str = ""

    @property
    def possible_values(self) -> tuple[str, ...]:
        """What the documentation lists; none where it lists nothing."""
        listed = _POSSIBLE_VALUES.search(self.description)
        return tuple(json.loads(listed[1])) if listed else ()


@dataclass(frozen=True, kw_only=True)
class NestedBlock:
    """A block inside another: whether it may come more than once, and what is in it."""

    nesting: str
    block: "Block"
    min_items: int
    max_items: int


@dataclass(frozen=True, kw_only=True)
class Block:
    """The arguments and the blocks of a resource, a data source, a provider or a block."""

    attributes: Mapping[str, Attribute]
    blocks: Mapping[str, NestedBlock]

    @classmethod
    def parse(cls, block: Mapping[str, Any]) -> Self:
        """Read what stands under the key `block`."""
        attributes = block.get("attributes", {})
        nested = block.get("block_types", {})
        return cls(
            attributes={name: _attribute(attributes[name]) for name in attributes},
            blocks={name: _nested_block(nested[name]) for name in nested},
        )


@dataclass(frozen=True, kw_only=True)
class ProviderSchema:
    """All that a provider describes of itself."""

    provider: Block
    resources: Mapping[str, Block]
    data_sources: Mapping[str, Block]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the schema of Google's provider, SOURCE."""
        schemas = json.loads(text)["provider_schemas"][SOURCE]
        return cls(
            provider=Block.parse(schemas["provider"]["block"]),
            resources=_blocks(schemas.get("resource_schemas", {})),
            data_sources=_blocks(schemas.get("data_source_schemas", {})),
        )


_FIELDS = Attribute.__dataclass_fields__


def _attribute(stated: Mapping[str, Any]) -> Attribute:
    return Attribute(**{name: stated[name] for name in stated if name in _FIELDS})


def _nested_block(stated: Mapping[str, Any]) -> NestedBlock:
    return NestedBlock(
        nesting=stated["nesting_mode"],
        block=Block.parse(stated["block"]),
        min_items=stated.get("min_items", 0),
        max_items=stated.get("max_items", 0),
    )


def _blocks(schemas: Mapping[str, Any]) -> dict[str, Block]:
    return {name: Block.parse(schemas[name]["block"]) for name in schemas}
