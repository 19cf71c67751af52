"""What players report."""

from typing import Annotated, Literal

from msgspec import Meta

from shared.domain.signed_tokens import LONGEST_TOKEN
from shared.requests.parsing import Body

# The largest whole number that every JSON reader keeps.
_MOST = 2**53 - 1
_MOST_COUNTED = 10_000


def _number(description: str, example: int, most: int) -> Meta:
    return Meta(description=description, examples=[example], ge=0, le=most)


def _hex(description: str, example: str) -> Meta:
    length = len(example)
    return Meta(
        description=description,
        examples=[example],
        min_length=length,
        max_length=length,
        pattern="^[0-9a-f]+$",
    )


class BeaconBody(Body, forbid_unknown_fields=False):
    """The state of a view so far. A later one has at least as much, so an earlier one may be lost.

    Unknown fields are ignored: a page may have a player of another release.
    """

    v: Annotated[Literal[1], Meta(description="The version of this form.", examples=[1])]
    view: Annotated[
        str,
        _hex("The view: that of the embed, or 128 random bits of this page load.", "0123abcd" * 4),
    ]
    token: Annotated[
        str,
        Meta(
            description="A `play_token`.",
            examples=["WyJ2aWRlb19hLjAi.Zm9vYmFyYmF6"],
            max_length=LONGEST_TOKEN,
        ),
    ]
    seq: Annotated[int, _number("The number of this beacon in its view.", 2, _MOST_COUNTED)] = 0
    played_ms: Annotated[
        int, _number("For how long the clip moved: no pause, stall or seek.", 8000, _MOST)
    ] = 0
    visible_ms: Annotated[
        int, _number("The part of it in which half of the player could be seen.", 8000, _MOST)
    ] = 0
    bins: Annotated[
        str,
        _hex("Bit i of this number is slice i of 32: playback has passed through it.", "ffffffff"),
    ] = "00000000"
    loops: Annotated[int, _number("How often it began again by itself.", 0, _MOST_COUNTED)] = 0
    replays: Annotated[
        int, _number("How often its viewer went back to an earlier moment.", 0, _MOST_COUNTED)
    ] = 0
    stalls: Annotated[int, _number("How often it waited for data.", 0, _MOST_COUNTED)] = 0
    ended: Annotated[bool, Meta(description="Whether the end was reached.")] = False
    muted: Annotated[bool, Meta(description="Whether it was played without sound.")] = False
    autoplay: Annotated[bool, Meta(description="Whether it began by itself.")] = False
    error: Annotated[bool, Meta(description="Whether it could not be played.")] = False
    impression: Annotated[
        bool, Meta(description="Whether half of the player was seen for a second.")
    ] = False
    simulated: Annotated[
        bool, Meta(description="Whether a program made the view: a test, or a demonstration.")
    ] = False
