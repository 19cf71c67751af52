"""Read a campaign with what its slots show."""

from dataclasses import dataclass

from shared.domain.campaign import Campaign, Version
from shared.domain.video import Video
from shared.ports import Ports


@dataclass(frozen=True, kw_only=True)
class SlotView:
    index: int
    current: Video | None
    pending: Video | None
    historical: tuple[Video, ...]


@dataclass(frozen=True, kw_only=True)
class CampaignView:
    campaign: Campaign
    slots: tuple[SlotView, ...]


def read_campaign(ports: Ports, campaign_id: str) -> CampaignView:
    """Raise CampaignNotFoundError."""
    ports.savings.flush(campaign_id)
    campaign = ports.campaigns.get_campaign(campaign_id)

    def read(version: Version | None) -> Video | None:
        if version is None:
            return None
        return ports.campaigns.get_video(campaign_id, version.video_hash)

    slots = tuple(
        SlotView(
            index=slot.index,
            current=read(slot.current),
            pending=read(slot.pending),
            historical=tuple(
                ports.campaigns.get_video(campaign_id, version.video_hash)
                for version in slot.historical
            ),
        )
        for slot in campaign.slots
    )
    return CampaignView(campaign=campaign, slots=slots)


def current_video(ports: Ports, campaign: Campaign, index: int) -> Video | None:
    current = campaign.slot(index).current
    if current is None:
        return None
    return ports.campaigns.get_video(campaign.campaign_id, current.video_hash)
