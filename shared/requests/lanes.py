"""The lanes that a request may choose, apart from the other types to save imports."""

from typing import Annotated

from shared.domain.video import Lane
from shared.requests.parsing import one_of

Priority = Annotated[str, one_of(*Lane)]
