"""`replace` for value types: structs of msgspec, immutable and compared by their fields.

The class of a struct is made in C: a process that has just started imports it ten times faster than
a dataclass, and so it makes, copies, decodes and encodes its values.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # To mypy, a struct is a dataclass: it checks the names and the types of the fields.
    from dataclasses import replace
else:
    from msgspec.structs import replace

__all__ = ["replace"]
