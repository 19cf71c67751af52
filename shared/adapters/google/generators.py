"""The generators of Google, of which the model's family chooses one."""

from collections.abc import Callable, Mapping

from shared.domain.errors import GenerationRefusedError
from shared.domain.model_registry import MODELS, Family
from shared.ports.video_generator import (
    Accepted,
    Gone,
    OperationState,
    Submission,
    VideoGenerator,
)

# An operation is named as its API names it.
_COLLECTIONS: Mapping[str, Family] = {"operations": "veo", "interactions": "omni"}


class GeneratorOfEachFamily:
    """Builds the generator of a family on its first use."""

    def __init__(self, build: Mapping[Family, Callable[[], VideoGenerator]]) -> None:
        self._build = build
        self._built: dict[Family, VideoGenerator] = {}

    def submit(self, submission: Submission) -> Accepted:
        model_id = submission.parameters.model
        model = MODELS.get(model_id)
        if model is None:
            raise GenerationRefusedError(
                f"No generator is known for {model_id}.", code="model_not_found"
            )
        return self._generator(model.family).submit(submission)

    def check(self, operation: str) -> OperationState:
        generator = self._of(operation)
        return Gone() if generator is None else generator.check(operation)

    def cancel(self, operation: str) -> None:
        generator = self._of(operation)
        if generator is not None:
            generator.cancel(operation)

    def _of(self, operation: str) -> VideoGenerator | None:
        collection = operation.rpartition("#")[2].rpartition("/")[0].rpartition("/")[2]
        family = _COLLECTIONS.get(collection)
        return None if family is None else self._generator(family)

    def _generator(self, family: Family) -> VideoGenerator:
        if family not in self._built:
            self._built[family] = self._build[family]()
        return self._built[family]
