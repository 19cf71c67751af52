"""The lane that a request may choose. Others do without the types of videos."""

from typing import Annotated

from shared.domain.video import Lane
from shared.requests.parsing import one_of

Priority = Annotated[str, one_of(*Lane)]
