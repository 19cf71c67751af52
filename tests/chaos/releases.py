"""Two releases side by side: processes of this one, and of one that knows more fields and words.

The next one calls a phase by another word, which this one cannot read, and adds fields to what it
creates, which this one has to keep.
"""

from collections.abc import Iterator
from typing import Any

from shared.domain.campaign import Campaign
from shared.domain.video import Video
from shared.ports import Ports
from shared.records import form
from tests.chaos.findings import Finding, Kind
from tests.chaos.rules import remains_of
from tests.chaos.stories import (
    NOTHING_SHOWN,
    REGENERATING,
    Act,
    Story,
    Versions,
    creating,
    nothing,
    one_video,
)
from tests.chaos.worlds import Site

Fields = dict[str, Any]

_WORDS = {"submitting": "sending", "generating": "rendering", "storing": "keeping"}
_MEANT = {word: meant for meant, word in _WORDS.items()}

_known_fields = form._known_fields
_converted = form._converted


def side_by_side(ports: Ports) -> Ports:
    """Let this process be of the one release or of the other: each minute it is replaced.

    The clock alone decides, so that equal histories come to the same points.
    """
    _become_next(is_next=int(ports.now().timestamp()) // 60 % 2 == 0)
    return ports


def by_the_next(act: Act) -> Act:
    """Do it as the next release, in a process of any release."""

    def do(site: Site, versions: Versions) -> None:
        _become_next(is_next=True)
        act(site, versions)

    return do


def fields_are_kept(ports: Ports, versions: Versions) -> Iterator[Finding]:
    """Records that the next release created keep its fields when the old release stores them."""
    remains = remains_of(ports)
    for video in remains.videos:
        is_new = video.id not in versions.values()
        if is_new and video.unread != {(): {"origin": "next"}, ("cost",): {"tax": "0.00"}}:
            yield Finding(Kind.LOST, f"fields of {video.id}: there are {video.unread}")
    for campaign in remains.campaigns:
        if not versions and campaign.unread.get(("money",)) != {"tax": "0.00"}:
            yield Finding(Kind.LOST, f"fields of {campaign.campaign_id}: {campaign.unread}")


def _become_next(*, is_next: bool) -> None:
    form._known_fields = _next_fields if is_next else _known_fields
    form._converted = _next_converted if is_next else _converted


def _next_fields(stored: Any) -> Fields:  # noqa: ANN401  # As the function that it replaces.
    fields = _known_fields(stored)
    if isinstance(stored, Campaign | Video) and not stored.revision:
        fields["origin"] = "next"
        fields["cost" if isinstance(stored, Video) else "money"]["tax"] = "0.00"
    if isinstance(stored, Video):
        fields["phase"] = _WORDS.get(stored.phase, stored.phase)
    return fields


def _next_converted(record: Fields, kind: type[Any]) -> Any:  # noqa: ANN401  # As above.
    phase = record.get("phase")
    return _converted({**record, "phase": _MEANT.get(str(phase), phase)}, kind)


RELEASES = (
    Story(
        name="create under two releases",
        scene=nothing,
        act=by_the_next(creating("A red bicycle")),
        shown=NOTHING_SHOWN,
        enter=side_by_side,
        rule=fields_are_kept,
    ),
    Story(
        name="regenerate under two releases",
        scene=one_video,
        act=by_the_next(REGENERATING),
        enter=side_by_side,
        rule=fields_are_kept,
    ),
)
