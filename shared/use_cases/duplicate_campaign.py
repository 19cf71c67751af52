"""Duplicate a campaign: its words and settings, and none of its videos."""

from shared.domain.campaign import Campaign, CampaignDraft
from shared.domain.titles import MAX_TITLE_CHARACTERS
from shared.domain.values import replace
from shared.domain.video import Video
from shared.ports import Ports
from shared.use_cases.begin_campaign import begin_titled
from shared.use_cases.read_campaigns import CampaignView, SlotView, read_campaign

_COPY = " (copy)"


def duplicate_campaign(ports: Ports, campaign_id: str, title: str | None) -> Campaign:
    """Store a new campaign with the budget of this one, and its words as a draft.

    Nothing is paid. Pictures are not copied: they belong to the campaign. Raise
    CampaignNotFoundError.
    """
    view = read_campaign(ports, campaign_id)
    source = view.campaign
    name = source.title or source.campaign_id
    return begin_titled(
        ports,
        title or f"{name[: MAX_TITLE_CHARACTERS - len(_COPY)]}{_COPY}",
        budget_usd=source.budget_usd,
        draft=_draft_of(view) or source.draft,
    )


def _draft_of(view: CampaignView) -> CampaignDraft | None:
    videos = {slot.index: video for slot in view.slots if (video := _latest(slot))}
    if not videos:
        return None
    latest = max(videos.values(), key=lambda video: video.created_at)
    used = range(max(videos) + 1)
    return CampaignDraft(
        prompts=tuple(videos[index].prompt if index in videos else None for index in used),
        business_context=latest.business_context,
        parameters=replace(latest.parameters, inputs=None),
    )


def _latest(slot: SlotView) -> Video | None:
    return slot.pending or slot.current or next(iter(slot.historical), None)
