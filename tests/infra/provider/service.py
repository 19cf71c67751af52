"""The provider: answers every question that Terraform asks, and no question to a cloud."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.infra.provider.checks import Path, Problem, problems
from tests.infra.provider.planning import Values, applied, planned
from tests.infra.provider.protocol import message
from tests.infra.provider.schema import Attribute, Block, NestedBlock, ProviderSchema
from tests.infra.provider.values import decode, encode

Message = Any
"""A message of the protocol, whose class is made at run time."""

Planner = Callable[[Block, str, Values], Values]
"""Makes a plan of what is proposed for a resource of a type."""

_ERROR = 1
_NESTINGS = {"single": 1, "list": 2, "set": 3, "map": 4}


class Provider:
    """A method for each of the protocol's, under the protocol's name."""

    def __init__(self, schema: ProviderSchema, *, plan: Planner = planned) -> None:
        self._schema = schema
        self._plan = plan

    def GetProviderSchema(self, _request: Message) -> Message:
        return message("Schemas")(
            provider=_schema(self._schema.provider),
            resource_schemas=_schemas(self._schema.resources),
            data_source_schemas=_schemas(self._schema.data_sources),
        )

    def ValidateProviderConfig(self, _request: Message) -> Message:
        return message("Nothing")()

    def ValidateResourceConfig(self, request: Message) -> Message:
        return _diagnostics(self._schema.resources[request.type_name], request.config)

    def ValidateDataResourceConfig(self, request: Message) -> Message:
        return _diagnostics(self._schema.data_sources[request.type_name], request.config)

    def ConfigureProvider(self, _request: Message) -> Message:
        return message("Nothing")()

    def UpgradeResourceState(self, request: Message) -> Message:
        return message("State")(state=_packed(json.loads(request.raw_state.json)))

    def ReadResource(self, request: Message) -> Message:
        return message("State")(state=request.current_state)

    def PlanResourceChange(self, request: Message) -> Message:
        block = self._schema.resources[request.type_name]
        state = self._plan(block, request.type_name, decode(request.proposed_new_state.msgpack))
        # Google's provider is written with the older SDK, whose plans may deviate a little.
        return message("PlannedState")(state=_packed(state), legacy_type_system=True)

    def ApplyResourceChange(self, request: Message) -> Message:
        block = self._schema.resources[request.type_name]
        state = applied(block, request.type_name, decode(request.planned_state.msgpack))
        return message("AppliedState")(state=_packed(state), legacy_type_system=True)

    def ReadDataSource(self, request: Message) -> Message:
        block = self._schema.data_sources[request.type_name]
        state = applied(block, request.type_name, decode(request.config.msgpack))
        return message("State")(state=_packed(state))

    def StopProvider(self, _request: Message) -> Message:
        return message("Nothing")()


def _packed(value: object) -> Message:
    return message("Value")(msgpack=encode(value))


def _schemas(blocks: Mapping[str, Block]) -> list[Message]:
    named = message("NamedSchema")
    return [named(key=name, value=_schema(block)) for name, block in blocks.items()]


def _schema(block: Block) -> Message:
    return message("Schema")(version=0, block=_block(block))


def _block(block: Block) -> Message:
    return message("Block")(
        attributes=[_attribute(name, stated) for name, stated in block.attributes.items()],
        block_types=[_nested_block(name, nested) for name, nested in block.blocks.items()],
    )


def _attribute(name: str, attribute: Attribute) -> Message:
    return message("Attribute")(
        name=name,
        type=json.dumps(attribute.type).encode(),
        description=attribute.description,
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        sensitive=attribute.sensitive,
    )


def _nested_block(name: str, nested: NestedBlock) -> Message:
    return message("NestedBlock")(
        type_name=name,
        block=_block(nested.block),
        nesting=_NESTINGS[nested.nesting],
        min_items=nested.min_items,
        max_items=nested.max_items,
    )


def _diagnostics(block: Block, config: Message) -> Message:
    found = problems(block, decode(config.msgpack))
    return message("Diagnostics")(diagnostics=[_diagnostic(problem) for problem in found])


def _diagnostic(problem: Problem) -> Message:
    return message("Diagnostic")(
        severity=_ERROR,
        summary=problem.summary,
        detail=problem.detail,
        attribute=message("Path")(steps=_steps(problem.path)),
    )


def _steps(path: Path) -> list[Message]:
    step = message("Step")
    return [
        step(element_key_int=at) if isinstance(at, int) else step(attribute_name=at) for at in path
    ]
