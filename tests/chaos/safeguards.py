"""Safeguards, each to be taken out by itself: then some rule has to break.

A safeguard whose removal no test notices is useless, or untested.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import NamedTuple, cast

from shared.ports import Ports
from tests.chaos.aftermaths import Aftermath
from tests.chaos.findings import Kind
from tests.chaos.weak_ports import (
    Believing,
    CountingWhatCameBack,
    Instead,
    LeavingOut,
    MakingRoomFirst,
    NeverDue,
    Overwriting,
    OverwritingObjects,
    Piecemeal,
    RecordingAfterwards,
    StoringEventsAfterwards,
    SubmittingAgain,
    Unadopting,
    WithoutChores,
    WithoutLeases,
    WithoutMoney,
    WithoutPending,
)

Weaken = Callable[[Ports], Ports]


class Where(NamedTuple):
    """Points of a story that have these words in their names, and what follows there."""

    story: str
    words: str
    aftermath: Aftermath


@dataclass(frozen=True, kw_only=True)
class Safeguard:
    """`at` is one of the places that need it, and `breaks` are rules that break there without.

    `parts` are those in which a missing safeguard can be seen.
    """

    name: str
    take_out: Weaken
    at: Where
    breaks: tuple[Kind, ...]
    parts: tuple[str, ...] = ("local", "cloud")


def take_nothing_out(ports: Ports) -> Ports:
    return ports


def _without(
    name: str,
    port: str,
    instead: type[Instead],
    *,
    at: Where,
    breaks: tuple[Kind, ...],
    parts: tuple[str, ...] = ("local", "cloud"),
) -> Safeguard:
    def take_out(ports: Ports) -> Ports:
        weakened = instead(getattr(ports, port))
        return cast("Ports", SimpleNamespace(**{**vars(ports), port: weakened}))

    return Safeguard(name=name, take_out=take_out, at=at, breaks=breaks, parts=parts)


SAFEGUARDS = (
    _without(
        "a commit's precondition",
        "campaigns",
        Overwriting,
        at=Where("create", "mirror.write_submission", Aftermath.AGAIN),
        breaks=(Kind.PAID_TWICE,),
    ),
    _without(
        "one commit for all records",
        "campaigns",
        Piecemeal,
        at=Where("promote", "campaigns.commit", Aftermath.LOST),
        breaks=(Kind.DISAGREEMENT,),
    ),
    _without(
        "the event in the commit of its end",
        "campaigns",
        StoringEventsAfterwards,
        at=Where("create", "campaigns.commit", Aftermath.LOST),
        breaks=(Kind.NO_EVENT,),
    ),
    _without(
        "leases",
        "campaigns",
        WithoutLeases,
        at=Where("create", "inspector.inspect", Aftermath.NAP),
        breaks=(Kind.WASTED,),
    ),
    _without(
        "lost races that use up no try",
        "campaigns",
        CountingWhatCameBack,
        at=Where("lose races", "objects.rename", Aftermath.AGAIN),
        breaks=(Kind.LOST,),
    ),
    _without(
        "the record before the submission",
        "campaigns",
        RecordingAfterwards,
        at=Where("create", "campaigns.commit_video", Aftermath.LOST),
        breaks=(Kind.PAID_TWICE,),
    ),
    _without(
        "no submission after an unknown one",
        "campaigns",
        SubmittingAgain,
        at=Where("create", "campaigns.commit_video", Aftermath.LOST),
        breaks=(Kind.PAID_TWICE,),
    ),
    _without(
        "one pending video for each slot",
        "campaigns",
        WithoutPending,
        at=Where("regenerate", "campaigns.commit", Aftermath.AGAIN),
        breaks=(Kind.PAID_TWICE,),
    ),
    _without(
        "money in the same commit",
        "campaigns",
        WithoutMoney,
        at=Where("create", "campaigns.commit", Aftermath.LOST),
        breaks=(Kind.DISAGREEMENT,),
    ),
    _without(
        "chores",
        "campaigns",
        WithoutChores,
        at=Where("promote", "campaigns.commit", Aftermath.LOST),
        breaks=(Kind.DISAGREEMENT,),
    ),
    _without(
        "the tick",
        "campaigns",
        NeverDue,
        at=Where("create", "queue.publish", Aftermath.LOST),
        breaks=(Kind.RESTLESS,),
    ),
    _without(
        "what cannot be read is not missing",
        "campaigns",
        LeavingOut,
        at=Where("regenerate under two releases", "objects.rename", Aftermath.LOST),
        breaks=(Kind.DISAGREEMENT,),
    ),
    _without(
        "create-only writes",
        "objects",
        OverwritingObjects,
        # Not at the clip's rename: the thumbnail is put at the same time, in either order.
        at=Where("create", "campaigns.commit", Aftermath.LOST),
        breaks=(Kind.REWRITTEN,),
        # A bucket's tag is of the bytes, which are the same.
        parts=("local",),
    ),
    _without(
        "the old clip until the new one is shown",
        "objects",
        MakingRoomFirst,
        at=Where("regenerate", "objects.rename", Aftermath.LOST),
        breaks=(Kind.UNREADABLE, Kind.LOST),
    ),
    _without(
        "adoption of unknown outcomes",
        "objects",
        Unadopting,
        at=Where("create", "campaigns.commit_video", Aftermath.LOST),
        breaks=(Kind.LOST,),
    ),
    _without(
        "a look into the clip",
        "inspector",
        Believing,
        at=Where("corrupt", "campaigns.commit", Aftermath.LOST),
        breaks=(Kind.LOST,),
        # No generator of the emulated cloud makes corrupt clips.
        parts=("local",),
    ),
)
