"""Handlers of campaigns."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from msgspec import UNSET
from werkzeug.wrappers import Response

from shared.domain.campaign import Campaign, CampaignDraft
from shared.domain.errors import InvalidRequestError
from shared.domain.identity import require_campaign_id, video_id
from shared.domain.limits import Limits, available, budget_of, require_dollars
from shared.domain.queueing import QueueEstimate, expected_done_at, reason_for_waiting
from shared.domain.search import CampaignFilter, CampaignStatus, words_in
from shared.domain.titles import title_of
from shared.domain.unreadable import Unreadable
from shared.http.calls import POLLING, Call, json_response, list_response
from shared.http.campaign_types import (
    BudgetResource,
    CampaignBody,
    CampaignFacts,
    CampaignListQuery,
    CampaignOrder,
    CampaignQueueResource,
    CampaignResource,
    CampaignSummary,
    CountsResource,
    DeletedCampaign,
    DraftResource,
    DuplicateBody,
    MoneyResource,
    NewCampaignBody,
    SlotResource,
    cursor_of,
    position_in,
)
from shared.http.queries import read_query, require_one_of
from shared.http.request_bodies import read_body
from shared.http.resources import epoch, thumbnail_url_of, unreadable_resource, video_resource
from shared.ports.campaign_repository import CampaignPosition, CampaignQuery
from shared.ports.policy import limits_of
from shared.use_cases.begin_campaign import Facts, begin_titled, change_campaign
from shared.use_cases.delete_campaign import delete_campaign
from shared.use_cases.duplicate_campaign import duplicate_campaign
from shared.use_cases.queue_estimates import estimates_of
from shared.use_cases.read_campaigns import CampaignView, SlotView, read_campaign


def read(call: Call, campaign_id: str) -> Response:
    """Answer with polling headers while a video of the campaign is pending."""
    view = read_campaign(call.ports, require_campaign_id(campaign_id))
    is_pending = any(slot.pending for slot in view.slots)
    return json_response(_resource(call, view), headers=POLLING if is_pending else None)


def list_all(call: Call) -> Response:
    query = read_query(call.request, CampaignListQuery)
    if require_one_of(CampaignOrder, query.order, "order") is CampaignOrder.UPDATED:
        return _list_found(call, query)
    for param in ("q", "status", "archived"):
        if getattr(query, param) not in ("", None):
            raise InvalidRequestError(f"{param} needs order=updated.", param=param)
    after = None if query.after is None else require_campaign_id(query.after, param="after")
    found = call.ports.campaigns.list_campaigns(after=after, limit=query.limit + 1)
    page = found[: query.limit]
    return list_response(
        [_summary(call, each) for each in page if not isinstance(each, Unreadable)],
        ids=[campaign.campaign_id for campaign in page],
        has_more=len(found) > query.limit,
        unreadable=[unreadable_resource(each) for each in page if isinstance(each, Unreadable)],
    )


def _list_found(call: Call, query: CampaignListQuery) -> Response:
    """Answer with a page by the latest change."""
    wanted = CampaignFilter(
        words=words_in(query.q),
        status=require_one_of(CampaignStatus, query.status, "status"),
        archived=query.archived,
    )
    after = None if query.after is None else position_in(query.after)
    asked = CampaignQuery(wanted=wanted, after=after, limit=query.limit + 1)
    found = call.ports.campaigns.find_campaigns(asked)
    page = found[: query.limit]
    return list_response(
        [_summary(call, campaign) for campaign in page],
        ids=[cursor_of(CampaignPosition.of(campaign)) for campaign in page],
        has_more=len(found) > query.limit,
        unreadable=[],
    )


def create(call: Call) -> Response:
    """Create a campaign without videos."""
    title = title_of(read_body(call.request, NewCampaignBody).title)
    if title is None:
        raise InvalidRequestError("title must not be empty.", param="title")
    return _created(call, begin_titled(call.ports, title))


def duplicate(call: Call, campaign_id: str) -> Response:
    require_campaign_id(campaign_id)
    title = title_of(read_body(call.request, DuplicateBody).title)
    return _created(call, duplicate_campaign(call.ports, campaign_id, title))


def change(call: Call, campaign_id: str) -> Response:
    """Change the campaign, and create it if it does not exist yet."""
    require_campaign_id(campaign_id)
    body = read_body(call.request, CampaignBody)
    facts: Facts = {}
    if body.title is not UNSET:
        facts["title"] = title_of(body.title)
    if body.archived is not UNSET:
        facts["archived"] = body.archived
    if body.budget_usd is not UNSET:
        facts["budget_usd"] = require_dollars(body.budget_usd, param="budget_usd")
    if facts:
        change_campaign(call.ports, campaign_id, **facts)
    return read(call, campaign_id)


def delete(call: Call, campaign_id: str) -> Response:
    """Answer 202 where the tick has to finish the deletion; no video can be created meanwhile."""
    is_deleted = delete_campaign(call.ports, require_campaign_id(campaign_id))
    deleted = DeletedCampaign(id=campaign_id, object="campaign.deleted", deleted=is_deleted)
    return json_response(deleted, status=HTTPStatus.OK if is_deleted else HTTPStatus.ACCEPTED)


def _created(call: Call, campaign: Campaign) -> Response:
    location = {"Location": f"{call.base_url}v1/campaigns/{campaign.campaign_id}"}
    resource = _resource(call, CampaignView(campaign=campaign, slots=()))
    return json_response(resource, status=HTTPStatus.CREATED, headers=location)


def _facts(call: Call, campaign: Campaign) -> CampaignFacts:
    return {
        "id": campaign.campaign_id,
        "object": "campaign",
        "title": campaign.title,
        "archived": campaign.archived,
        "created_at": epoch(campaign.created_at),
        "updated_at": epoch(campaign.updated_at),
        "max_videos": call.ports.policy.max_videos_per_campaign,
        "keep_historical": call.ports.policy.keep_historical,
        "trash_days": call.ports.policy.trash_days,
        "counts": _counts_resource(campaign),
        "money": _money_resource(campaign),
        "budget": _budget_resource(campaign, limits_of(call.ports.policy)),
    }


def _resource(call: Call, view: CampaignView) -> CampaignResource:
    pending = [slot.pending for slot in view.slots if slot.pending]
    queue = estimates_of(call.ports, pending)
    return {
        **_facts(call, view.campaign),
        "draft": _draft(view.campaign.draft),
        "unreadable": sum(len(slot.unreadable) for slot in view.slots),
        "queue": _queue(queue) if queue else None,
        "slots": [_slot(call, slot, queue) for slot in view.slots],
    }


def _summary(call: Call, campaign: Campaign) -> CampaignSummary:
    current = [slot.current.video_hash for slot in campaign.slots if slot.current]
    ids = [video_id(campaign.campaign_id, video_hash) for video_hash in current]
    return {
        **_facts(call, campaign),
        "thumbnail_urls": [thumbnail_url_of(each, base_url=call.base_url) for each in ids],
    }


def _queue(estimates: Mapping[str, QueueEstimate]) -> CampaignQueueResource:
    done_at = expected_done_at(estimates.values())
    return {
        "waiting": len(estimates),
        "expected_done_at": None if done_at is None else epoch(done_at),
        "reason": reason_for_waiting(estimates.values()),
    }


def _slot(call: Call, slot: SlotView, queue: Mapping[str, QueueEstimate]) -> SlotResource:
    resource = partial(video_resource, call)
    return {
        "index": slot.index,
        "current": resource(slot.current) if slot.current else None,
        "pending": resource(slot.pending, queue=queue.get(slot.pending.id))
        if slot.pending
        else None,
        "historical": [resource(video) for video in slot.historical],
        "unreadable": list(map(unreadable_resource, slot.unreadable)),
    }


def _draft(draft: CampaignDraft | None) -> DraftResource | None:
    if draft is None:
        return None
    parameters = draft.parameters
    return {
        "prompts": draft.prompts,
        "business_context": draft.business_context,
        "model": parameters.model,
        "seconds": parameters.duration_seconds,
        "aspect_ratio": parameters.aspect_ratio,
        "resolution": parameters.resolution,
        "fps": parameters.fps,
        "generate_audio": parameters.generate_audio,
        "negative_prompt": parameters.negative_prompt,
        "seed": parameters.seed,
        "person_generation": parameters.person_generation,
    }


def _counts_resource(campaign: Campaign) -> CountsResource:
    return {
        "failed": len(campaign.failed),
        "current": sum(slot.current is not None for slot in campaign.slots),
        "pending": sum(slot.pending is not None for slot in campaign.slots),
        "historical": sum(len(slot.historical) for slot in campaign.slots),
        "trashed": len(campaign.trash),
        "cache_hits": campaign.saved.hits,
    }


def _money_resource(campaign: Campaign) -> MoneyResource:
    money = campaign.money
    return {
        "currency": "USD",
        "reserved": money.reserved,
        "spent": money.spent,
        "simulated": money.simulated,
        "possibly_spent": money.possibly_spent,
        "saved": campaign.saved.amount,
    }


def _budget_resource(campaign: Campaign, limits: Limits) -> BudgetResource:
    return {
        "currency": "USD",
        "limit_usd": budget_of(campaign, limits),
        "available_usd": available(campaign, limits),
        "own_usd": campaign.budget_usd,
        "default_usd": limits.campaign_budget,
    }
