from datetime import timedelta
from decimal import Decimal

from shared.domain.fingerprint import compose
from shared.domain.reservation import new_version, new_video
from shared.domain.values import replace
from shared.domain.video import GenerationParameters, Phase, VersionState
from tests.unit.domain.builders import MODEL, NOW, SOON, a_storing_video

LIMIT_AT = NOW + timedelta(hours=24)


def test_a_new_video_waits_with_its_composed_prompt_its_price_and_its_fingerprint() -> None:
    parameters = GenerationParameters(model=MODEL)

    video = new_video(
        campaign_id="spring",
        video_hash="0" * 16,
        index=2,
        prompt="A boat.",
        business_context={"brand": "Acme"},
        parameters=parameters,
        metadata={"order": "7"},
        simulated=True,
        now=NOW,
        limit_at=LIMIT_AT,
    )

    words = "A boat.\n\nBrand: Acme"
    assert ("A boat.", words) == (video.prompt, video.enhanced_prompt)
    assert (video.phase, video.version_state) == (Phase.RESERVED, VersionState.PENDING)
    assert (
        video.cost.estimated,
        video.cost.actual,
        video.cost.simulated,
    ) == (Decimal("3.20"), None, True)
    composed = compose(
        campaign_id="spring",
        prompt="A boat.",
        business_context={"brand": "Acme"},
        parameters=parameters,
    )
    assert video.fingerprint == composed.fingerprint


def test_a_new_video_will_be_looked_at_long_before_its_deadline() -> None:
    """Also where the message that asks for its first step is lost."""
    video = new_version(
        a_storing_video(), video_hash="1" * 16, simulated=False, now=NOW, limit_at=LIMIT_AT
    )

    assert video.due_at is not None
    assert video.created_at < video.due_at < video.deadline_at


def test_a_new_version_has_the_input_of_its_source_and_none_of_its_history() -> None:
    source = replace(
        a_storing_video(),
        index=3,
        metadata={"order": "7"},
        tags=("launch",),
        cancel_requested=True,
    )

    version = new_version(source, video_hash="1" * 16, simulated=False, now=SOON, limit_at=LIMIT_AT)

    assert source.id != version.id
    assert (source.index, source.fingerprint, source.metadata, source.tags) == (
        version.index,
        version.fingerprint,
        version.metadata,
        version.tags,
    )
    assert (
        version.created_at,
        version.phase,
        version.attempts,
        version.cancel_requested,
    ) == (SOON, Phase.RESERVED, (), False)
