"""Handlers of analytics: JSON, or a table in CSV."""

import csv
from collections.abc import Iterable, Sequence
from datetime import timedelta
from io import StringIO
from typing import TypeVar

from werkzeug.wrappers import Response

from shared.domain.identity import parse_video_id, require_campaign_id
from shared.domain.plays import SLICES, Counts, CountsKey
from shared.domain.video import Video
from shared.domain.watching import Rate, Watched, total, watched
from shared.http.analytics_types import (
    AnalyticsQuery,
    CampaignAnalytics,
    RateResource,
    VersionAnalytics,
    VideoAnalytics,
    WatchedResource,
)
from shared.http.calls import Call, json_response
from shared.http.queries import read_query
from shared.http.resources import cost_resource
from shared.use_cases.read_analytics import (
    EARLIEST,
    Counted,
    Period,
    read_campaign_counts,
    read_video_counts,
)

K = TypeVar("K")

CSV = "text/csv"

_DEFAULT = timedelta(days=29)
_COUNTS = ("exposures", "impressions", "plays", "views", "q25", "q50", "q75", "q100")
_HEALTH = ("stalls", "errors", "clipped", "simulated")
_COLUMNS = (
    *("date", "campaign_id", "video_id", "index", "version_state", "experiment_id", "arm"),
    *_COUNTS,
    *("completion_rate", "completion_low", "completion_high", "average_watch_seconds"),
    *_HEALTH,
    *(f"slice_{number}" for number in range(SLICES)),
)


def of_video(call: Call, video_id: str) -> Response:
    period = _period(call)
    video, counts = read_video_counts(call.ports, video_id, period)
    if _wants_csv(call):
        return _table(counts, {video_id: video})
    resource: VideoAnalytics = {
        "object": "video.analytics",
        "campaign_id": video.campaign_id,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        **_version(video_id, video, counts),
    }
    return _varied(json_response(resource))


def of_campaign(call: Call, campaign_id: str) -> Response:
    period = _period(call)
    videos, counts = read_campaign_counts(call.ports, require_campaign_id(campaign_id), period)
    if _wants_csv(call):
        return _table(counts, videos)
    by_video: dict[str, list[tuple[CountsKey, Counts]]] = {
        video.id: [] for video in videos.values() if video.is_current
    }
    for key, each in counts:
        by_video.setdefault(key.video_id, []).append((key, each))
    rows = [_version(name, videos.get(name), found) for name, found in by_video.items()]
    resource: CampaignAnalytics = {
        "object": "campaign.analytics",
        "campaign_id": campaign_id,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "data": sorted(rows, key=_place),
    }
    return _varied(json_response(resource))


def watched_resource(found: Watched) -> WatchedResource:
    counts = found.counts
    return {
        "impressions": found.impressions,
        "plays": counts.plays,
        "views": counts.views,
        "view_rate": rate_resource(found.view_rate),
        "q25": rate_resource(found.q25),
        "q50": rate_resource(found.q50),
        "q75": rate_resource(found.q75),
        "completion": rate_resource(found.completion),
        "average_watch_seconds": found.average_watch_seconds,
        "watched": found.watched,
        "stalls": counts.stalls,
        "errors": counts.errors,
        "clipped": counts.clipped,
        "simulated": counts.simulated,
        "retention": [rate_resource(each) for each in found.retention],
    }


def rate_resource(rate: Rate) -> RateResource:
    return {"value": rate.value, "low": rate.low, "high": rate.high, "of": rate.of}


def _period(call: Call) -> Period:
    query = read_query(call.request, AnalyticsQuery)
    last = query.last or call.now.date()
    if query.first is not None:
        return Period(first=query.first, last=last)
    return Period(first=last - min(_DEFAULT, last - EARLIEST), last=last)


def _version(video_id: str, video: Video | None, counts: Counted) -> VersionAnalytics:
    def resource(found: Iterable[Counts]) -> WatchedResource:
        return watched_resource(watched(total(found)))

    by_day = _grouped((key.day, each) for key, each in counts)
    by_arm = _grouped(
        ((key.experiment_id, key.arm), each)
        for key, each in counts
        if key.experiment_id is not None and key.arm is not None
    )
    return {
        "video_id": video_id,
        "index": video.index if video else None,
        "version_state": video.version_state if video else None,
        "prompt": video.prompt if video else None,
        "cost": cost_resource(video.cost) if video else None,
        "totals": resource(each for _, each in counts) if counts else None,
        "days": [
            {"date": day.isoformat(), "watched": resource(found)} for day, found in by_day.items()
        ],
        "arms": [
            {"experiment_id": experiment_id, "arm": arm, "watched": resource(found)}
            for (experiment_id, arm), found in sorted(by_arm.items())
        ],
    }


def _grouped(found: Iterable[tuple[K, Counts]]) -> dict[K, list[Counts]]:
    groups: dict[K, list[Counts]] = {}
    for key, counts in found:
        groups.setdefault(key, []).append(counts)
    return groups


def _place(row: VersionAnalytics) -> tuple[bool, int, bool, str]:
    """Sort by slot, its current version first; removed versions come last."""
    index = row["index"]
    is_other = row["version_state"] != "current"
    return index is None, index or 0, is_other, row["video_id"]


def _wants_csv(call: Call) -> bool:
    wanted = call.request.accept_mimetypes.best_match(("application/json", CSV))
    return wanted == CSV


def _table(counts: Counted, videos: dict[str, Video]) -> Response:
    """One line for each day, version and arm. What is not known is empty."""
    text = StringIO()
    lines = csv.writer(text)
    lines.writerow(_COLUMNS)
    lines.writerows(_line(key, each, videos.get(key.video_id)) for key, each in counts)
    headers = {"Cache-Control": "no-store"}
    return _varied(Response(text.getvalue(), content_type=f"{CSV}; charset=utf-8", headers=headers))


def _line(key: CountsKey, counts: Counts, video: Video | None) -> Sequence[object]:
    found = watched(counts)
    of_all: dict[str, object] = {name: getattr(counts, name) for name in (*_COUNTS, *_HEALTH)}
    of_all["impressions"] = found.impressions
    of_all["exposures"] = counts.exposures if key.experiment_id else None
    campaign_id, _ = parse_video_id(key.video_id)
    completion = found.completion
    return [
        *(key.day.isoformat(), campaign_id, key.video_id),
        *((video.index, video.version_state) if video else (None, None)),
        *(key.experiment_id, key.arm),
        *(of_all[name] for name in _COUNTS),
        *(completion.value, completion.low, completion.high, found.average_watch_seconds),
        *(of_all[name] for name in _HEALTH),
        *counts.bins,
    ]


def _varied(response: Response) -> Response:
    response.vary.add("Accept")
    return response
