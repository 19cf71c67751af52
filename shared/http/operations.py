"""What each endpoint takes and answers, for the description of the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.http import bodies as http_bodies
from shared.http import requests
from shared.http import resource_types as resources
from shared.requests import bodies
from shared.requests.parsing import Body


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`answers` has the type of the body for each status.

    It is `bytes` for media, `str` for what a browser shows, and None where there is no body.
    One that `takes_key` may spend, and is answered once for each Idempotency-Key.
    """

    summary: str
    answers: Mapping[int, Any]
    body: type[Body] | None = None
    query: type[Body] | None = None
    takes_key: bool = False


_VIDEO = resources.VideoResource
_VIDEOS = resources.ListResource[resources.VideoResource]
_CREATED = {202: _VIDEO, 200: _VIDEO}
_ALL_CREATED = {202: _VIDEOS, 200: _VIDEOS}
# 302 where a bucket serves its objects itself.
_MEDIA = {200: bytes, 206: bytes, 302: None, 304: None}
_PAGE = {200: str, 304: None}

OPERATIONS: Mapping[str, Operation] = {
    "studio_pages.page": Operation(
        summary="The studio: make, watch, compare and bring back videos in a browser",
        answers=_PAGE,
    ),
    "studio_pages.file": Operation(summary="What the studio consists of", answers=_PAGE),
    "studio_pages.start_session": Operation(
        summary="Let a browser keep a session for an API key: media elements cannot send the key",
        body=http_bodies.SessionBody,
        answers={204: None},
    ),
    "studio_pages.icon": Operation(summary="The icon of the studio", answers=_PAGE),
    "metrics.read": Operation(
        summary="Requests, videos and dollars for Prometheus, where the records are in a folder",
        answers={200: resources.Metrics},
    ),
    "service.health": Operation(
        summary="Whether the records can be read", answers={200: resources.HealthResource}
    ),
    "service.description": Operation(summary="This description", answers={200: dict[str, Any]}),
    "service.models": Operation(
        summary="What each model can do, what it costs, and when it goes",
        answers={200: resources.ListResource[resources.ModelResource]},
    ),
    "creations.create": Operation(
        summary="Create a video: 202 for a new one, 200 for one that is there or being made",
        body=bodies.CreateVideoBody,
        answers=_CREATED,
        takes_key=True,
    ),
    "videos.list_all": Operation(
        summary="List videos", query=requests.ListQuery, answers={200: _VIDEOS}
    ),
    "creations.estimate": Operation(
        summary="What a request would cost, and what of it is cached",
        body=bodies.EstimateBody,
        answers={200: resources.EstimateResource},
    ),
    "videos.read": Operation(
        summary="Read a video", query=requests.ReadQuery, answers={200: _VIDEO}
    ),
    "versions.delete": Operation(
        summary="Delete a video and its files", answers={200: resources.DeletedVideo}
    ),
    "versions.regenerate": Operation(
        summary="Make a new version; the old one stays current until it is there",
        body=http_bodies.RegenerateBody,
        answers=_CREATED,
        takes_key=True,
    ),
    "versions.promote": Operation(
        summary="Make a historical video current again", answers={200: _VIDEO}
    ),
    "versions.cancel": Operation(
        summary="Cancel a video, or keep it out of sight if it is paid for already",
        answers={200: _VIDEO},
    ),
    "content.of_video": Operation(
        summary="The clip or its thumbnail", query=requests.ContentQuery, answers=_MEDIA
    ),
    "content.signed_url": Operation(
        summary="A URL that needs no other permission, for a while",
        body=http_bodies.SignedUrlBody,
        answers={200: resources.SignedURLResource},
    ),
    "content.of_file": Operation(summary="A clip or thumbnail by its file name", answers=_MEDIA),
    "content.of_signed_path": Operation(
        summary="What a signed URL of a local installation reads",
        query=requests.SignatureQuery,
        answers=_MEDIA,
    ),
    "campaign_lists.list_all": Operation(
        summary="List campaigns, by their ids",
        query=requests.CampaignListQuery,
        answers={200: resources.ListResource[resources.CampaignSummary]},
    ),
    "campaigns.read": Operation(
        summary="A campaign's slots, counts and money", answers={200: resources.CampaignResource}
    ),
    "campaigns.change": Operation(
        summary="Set a campaign's budget",
        body=http_bodies.CampaignBody,
        answers={200: resources.CampaignResource},
    ),
    "campaigns.delete": Operation(
        summary="Delete a campaign with all of its videos",
        answers={200: resources.DeletedCampaign, 202: resources.DeletedCampaign},
    ),
    "creations.create_all": Operation(
        summary="Create a video for each prompt, all of them or none",
        body=bodies.CreateCampaignVideosBody,
        answers=_ALL_CREATED,
        takes_key=True,
    ),
    "versions.regenerate_all": Operation(
        summary="Make a new version of every current video",
        body=http_bodies.RegenerateBody,
        answers=_ALL_CREATED,
        takes_key=True,
    ),
    "versions.cleanup": Operation(
        summary="Remove historical videos; a dry run unless told otherwise",
        body=http_bodies.CleanupBody,
        answers={200: resources.CleanupResource},
    ),
}
