"""The handler that lists campaigns: by their records alone, without a look at any video."""

from werkzeug.wrappers import Response

from shared.domain.campaign import Campaign
from shared.domain.identity import require_campaign_id, video_id
from shared.domain.unreadable import Unreadable
from shared.http.calls import Call, list_response
from shared.http.campaigns import facts_of
from shared.http.requests import CampaignListQuery, read_query
from shared.http.resource_types import CampaignSummary
from shared.http.resources import thumbnail_url_of, unreadable_resource


def list_all(call: Call) -> Response:
    query = read_query(call.request, CampaignListQuery)
    after = None if query.after is None else require_campaign_id(query.after)
    found = call.ports.campaigns.list_campaigns(after=after, limit=query.limit + 1)
    page = found[: query.limit]
    return list_response(
        [_summary(call, each) for each in page if not isinstance(each, Unreadable)],
        ids=[campaign.campaign_id for campaign in page],
        has_more=len(found) > query.limit,
        unreadable=[unreadable_resource(each) for each in page if isinstance(each, Unreadable)],
    )


def _summary(call: Call, campaign: Campaign) -> CampaignSummary:
    shown = [slot.current.video_hash for slot in campaign.slots if slot.current]
    ids = [video_id(campaign.campaign_id, video_hash) for video_hash in shown]
    return {
        **facts_of(call, campaign),
        "thumbnail_urls": [thumbnail_url_of(each, base_url=call.base_url) for each in ids],
    }
