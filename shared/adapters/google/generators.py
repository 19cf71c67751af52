"""The generators of Google, of which the model's family chooses one."""

from collections.abc import Callable, Mapping

from shared.adapters.google.clip_output import parse_handle
from shared.building import built_once
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


class _FamilyGenerator:
    def __init__(self, build: Callable[[], VideoGenerator]) -> None:
        self._build = build

    @built_once
    def generator(self) -> VideoGenerator:
        return self._build()


class GeneratorOfEachFamily:
    """Builds the generator of a family on its first use, once for all threads."""

    def __init__(self, build: Mapping[Family, Callable[[], VideoGenerator]]) -> None:
        self._families = {family: _FamilyGenerator(each) for family, each in build.items()}

    def submit(self, submission: Submission) -> Accepted:
        model_id = submission.parameters.model
        model = MODELS.get(model_id)
        if model is None:
            raise GenerationRefusedError(
                f"No generator is known for {model_id}.", code="model_not_found"
            )
        return self._families[model.family].generator.submit(submission)

    def check(self, operation: str) -> OperationState:
        generator = self._of(operation)
        return Gone() if generator is None else generator.check(operation)

    def cancel(self, operation: str) -> None:
        generator = self._of(operation)
        if generator is not None:
            generator.cancel(operation)

    def _of(self, operation: str) -> VideoGenerator | None:
        collection = parse_handle(operation)[1].rpartition("/")[0].rpartition("/")[2]
        family = _COLLECTIONS.get(collection)
        return None if family is None else self._families[family].generator
