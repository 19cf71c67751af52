"""Stands where the client's calls leave for Firestore: counts them, and lets some of them fail."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import grpc  # type: ignore[import-untyped]

GET = "BatchGetDocuments"
QUERY = "RunQuery"
COMMIT = "Commit"


@dataclass(frozen=True, kw_only=True)
class Call:
    """`documents` are those that were named in it: none, in a query."""

    method: str
    documents: int


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`is_lost`: Firestore did what it was asked to, and its answer did not arrive."""

    method: str
    code: grpc.StatusCode
    details: str = "The test said so."
    is_lost: bool = False


class Refusal(grpc.RpcError, grpc.Call):  # type: ignore[misc]  # grpc has no types.
    """What a client sees of a fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.details)
        self._fault = fault

    def code(self) -> grpc.StatusCode:
        return self._fault.code

    def details(self) -> str:
        return self._fault.details

    def trailing_metadata(self) -> tuple[()]:
        return ()

    def result(self) -> None:
        raise self

    def __iter__(self) -> "Refusal":
        return self

    def __next__(self) -> None:
        raise self


class Door(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):  # type: ignore[misc]
    """`calls` are those that reached the door, also those that failed there."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._faults: deque[Fault] = deque()
        self._before: Callable[[Call], object] = lambda call: None

    def fail(self, *faults: Fault) -> None:
        """Let the next calls of these methods fail, each once, in this order."""
        self._faults.extend(faults)

    def forget_faults(self) -> None:
        self._faults.clear()

    def before_each(self, act: Callable[[Call], object]) -> None:
        self._before = act

    def count(self, method: str) -> int:
        return sum(call.method == method for call in self.calls)

    def intercept_unary_unary(self, go_on: Any, details: Any, request: Any) -> Any:  # noqa: ANN401
        return self._pass(go_on, details, request)

    def intercept_unary_stream(self, go_on: Any, details: Any, request: Any) -> Any:  # noqa: ANN401
        return self._pass(go_on, details, request)

    def _pass(self, go_on: Any, details: Any, request: Any) -> Any:  # noqa: ANN401
        method = str(details.method).rpartition("/")[2]
        named = {GET: "documents", COMMIT: "writes"}.get(method)
        call = Call(method=method, documents=len(getattr(request, named)) if named else 0)
        self._before(call)
        self.calls.append(call)
        if not self._faults or self._faults[0].method != method:
            return go_on(details, request)
        fault = self._faults.popleft()
        if fault.is_lost:
            go_on(details, request).result()
        return Refusal(fault)


@contextmanager
def firestore_door() -> Iterator[Door]:
    """Every client that makes its first call in this block makes all of them through the door."""
    door = Door()
    open_channel = grpc.insecure_channel

    def watched_channel(*arguments: Any, **options: Any) -> grpc.Channel:  # noqa: ANN401
        return grpc.intercept_channel(open_channel(*arguments, **options), door)

    with patch.object(grpc, "insecure_channel", watched_channel):
        yield door
