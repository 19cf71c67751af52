"""Faults that a test plants: the error, the requests that meet it, and how often."""

import time
from dataclasses import dataclass, replace
from enum import StrEnum

from tools.emulated_cloud.bucket.refusals import refuse, refuse_xml
from tools.emulated_cloud.http_front import Answer, Request


class FaultKind(StrEnum):
    REFUSED = "refused"
    RESET = "reset"
    LOST_ANSWER = "lost_answer"
    DELAYED = "delayed"
    CORRUPT = "corrupt"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, kw_only=True)
class Fault:
    kind: FaultKind
    status: int = 503
    message: str = ""
    seconds: float = 0.0

    @property
    def name(self) -> str:
        return str(self.status) if self.kind is FaultKind.REFUSED else self.kind.value


RESET = Fault(kind=FaultKind.RESET)
"""The connection breaks before anything is done."""

LOST_ANSWER = Fault(kind=FaultKind.LOST_ANSWER)
"""Everything is done, and then the connection breaks."""

CORRUPT = Fault(kind=FaultKind.CORRUPT)
"""One byte in the middle of the answer is another."""

CUT_OFF = Fault(kind=FaultKind.CUT_OFF)
"""Everything is done, and only half of the answer arrives."""

_PERMISSION_DENIED = (
    "tester@project.iam.gserviceaccount.com does not have {0} access to the Google Cloud Storage "
    "object. Permission '{0}' denied on resource (or it may not exist)."
)


def refused(status: int, message: str = "The service said no.") -> Fault:
    return Fault(kind=FaultKind.REFUSED, status=status, message=message)


def permission_denied(permission: str) -> Fault:
    return refused(403, _PERMISSION_DENIED.format(permission))


def delayed(seconds: float) -> Fault:
    return Fault(kind=FaultKind.DELAYED, seconds=seconds)


def answer_before(fault: Fault | None, request: Request) -> Answer | None:
    """Wait, or return the answer that replaces the operation."""
    if fault is None:
        return None
    if fault.kind is FaultKind.DELAYED:
        time.sleep(fault.seconds)
    if fault.kind is not FaultKind.REFUSED:
        return None
    if request.path.startswith(("/storage/", "/upload/", "/download/")):
        return refuse(fault.status, "fault", fault.message)
    return refuse_xml(fault.status, "Fault", fault.message)


def answer_after(fault: Fault | None, answer: Answer) -> Answer:
    if fault is None or not answer.body:
        return answer
    if fault.kind is FaultKind.CUT_OFF:
        return replace(answer, body=answer.body[: len(answer.body) // 2])
    if fault.kind is not FaultKind.CORRUPT:
        return answer
    middle = len(answer.body) // 2
    changed = bytes([answer.body[middle] ^ 0xFF])
    return replace(answer, body=answer.body[:middle] + changed + answer.body[middle + 1 :])
