"""Handlers of batches."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from itertools import chain

from werkzeug.wrappers import Response

from shared.domain.batch import Batch, BatchFormat, PhaseTotals, Totals, status_of
from shared.domain.identity import require_batch_id
from shared.domain.limits import require_dollars
from shared.domain.money import ZERO
from shared.domain.unreadable import Unreadable
from shared.domain.values import replace
from shared.domain.video import Lane, Outcome, Phase, Status, Video, phases_of
from shared.http.batch_types import BatchEstimateResource, BatchResource
from shared.http.calls import POLLING, Call, encode, json_response, list_response
from shared.http.idempotency import answer_idempotently
from shared.http.queries import BatchQuery, PageQuery, ReadQuery, read_query
from shared.http.request_bodies import SentBatch, read_lines
from shared.http.resources import epoch, moment
from shared.http.videos import require_include, video_resources
from shared.requests.batches import lines_of
from shared.requests.commands import lane_of
from shared.use_cases.cancel_batch import cancel_batch
from shared.use_cases.claims import Claim
from shared.use_cases.create_batch import BatchEstimate, create_batch, estimate_batch
from shared.use_cases.read_batch import BatchView, ResolvedResult, read_results, view_of, views_of


def create(call: Call) -> Response:
    """Without an Idempotency-Key, the same bytes with the same API key are the same batch."""
    query = read_query(call.request, BatchQuery)
    content, form = read_lines(call.request)
    max_cost = require_dollars(query.max_cost_usd, param="max_cost_usd")
    asked = _asked(call, form, lane_of(query.priority, default=Lane.BULK))

    def act(claim: Claim | None) -> Response:
        batch = replace(asked, batch_id=_batch_id(call, claim, content))
        return _created(call, batch, content, max_cost)

    sent = SentBatch(
        sha256=hashlib.sha256(content).hexdigest(),
        max_cost_usd=query.max_cost_usd,
        priority=query.priority,
    )
    return answer_idempotently(call, sent, act)


def estimate(call: Call) -> Response:
    content, form = read_lines(call.request)
    found = estimate_batch(call.ports, lines_of(_asked(call, form, Lane.BULK), content))
    return json_response(_estimate_resource(found))


def read(call: Call, batch_id: str) -> Response:
    view = view_of(call.ports, call.ports.batches.get(require_batch_id(batch_id)))
    return json_response(_resource(view), headers=None if view.is_over else POLLING)


def list_all(call: Call) -> Response:
    query = read_query(call.request, PageQuery)
    batches = call.ports.batches
    after = None if query.after is None else batches.get(require_batch_id(query.after))
    found = batches.list(after=after, limit=query.limit + 1)
    page = found[: query.limit]
    views = views_of(call.ports, page)
    return list_response(
        [_resource(view) for view in views],
        ids=[batch.batch_id for batch in page],
        has_more=len(found) > query.limit,
        headers=None if all(view.is_over for view in views) else POLLING,
    )


def cancel(call: Call, batch_id: str) -> Response:
    batch = cancel_batch(call.ports, require_batch_id(batch_id))
    return json_response(_resource(view_of(call.ports, batch)))


def results(call: Call, batch_id: str) -> Response:
    """Stream JSON lines: a chunk of lines is read while the one before is sent."""
    include = require_include(read_query(call.request, ReadQuery).include)
    batch = call.ports.batches.get(require_batch_id(batch_id))
    chunks = (_encoded(call, chunk, include) for chunk in read_results(call.ports, batch))
    # An error of the first chunk is answered as a problem.
    first = next(chunks, b"")
    return Response(
        chain((first,), chunks),
        content_type="application/x-ndjson",
        headers={"Cache-Control": "no-store"},
    )


def _asked(call: Call, form: BatchFormat, priority: Lane) -> Batch:
    return Batch(
        batch_id="",
        format=form,
        lines=0,
        priority=priority,
        default_model=call.ports.policy.default_model,
        estimated=ZERO,
        created_at=call.now,
        due_at=None,
        requested_by=call.requester,
    )


def _batch_id(call: Call, claim: Claim | None, content: bytes) -> str:
    if claim is not None:
        digest = hashlib.sha256(claim.name.encode())
    else:
        digest = hashlib.sha256(f"{call.requester or ''}\n".encode() + content)
    return f"batch_{digest.hexdigest()[:16]}"


def _created(call: Call, batch: Batch, content: bytes, max_cost: Decimal | None) -> Response:
    lines = partial(lines_of, batch, content)
    stored, is_new = create_batch(call.ports, batch, content, lines, max_cost=max_cost)
    return json_response(
        _resource(view_of(call.ports, stored)),
        status=HTTPStatus.ACCEPTED if is_new else HTTPStatus.OK,
        headers={"Location": f"{call.base_url}v1/batches/{stored.batch_id}", **POLLING},
    )


def _resource(view: BatchView) -> BatchResource:
    batch, totals = view.batch, view.totals
    return {
        "id": batch.batch_id,
        "object": "batch",
        "status": status_of(batch, totals),
        "created_at": epoch(batch.created_at),
        "cancelled_at": moment(batch.cancelled_at),
        "completed_at": moment(batch.completed_at),
        "expected_done_at": moment(view.expected_done_at),
        "reason": view.reason,
        "priority": batch.priority,
        "requested_by": batch.requested_by,
        "total": batch.lines,
        "lines": {"done": batch.next_line, "refused": batch.refused},
        "videos": {
            "queued": _count(totals, *phases_of(Status.QUEUED)),
            "in_progress": _count(totals, *phases_of(Status.IN_PROGRESS)),
            "completed": _count(totals, Phase.DONE),
            "failed": _count(totals, Phase.FAILED),
            "cancelled": _count(totals, Phase.CANCELLED),
            "cached": batch.cached,
            "attached": batch.attached,
        },
        "cost_usd": {
            "estimated": batch.estimated,
            "actual": sum((each.usd for each in totals.values()), ZERO),
        },
    }


def _estimate_resource(found: BatchEstimate) -> BatchEstimateResource:
    return {
        "object": "batch.estimate",
        "total": found.lines,
        "videos": {
            "created": found.videos.get(Outcome.CREATED, 0),
            "cached": found.videos.get(Outcome.CACHE_HIT, 0),
            "attached": found.videos.get(Outcome.ATTACHED, 0),
        },
        "cost_usd": found.cost,
    }


def _count(totals: Totals, *phases: Phase) -> int:
    return sum(totals.get(phase, PhaseTotals()).videos for phase in phases)


def _encoded(call: Call, chunk: tuple[ResolvedResult, ...], include: str | None) -> bytes:
    videos = [each for line in chunk for each in line.videos if isinstance(each, Video)]
    resources = video_resources(call, videos, include=include)
    by_id = dict(zip((video.id for video in videos), resources, strict=True))
    return b"".join(
        encode(
            {
                "line": each.result.line,
                "campaign_id": each.result.campaign_id,
                "videos": list(_line_videos(each, by_id)),
                "error": each.result.error,
            }
        )
        + b"\n"
        for each in chunk
    )


def _line_videos(line: ResolvedResult, resources: dict[str, object]) -> Iterator[object]:
    for known, video in zip(line.result.videos, line.videos, strict=True):
        found = {
            "id": known.video_id,
            "outcome": known.outcome,
            "video": resources.get(known.video_id),
        }
        yield found | {"unreadable": video.detail} if isinstance(video, Unreadable) else found
