"""What is known of one endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from werkzeug.wrappers import Response

    from shared.requests.parsing import Body


class Endpoint(msgspec.Struct, frozen=True):
    """`path` is a URI template (RFC 6570). A GET endpoint also answers HEAD.

    `handler` returns the function that is called with a Call and the values of the path's
    variables. `answers` has the type of the body for each status, or the types that it may have:
    `bytes` for media, `str` for the studio's files, None without a body. An endpoint without a
    `query` refuses every parameter, and one that changes something and has no `body` every field.
    One that `takes_key` supports Idempotency-Key. One that `takes_lines` has bodies of JSON lines
    or CSV, each line a `body`. One that `has_csv` answers a table, too, by Accept. One that
    `is_open` needs no API key. One that is `for_any_page` may be called by pages of every site,
    which may read its answers.
    """

    method: str
    path: str
    handler: Callable[[], Callable[..., Response]]
    summary: str
    answers: Callable[[], Mapping[int, Any]]
    body: Callable[[], type[Body]] | None = None
    query: Callable[[], type[Body]] | None = None
    takes_key: bool = False
    takes_lines: bool = False
    has_csv: bool = False
    is_open: bool = False
    for_any_page: bool = False
