"""Handlers of what a reviewer does by a secret link, without any other permission."""

import secrets
from functools import partial
from http import HTTPStatus

from werkzeug.wrappers import Response

from shared.domain.review import LONGEST_COMMENT, Choice, name_of, words_of
from shared.http.calls import Call, json_response
from shared.http.content import sign_path
from shared.http.queries import require_one_of
from shared.http.request_bodies import read_body
from shared.http.resources import epoch
from shared.http.review_types import CommentBody, DecisionBody, ReviewPage, TakeResource
from shared.http.reviews import comment_resource, decision_resource, said_in
from shared.parallel import in_parallel
from shared.use_cases.answer_review import (
    ReviewedTake,
    add_comment,
    decide,
    show_review,
)

_ID_BYTES = 16


def read(call: Call, review_token: str) -> Response:
    view = show_review(call.ports, review_token)
    page: ReviewPage = {
        "object": "review.page",
        "title": view.title,
        "expires_at": epoch(view.review.expires_at),
        "takes": _takes(call, view.takes),
        **said_in(view.review),
    }
    return json_response(page)


def comment(call: Call, review_token: str) -> Response:
    """Answer 201 for a new comment, and 200 for the same one again."""
    body = read_body(call.request, CommentBody)
    added, is_new = add_comment(
        call.ports,
        review_token,
        comment_id=body.id or secrets.token_hex(_ID_BYTES),
        video_id=body.video_id,
        name=name_of(body.name),
        text=words_of(body.text, param="text", most=LONGEST_COMMENT),
        seconds=body.seconds,
    )
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    return json_response(comment_resource(added), status=status)


def decision(call: Call, review_token: str, video_id: str) -> Response:
    body = read_body(call.request, DecisionBody)
    choice = require_one_of(Choice, body.decision, "decision") or Choice.APPROVED
    decided = decide(
        call.ports, review_token, video_id=video_id, name=name_of(body.name), choice=choice
    )
    return json_response(decision_resource(decided))


def _takes(call: Call, takes: tuple[ReviewedTake, ...]) -> list[TakeResource]:
    # Where the URLs are signed by calls, up to eight at once.
    paths = [path for each in takes for path in (each.clip_path, each.poster_path) if path]
    signed = in_parallel(partial(sign_path, call, path) for path in paths)
    urls = {path: each["url"] for path, each in zip(paths, signed, strict=True)}
    return [
        {
            "video_id": each.video.id,
            "index": each.video.index,
            "is_current": each.video.is_current,
            "width": each.clip.width,
            "height": each.clip.height,
            "duration_seconds": each.clip.duration_seconds,
            "content_url": urls[each.clip_path],
            "poster_url": urls[each.poster_path] if each.poster_path else None,
        }
        for each in takes
    ]
