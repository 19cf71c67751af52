"""Add, read and delete a campaign's inputs, and remove unused ones."""

import logging
from datetime import timedelta

from shared.domain.campaign import Campaign, Change
from shared.domain.errors import (
    CampaignNotFoundError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    ObjectNotFoundError,
)
from shared.domain.inputs import (
    InputState,
    Picture,
    StoredInput,
    find_input,
    input_id,
    parse_input_id,
    with_input,
)
from shared.domain.reconciling import CampaignState
from shared.domain.storage_layout import input_path, inputs_prefix
from shared.domain.values import replace
from shared.domain.versions import require_not_deleted
from shared.ports import Ports
from shared.ports.object_store import ObjectInfo
from shared.use_cases.begin_campaign import new_campaign
from shared.use_cases.campaign_state import load_campaign_state
from shared.use_cases.committing import until_committed
from shared.use_cases.inputs import SentPicture, store_inputs

# An object without a record: a request that stores one was refused, or its process has died.
_FORSAKEN_AFTER = timedelta(days=1)

logger = logging.getLogger(__name__)


def add_input(ports: Ports, campaign_id: str, content: bytes) -> tuple[StoredInput, bool]:
    """Keep a picture, and return it with whether it is new. An unknown campaign is created.

    Raise InvalidInputError, CampaignDeletedError or StorageFullError.
    """
    picture = ports.pictures.inspect(content)
    ports.storage_probe.require_room(len(content))

    def attempt() -> tuple[StoredInput, bool]:
        stored, _ = ports.campaigns.get_together(campaign_id, ())
        campaign = stored or new_campaign(ports, campaign_id)
        require_not_deleted(campaign)
        now = ports.now()
        inputs = with_input(campaign.inputs, picture, InputState.KEPT, now=now)
        is_new = find_input(campaign.inputs, picture.short_hash) is None
        if not _is_stored(ports, campaign, picture):
            store_inputs(ports, campaign_id, (SentPicture(picture=picture, content=content),))
        if inputs != campaign.inputs:
            ports.campaigns.commit(
                Change(campaign=replace(campaign, inputs=inputs, updated_at=now))
            )
        return _found(inputs, picture), is_new

    return until_committed(attempt)


def read_input(ports: Ports, input_id: str) -> tuple[str, StoredInput]:
    """Return an input and its campaign's id. Raise NotFoundError."""
    campaign_id, short_hash = parse_input_id(input_id)
    found = find_input(_campaign(ports, campaign_id).inputs, short_hash)
    if found is None:
        raise NotFoundError("There is no input with this id.")
    return campaign_id, found


def list_inputs(
    ports: Ports, campaign_id: str, *, after: str | None, limit: int
) -> tuple[tuple[StoredInput, ...], bool]:
    """Return a page of a campaign's inputs, the newest first, and whether there are more.

    `after` is the id of the last input of the previous page. Raise CampaignNotFoundError, or
    InvalidRequestError for an id that is not one of the campaign's.
    """
    inputs = sorted(ports.campaigns.get_campaign(campaign_id).inputs, key=_age)
    if after is not None:
        ids = [input_id(campaign_id, each.picture) for each in inputs]
        if after not in ids:
            raise InvalidRequestError("The campaign has no input with this id.", param="after")
        inputs = inputs[ids.index(after) + 1 :]
    usable = [each for each in inputs if each.state is not InputState.DELETED]
    return tuple(usable[:limit]), len(usable) > limit


def content_of_input(ports: Ports, input_id: str) -> ObjectInfo:
    """Raise NotFoundError or ObjectNotFoundError."""
    return ports.objects.head(locate_input(ports, input_id))


def locate_input(ports: Ports, input_id: str) -> str:
    """Return the path of an input's object. Raise NotFoundError."""
    campaign_id, found = read_input(ports, input_id)
    return input_path(campaign_id, found.picture)


def delete_input(ports: Ports, input_id: str) -> None:
    """Let no new request use the input. Its bytes stay while a video has them.

    Raise NotFoundError.
    """
    campaign_id, short_hash = parse_input_id(input_id)

    def attempt() -> None:
        campaign = _campaign(ports, campaign_id)
        known = find_input(campaign.inputs, short_hash)
        if known is None:
            raise NotFoundError("There is no input with this id.")
        inputs = tuple(
            replace(each, state=InputState.DELETED) if each is known else each
            for each in campaign.inputs
        )
        ports.campaigns.commit(
            Change(campaign=replace(campaign, inputs=inputs, updated_at=ports.now()))
        )

    until_committed(attempt)
    remove_unused(ports, campaign_id)


def remove_unused(ports: Ports, campaign_id: str) -> None:
    """Remove the objects of inputs that no record needs, and those without a record after a day.

    A commit first takes them off the record: a concurrent request that uses one meets a
    conflict, reads again, and stores its picture again. Only the object that was listed before all
    that is removed, so it is never the new one. What a crash leaves has no record.
    """
    listed = {info.path: info for info in ports.objects.list(inputs_prefix(campaign_id))}
    if not listed:
        return

    def attempt() -> CampaignState | None:
        state = load_campaign_state(ports.campaigns, campaign_id)
        if state.unreadable or state.campaign.is_being_deleted:
            return None
        kept = _needed(state)
        if len(kept) < len(state.campaign.inputs):
            campaign = replace(state.campaign, inputs=kept, updated_at=ports.now())
            ports.campaigns.commit(Change(campaign=campaign))
        return state

    state = until_committed(attempt)
    if state is None:
        return
    before = {input_path(campaign_id, each.picture) for each in state.campaign.inputs}
    after = {input_path(campaign_id, each.picture) for each in _needed(state)}
    for path, info in listed.items():
        is_forsaken = path not in before and info.updated_at < ports.now() - _FORSAKEN_AFTER
        if path in before - after or is_forsaken:
            ports.objects.delete_unchanged(info)
            logger.info("input.removed", extra={"campaign_id": campaign_id, "path": path})


def _needed(state: CampaignState) -> tuple[StoredInput, ...]:
    """Return the inputs that were uploaded by themselves, or that a video has."""
    used = {
        picture.sha256
        for video in state.videos.values()
        for picture in video.parameters.inputs or ()
    }
    return tuple(
        each
        for each in state.campaign.inputs
        if each.state is InputState.KEPT or each.picture.sha256 in used
    )


def _age(stored: StoredInput) -> tuple[float, str]:
    return -stored.created_at.timestamp(), stored.picture.sha256


def _is_stored(ports: Ports, campaign: Campaign, picture: Picture) -> bool:
    """An object that was lost is stored again."""
    if all(each.picture.sha256 != picture.sha256 for each in campaign.inputs):
        return False
    try:
        ports.objects.head(input_path(campaign.campaign_id, picture))
    except ObjectNotFoundError:
        return False
    return True


def _campaign(ports: Ports, campaign_id: str) -> Campaign:
    try:
        return ports.campaigns.get_campaign(campaign_id)
    except CampaignNotFoundError as error:
        raise NotFoundError("There is no input with this id.") from error


def _found(inputs: tuple[StoredInput, ...], picture: Picture) -> StoredInput:
    found = find_input(inputs, picture.short_hash)
    if found is None:
        raise ConflictError("The input was deleted at the same time.")
    return found
