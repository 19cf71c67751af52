"""What the bucket refuses: errors in the forms of its two APIs, and preconditions."""

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from tools.emulated_cloud.http_front import Answer, Request, answer_json

Resource = dict[str, Any]
"""An object's metadata, as the JSON API writes it."""

_NOT_MET = "At least one of the pre-conditions you specified did not hold."


def refuse(status: int, reason: str, message: str) -> Answer:
    """Answer an error as the JSON API does."""
    detail = {"domain": "global", "reason": reason, "message": message}
    return answer_json({"error": {"code": status, "message": message, "errors": [detail]}}, status)


def refuse_xml(status: int, code: str, message: str, details: str = "") -> Answer:
    """Answer an error as the XML API does, which serves signed URLs."""
    more = f"<Details>{escape(details)}</Details>" if details else ""
    body = (
        f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code>"
        f"<Message>{escape(message)}</Message>{more}</Error>"
    )
    return Answer(
        status=status,
        headers={"content-type": "application/xml; charset=UTF-8"},
        body=body.encode(),
    )


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
