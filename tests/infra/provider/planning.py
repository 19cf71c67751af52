"""What becomes of a resource: first unknown what only an apply will tell, then values in its place.

No cloud is asked. A value that the cloud would decide is made up, the same at every run, of digits
alone, which pass as text and as a number.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from msgspec.msgpack import Ext

from tests.infra.provider.schema import Block
from tests.infra.provider.values import UNKNOWN, encode

Values = dict[str, Any] | Ext | None
Decide = Callable[[str, Any], Any]


def planned(block: Block, _type_name: str, proposed: Values) -> Values:
    """Return the proposal, unknown wherever it leaves something to the cloud."""
    return _decided(block, proposed, lambda _name, _type: UNKNOWN)


def applied(block: Block, type_name: str, plan: Values) -> Values:
    """Return the plan, or a question to a data source, with an answer wherever one is missing."""
    identity = type_name.encode() + encode(plan)
    return _decided(block, plan, lambda name, type_: _made_up(type_, identity + name.encode()))


def _decided(block: Block, values: Values, decide: Decide) -> Values:
    if not isinstance(values, dict):
        return values
    result = dict(values)
    for name, attribute in block.attributes.items():
        if result[name] == UNKNOWN or (result[name] is None and attribute.computed):
            result[name] = decide(name, attribute.type)
    for name, nested in block.blocks.items():
        if isinstance(result[name], list):
            result[name] = [_decided(nested.block, value, decide) for value in result[name]]
        else:
            result[name] = _decided(nested.block, result[name], decide)
    return result


def _made_up(type_: Any, identity: bytes) -> Any:  # noqa: ANN401  # Of the type that is asked for.
    if type_ == "bool":
        return False
    if type_ in ("string", "number"):
        number = int.from_bytes(hashlib.sha256(identity).digest()[:5])
        return number if type_ == "number" else str(number)
    return {} if type_[0] == "map" else []
