"""What a player asks for and gets at a load of its page."""

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from shared.domain.signed_tokens import LONGEST_TOKEN
from shared.requests.parsing import Body


class EmbedQuery(Body):
    counted: Annotated[
        bool,
        Meta(
            description="Whether this load may be counted. One that may not, or has the header "
            "`Sec-GPC: 1` or `DNT: 1`, gets no token, and takes part in no experiment."
        ),
    ] = True
    renews: Annotated[
        Annotated[str, Meta(max_length=LONGEST_TOKEN)] | None,
        Meta(
            description="The `play_token` of a load whose URLs have expired: it goes on with the "
            "same video as the same view. After the token's end it is a new load."
        ),
    ] = None


class EmbedResource(TypedDict):
    """One load of a player. `view` is this load's, and `play_token` counts no other view.

    The URLs of the clip and the poster expire, as signed URLs do. `experiment_id`, `arm`
    and its `label` are those of an experiment that has assigned this load; a renewed load
    has no label.
    """

    object: Literal["embed"]
    video_id: str
    campaign_id: str
    index: int
    experiment_id: str | None
    arm: int | None
    label: str | None
    content_url: str
    poster_url: str
    duration_seconds: float
    play_token: str | None
    view: str
    plays_url: str
