"""The types of requests and answers about reviews."""

from collections.abc import Sequence
from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from shared.domain.review import (
    LONGEST_COMMENT,
    LONGEST_NAME,
    MOST_DAYS,
    USUAL_DAYS,
    Choice,
    ReviewStatus,
)
from shared.domain.titles import MAX_TITLE_CHARACTERS
from shared.http.resource_types import Epoch
from shared.requests.parsing import Body, one_of

_LONGEST_SECONDS = 3600

_Name = Annotated[
    str,
    Meta(
        description="What the reviewer is called.",
        examples=["Ann"],
        extra_json_schema={"minLength": 1, "maxLength": LONGEST_NAME},
    ),
]


class ReviewBody(Body):
    days: Annotated[
        int,
        Meta(ge=1, le=MOST_DAYS, description="For how long the link works.", examples=[7]),
    ] = USUAL_DAYS
    title: Annotated[
        Annotated[str, Meta(extra_json_schema={"maxLength": MAX_TITLE_CHARACTERS})] | None,
        Meta(description="What reviewers see above the videos.", examples=["Spring, first cut"]),
    ] = None
    include_historical: Annotated[
        bool, Meta(description="Whether versions that were replaced are shown, too.")
    ] = False


class CommentBody(Body):
    video_id: Annotated[
        str, Meta(description="The version.", examples=["video_spring.0123456789abcdef"])
    ]
    name: _Name
    text: Annotated[
        str,
        Meta(
            description="What the reviewer says.",
            examples=["The logo comes too late."],
            extra_json_schema={"minLength": 1, "maxLength": LONGEST_COMMENT},
        ),
    ]
    seconds: Annotated[
        Annotated[float, Meta(ge=0, le=_LONGEST_SECONDS)] | None,
        Meta(
            description="The moment in the clip that it is about. One past the clip's end is "
            "stored as the end.",
            examples=[3.2],
        ),
    ] = None
    id: Annotated[
        Annotated[str, Meta(pattern="^[0-9a-f]{32}$")] | None,
        Meta(
            description="128 random bits of the caller: with them, a repeated request adds no "
            "second comment.",
            examples=["0123abcd" * 4],
        ),
    ] = None


class DecisionBody(Body):
    decision: Annotated[
        str, one_of(*Choice), Meta(description="Whether the version may be used as it is.")
    ]
    name: _Name


class CommentResource(TypedDict):
    """It belongs to one version, also when that is replaced. `seconds` is a moment in its clip."""

    id: str
    object: Literal["review.comment"]
    video_id: str
    index: int
    name: str
    text: str
    seconds: float | None
    created_at: Epoch


class DecisionResource(TypedDict):
    """What a reviewer has decided last about a version."""

    object: Literal["review.decision"]
    video_id: str
    index: int
    name: str
    decision: Choice
    decided_at: Epoch


class SaidResource(TypedDict):
    comments: Sequence[CommentResource]
    decisions: Sequence[DecisionResource]


class ReviewResource(SaidResource):
    """`url` is the secret link: it is in the answer that creates the review, and in no other."""

    id: str
    object: Literal["review"]
    campaign_id: str
    title: str | None
    include_historical: bool
    status: ReviewStatus
    created_at: Epoch
    expires_at: Epoch
    closed_at: Epoch | None
    requested_by: str | None
    url: NotRequired[str]


class TakeResource(TypedDict):
    """A version that the review shows. Its URLs expire; the next answer has others."""

    video_id: str
    index: int
    is_current: bool
    width: int
    height: int
    duration_seconds: float
    content_url: str
    poster_url: str | None


class ReviewPage(SaidResource):
    """What a reviewer sees. It lists what was said of versions that are not shown now, too."""

    object: Literal["review.page"]
    title: str
    expires_at: Epoch
    takes: Sequence[TakeResource]


class DeletedReview(TypedDict):
    id: str
    object: Literal["review.deleted"]
    deleted: bool
