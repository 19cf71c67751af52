"""The endpoints of videos, campaigns, inputs and batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.building import ModuleOnUse
from shared.http.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.http import batch_types as of_batches
    from shared.http import (
        batches,
        campaigns,
        content,
        creations,
        derivations,
        downloads,
        inputs,
        queries,
        versions,
        videos,
    )
    from shared.http import campaign_types as of_campaigns
    from shared.http import request_bodies as sent
    from shared.http import resource_types as answered
    from shared.requests import bodies
    from shared.requests.parsing import Body
else:
    batches = ModuleOnUse("shared.http.batches")
    campaigns = ModuleOnUse("shared.http.campaigns")
    content = ModuleOnUse("shared.http.content")
    creations = ModuleOnUse("shared.http.creations")
    derivations = ModuleOnUse("shared.http.derivations")
    downloads = ModuleOnUse("shared.http.downloads")
    inputs = ModuleOnUse("shared.http.inputs")
    queries = ModuleOnUse("shared.http.queries")
    versions = ModuleOnUse("shared.http.versions")
    videos = ModuleOnUse("shared.http.videos")
    answered = ModuleOnUse("shared.http.resource_types")
    of_batches = ModuleOnUse("shared.http.batch_types")
    of_campaigns = ModuleOnUse("shared.http.campaign_types")
    sent = ModuleOnUse("shared.http.request_bodies")
    bodies = ModuleOnUse("shared.requests.bodies")


def _video() -> Mapping[int, Any]:
    return {200: answered.VideoResource}


def _campaign() -> Mapping[int, Any]:
    return {200: of_campaigns.CampaignResource}


def _new_campaign() -> Mapping[int, Any]:
    return {201: of_campaigns.CampaignResource}


def _created() -> Mapping[int, Any]:
    return dict.fromkeys((202, 200), answered.VideoResource)


def _created_takes() -> Mapping[int, Any]:
    """One video, or for `n` of them a list."""
    either = (answered.VideoResource, answered.ListResource[answered.VideoResource])
    return {202: either, 200: either}


def _all_created() -> Mapping[int, Any]:
    return dict.fromkeys((202, 200), answered.ListResource[answered.VideoResource])


def _media() -> Mapping[int, Any]:
    """302 where a bucket serves its objects."""
    return {200: bytes, 206: bytes, 302: None, 304: None}


def _batch() -> Mapping[int, Any]:
    return {200: of_batches.BatchResource}


def _any() -> type[Body]:
    return queries.AnyQuery


# fmt: off
VIDEO_ENDPOINTS: Sequence[Endpoint] = (
    Endpoint("POST", "/v1/videos", lambda: creations.create,
             "Create a video, or `n` of one prompt: 202 for a new one, 200 for one that exists or "
             "is in progress",
             answers=_created_takes, body=lambda: bodies.CreateVideoBody, takes_key=True),
    Endpoint("GET", "/v1/videos", lambda: videos.list_all,
             "List videos", query=lambda: queries.ListQuery,
             answers=lambda: {200: answered.ListResource[answered.VideoResource]}),
    Endpoint("POST", "/v1/videos/estimate", lambda: creations.estimate,
             "Estimate the cost of a request, and which of its videos are cached",
             answers=lambda: {200: answered.EstimateResource}, body=lambda: bodies.EstimateBody),
    Endpoint("GET", "/v1/videos/{video_id}", lambda: videos.read,
             "Read a video", answers=_video, query=lambda: queries.ReadQuery),
    Endpoint("PATCH", "/v1/videos/{video_id}", lambda: versions.change,
             "Keep a video from every clean-up", answers=_video, body=lambda: sent.VideoBody),
    Endpoint("DELETE", "/v1/videos/{video_id}", lambda: versions.delete,
             "Move a video to the trash, from which it can be restored, or remove it for good; 409 "
             "`wrong_state` while it is being made and is paid for",
             answers=lambda: {200: answered.DeletedVideo}, query=lambda: queries.DeleteQuery),
    Endpoint("GET", "/v1/videos/{video_id}/content", lambda: content.of_video,
             "The clip or a picture of it", answers=_media, query=lambda: queries.ContentQuery),
    Endpoint("POST", "/v1/videos/{video_id}/regenerate", lambda: versions.regenerate,
             "Create a new version; the current one stays until the new one is stored",
             answers=_created, body=lambda: sent.RegenerateBody, takes_key=True),
    Endpoint("POST", "/v1/videos/{video_id}/remix", lambda: derivations.remix,
             "Create a new version with another prompt and otherwise the settings of this video",
             answers=_created, body=lambda: bodies.RemixBody, takes_key=True),
    Endpoint("POST", "/v1/videos/{video_id}/extend", lambda: derivations.extend,
             "Create a new version that continues this video's clip",
             answers=_created, body=lambda: bodies.ExtendBody, takes_key=True),
    Endpoint("POST", "/v1/videos/{video_id}/edit", lambda: derivations.edit,
             "Create a new version that is this video's clip, edited",
             answers=_created, body=lambda: bodies.EditBody, takes_key=True),
    Endpoint("POST", "/v1/videos/extensions", lambda: derivations.extension_of,
             "Extend a video, in OpenAI's form", answers=_created,
             body=lambda: bodies.ExtensionOfBody, takes_key=True),
    Endpoint("POST", "/v1/videos/edits", lambda: derivations.edit_of,
             "Edit a video, in OpenAI's form", answers=_created,
             body=lambda: bodies.EditOfBody, takes_key=True),
    Endpoint("POST", "/v1/videos/{video_id}/promote", lambda: versions.promote,
             "Make a historical video current again", answers=_video),
    Endpoint("POST", "/v1/videos/{video_id}/restore", lambda: versions.restore,
             "Bring a video back from the trash: as the current version if its slot has none, "
             "unless it was cancelled and never shown, else as a historical one. It is kept as it "
             "was before",
             answers=_video),
    Endpoint("POST", "/v1/videos/{video_id}/cancel", lambda: versions.cancel,
             "Cancel a video; one that is already paid for is stored as historical",
             answers=_video),
    Endpoint("POST", "/v1/videos/{video_id}/signed-url", lambda: content.signed_url,
             "Create a URL that needs no other permission until it expires",
             answers=lambda: {200: answered.SignedURLResource}, body=lambda: sent.SignedUrlBody),
    Endpoint("GET", "/v1/campaigns", lambda: campaigns.list_all,
             "List campaigns, sorted by id or by their latest change, and search them",
             answers=lambda: {200: answered.ListResource[of_campaigns.CampaignSummary]},
             query=lambda: of_campaigns.CampaignListQuery),
    Endpoint("POST", "/v1/campaigns", lambda: campaigns.create,
             "Create a campaign without videos, under an id that is made of its title",
             answers=_new_campaign, body=lambda: of_campaigns.NewCampaignBody),
    Endpoint("GET", "/v1/campaigns/{campaign_id}", lambda: campaigns.read,
             "Read a campaign: slots, counts and money", answers=_campaign),
    Endpoint("PATCH", "/v1/campaigns/{campaign_id}", lambda: campaigns.change,
             "Set a campaign's title or budget, or archive it", answers=_campaign,
             body=lambda: of_campaigns.CampaignBody),
    Endpoint("POST", "/v1/campaigns/{campaign_id}/duplicate", lambda: campaigns.duplicate,
             "Create a campaign with the words and settings of this one, and without videos",
             answers=_new_campaign, body=lambda: of_campaigns.DuplicateBody),
    Endpoint("DELETE", "/v1/campaigns/{campaign_id}", lambda: campaigns.delete,
             "Delete a campaign with all of its videos",
             answers=lambda: dict.fromkeys((200, 202), of_campaigns.DeletedCampaign)),
    Endpoint("POST", "/v1/campaigns/{campaign_id}/videos", lambda: creations.create_all,
             "Create a video for each prompt, all of them or none", answers=_all_created,
             body=lambda: bodies.CreateCampaignVideosBody, takes_key=True),
    Endpoint("POST", "/v1/campaigns/{campaign_id}/regenerate", lambda: versions.regenerate_all,
             "Create a new version of every current video", answers=_all_created,
             body=lambda: sent.RegenerateBody, takes_key=True),
    Endpoint("POST", "/v1/campaigns/{campaign_id}/cleanup", lambda: versions.cleanup,
             "Move historical videos to the trash; a dry run by default",
             answers=lambda: {200: of_campaigns.CleanupResource},
             body=lambda: sent.CleanupBody),
    Endpoint("GET", "/v1/campaigns/{campaign_id}/trash", lambda: versions.trash,
             "List the deleted videos that can be restored, the latest deleted first",
             answers=lambda: {200: answered.ListResource[answered.VideoResource]}),
    Endpoint("DELETE", "/v1/campaigns/{campaign_id}/trash", lambda: versions.empty_trash,
             "Remove for good all that is in the trash of a campaign: 202 where that goes on after "
             "the answer",
             answers=lambda: dict.fromkeys((200, 202), of_campaigns.DeletedTrash)),
    Endpoint("GET", "/v1/campaigns/{campaign_id}/download", lambda: downloads.of_campaign,
             "Download the current videos as one ZIP file",
             answers=lambda: {200: answered.Archive}),
    Endpoint("POST", "/v1/campaigns/{campaign_id}/inputs", lambda: inputs.add,
             "Add a picture from which videos of the campaign are made: a file, or a URL",
             answers=lambda: dict.fromkeys((201, 200), answered.InputResource),
             body=lambda: sent.InputBody),
    Endpoint("GET", "/v1/campaigns/{campaign_id}/inputs", lambda: inputs.list_all,
             "List the inputs that new videos of the campaign can use, the newest first",
             answers=lambda: {200: answered.ListResource[answered.InputResource]},
             query=lambda: queries.PageQuery),
    Endpoint("GET", "/v1/inputs/{input_id}", lambda: inputs.read,
             "Read an input", answers=lambda: {200: answered.InputResource}),
    Endpoint("DELETE", "/v1/inputs/{input_id}", lambda: inputs.delete,
             "Delete an input; videos that were made from it can still be regenerated",
             answers=lambda: {200: answered.DeletedInput}),
    Endpoint("GET", "/v1/inputs/{input_id}/content", lambda: inputs.content,
             "The picture as it was sent", answers=_media, query=_any),
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
    Endpoint("GET", "/api/v1/content/videos/{campaign_id}/{filename}", lambda: content.of_file,
             "A clip or a picture of it by its file name", answers=_media, query=_any),
    Endpoint("GET", "/local-bucket/{+path}", lambda: content.of_signed_path,
             "The target of a local installation's signed URLs", answers=_media,
             query=lambda: queries.SignatureQuery, is_open=True),
)
# fmt: on
