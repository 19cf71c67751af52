"""The endpoints of batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.building import ModuleOnUse
from shared.http.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.http import batch_types as of_batches
    from shared.http import batches, queries
    from shared.http import resource_types as answered
    from shared.requests import bodies
else:
    batches = ModuleOnUse("shared.http.batches")
    queries = ModuleOnUse("shared.http.queries")
    answered = ModuleOnUse("shared.http.resource_types")
    of_batches = ModuleOnUse("shared.http.batch_types")
    bodies = ModuleOnUse("shared.requests.bodies")


def _batch() -> Mapping[int, Any]:
    return {200: of_batches.BatchResource}


# fmt: off
BATCH_ENDPOINTS: Sequence[Endpoint] = (
    Endpoint("POST", "/v1/batches", lambda: batches.create,
             "Create a batch of up to 10,000 lines: 202 for a new one, 200 for the same one again",
             answers=lambda: {202: of_batches.BatchResource, **_batch()}, takes_key=True,
             body=lambda: bodies.BatchLineBody, query=lambda: queries.BatchQuery, takes_lines=True),
    Endpoint("POST", "/v1/batches/estimate", lambda: batches.estimate,
             "Check the file of a batch, and estimate its cost",
             answers=lambda: {200: of_batches.BatchEstimateResource},
             body=lambda: bodies.BatchLineBody, takes_lines=True),
    Endpoint("GET", "/v1/batches", lambda: batches.list_all,
             "List batches, the newest first",
             answers=lambda: {200: answered.ListResource[of_batches.BatchResource]},
             query=lambda: queries.PageQuery),
    Endpoint("GET", "/v1/batches/{batch_id}", lambda: batches.read,
             "Read a batch: its progress, its cost and its expected end", answers=_batch),
    Endpoint("GET", "/v1/batches/{batch_id}/results", lambda: batches.results,
             "The results of the lines that are done, in their order, as JSON lines",
             answers=lambda: {200: of_batches.BatchResultLine},
             query=lambda: queries.ReadQuery),
    Endpoint("POST", "/v1/batches/{batch_id}/cancel", lambda: batches.cancel,
             "Cancel what is not submitted; submitted videos are paid for, and finished",
             answers=_batch),
)
# fmt: on
