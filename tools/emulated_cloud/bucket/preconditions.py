"""Preconditions of a request on an object's generation and metageneration."""

from dataclasses import dataclass

from tools.emulated_cloud.bucket.exchange import Answer, Request, Resource, refuse

_NOT_MET = "At least one of the pre-conditions you specified did not hold."


@dataclass(frozen=True, kw_only=True)
class Preconditions:
    """A missing object has the generation 0 and the metageneration 0."""

    generation: int | None
    not_generation: int | None
    metageneration: int | None
    not_metageneration: int | None

    def refusal(self, current: Resource | None, *, status: int = 412) -> Answer | None:
        """Return the answer if they do not hold; `status` is for a negative precondition."""
        generation = int(current["generation"]) if current else 0
        metageneration = int(current["metageneration"]) if current else 0
        if self.generation not in (None, generation):
            return refuse(412, "conditionNotMet", _NOT_MET)
        if self.metageneration not in (None, metageneration):
            return refuse(412, "conditionNotMet", _NOT_MET)
        if self.not_generation == generation or self.not_metageneration == metageneration:
            return refuse(status, "conditionNotMet", _NOT_MET)
        return None


def preconditions(request: Request, prefix: str = "if") -> Preconditions:
    """Read those of the object itself, or with the prefix `ifSource` those of the source."""

    def number(name: str) -> int | None:
        text = request.params.get(prefix + name)
        return None if text is None else int(text)

    return Preconditions(
        generation=number("GenerationMatch"),
        not_generation=number("GenerationNotMatch"),
        metageneration=number("MetagenerationMatch"),
        not_metageneration=number("MetagenerationNotMatch"),
    )
