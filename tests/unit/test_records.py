import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.batch import (
    Batch,
    BatchFormat,
    LineResult,
    LineVideo,
    PhaseTotals,
)
from shared.domain.batch_share import BatchShare
from shared.domain.campaign import (
    Campaign,
    CampaignDraft,
    Chore,
    ChoreKind,
    DelayedChore,
    Flow,
    Removed,
)
from shared.domain.clip import COMPANIONS, ClipFacts
from shared.domain.daily_budget import DayBudget
from shared.domain.errors import StorageError
from shared.domain.inputs import Inputs, InputState, Picture, StoredInput
from shared.domain.money import Money, Savings
from shared.domain.pacing import Given, LaneSeen, Pace, Turns
from shared.domain.slot import Slot, Version
from shared.domain.values import replace
from shared.domain.video import (
    Attempt,
    AttemptOutcome,
    Cost,
    Failure,
    GenerationParameters,
    Lane,
    Outcome,
    Phase,
    QueuePlace,
    VersionState,
    Video,
)
from shared.records.form import decode, encode, from_record, to_record
from tests.unit.domain.builders import (
    CLIP,
    MODEL,
    NOW,
    SOON,
    a_campaign,
    a_generating_video,
    a_picture,
    a_source_clip,
)

GOLDEN = Path(__file__).with_name("golden")

moments = st.datetimes(timezones=st.just(UTC))
dollars = st.decimals(allow_nan=False, allow_infinity=False)
numbers = st.integers(min_value=-(2**63), max_value=2**63 - 1)
positive = st.floats(min_value=0, allow_infinity=False)
texts = st.dictionaries(st.text(), st.text(), max_size=3)


def several(each: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(each, max_size=3).map(tuple)


versions = st.builds(Version)
chores = st.builds(Chore, index=numbers)
slots = st.builds(
    Slot,
    index=numbers,
    current=st.none() | versions,
    pending=st.none() | versions,
    historical=several(versions),
)
pictures = st.builds(Picture, size_bytes=numbers, width=numbers, height=numbers)
inputs = st.builds(
    Inputs,
    image=st.none() | pictures,
    last_frame=st.none() | pictures,
    reference_images=several(pictures),
    extended_clip=st.none() | pictures,
    edited_clip=st.none() | pictures,
)
campaigns = st.builds(
    Campaign,
    created_at=moments,
    updated_at=moments,
    slots=several(slots),
    money=st.builds(Money, **dict.fromkeys(("reserved", "spent", "simulated", "saved"), dollars)),
    removed_money=st.builds(Money, spent=dollars),
    budget_usd=st.none() | dollars,
    cache_hits=numbers,
    chores=several(chores),
    delayed=several(st.builds(DelayedChore, chore=chores, due_at=moments, trashed=st.booleans())),
    flows=several(st.builds(Flow, lane=st.sampled_from(Lane), next_at=moments)),
    inputs=several(
        st.builds(
            StoredInput,
            picture=pictures,
            created_at=moments,
            state=st.sampled_from(InputState),
        )
    ),
    savings=st.just(Savings()),
    revision=st.just(""),
)
attempts = st.builds(
    Attempt,
    number=numbers,
    submitted_at=moments,
    operation=st.none() | st.text(),
    expected_at=st.none() | moments,
    outcome=st.sampled_from(AttemptOutcome),
)
clips = st.builds(
    ClipFacts,
    duration_seconds=positive,
    fps=positive,
    width=numbers,
    height=numbers,
    size_bytes=numbers,
)
places = st.builds(QueuePlace, lane=st.sampled_from(Lane), order=moments, limit_at=moments)
videos = st.builds(
    Video,
    index=numbers,
    phase=st.sampled_from(Phase),
    version_state=st.none() | st.sampled_from(VersionState),
    business_context=texts,
    parameters=st.builds(GenerationParameters, seed=st.none() | numbers, inputs=st.none() | inputs),
    cost=st.builds(Cost, estimated=dollars, actual=st.none() | dollars),
    created_at=moments,
    deadline_at=moments,
    due_at=st.none() | moments,
    lease_expires_at=st.none() | moments,
    budget_day=st.none() | st.dates(),
    store_tries=numbers,
    attempts=several(attempts),
    priority=st.sampled_from(Lane),
    queue=st.none() | places,
    purge_at=st.none() | moments,
    shown_until=st.none() | moments,
    refusals=numbers,
    completed_at=st.none() | moments,
    clip=st.none() | clips,
    failure=st.none() | st.builds(Failure),
    metadata=texts,
    tags=several(st.text(max_size=9)),
    revision=st.just(""),
)

paces = st.builds(
    Pace,
    turns=several(st.builds(Turns, at=moments, count=numbers)),
    given=several(st.builds(Given, at=moments)),
    waiting_since=st.none() | moments,
    blocked_until=st.none() | moments,
    percent=numbers,
    lanes=several(
        st.builds(
            LaneSeen,
            lane=st.sampled_from(Lane),
            waiting=numbers,
            first=st.none() | moments,
            last=st.none() | moments,
            seen_at=moments,
        )
    ),
    revision=st.just(""),
)
days = st.builds(DayBudget, committed=dollars, warned=dollars, revision=st.just(""))


def a_full_slot(*, kept: bool = True) -> Slot:
    version = Version(video_hash="0123456789abcdef", fingerprint="f" * 64, kept=kept)
    return Slot(index=0, current=version, pending=version, historical=(version,))


def a_full_campaign() -> Campaign:
    """A campaign with something in every field."""
    money = Money(
        reserved=Decimal("3.20"),
        spent=Decimal("6.40"),
        simulated=Decimal("1.00"),
        possibly_spent=Decimal("0.40"),
        saved=Decimal("12.80"),
    )
    chore = Chore(kind=ChoreKind.RENAME, video_hash="0123456789abcdef", index=0)
    return replace(
        a_campaign(),
        updated_at=SOON,
        title="Grüße & Küsse",
        archived=True,
        draft=CampaignDraft(
            prompts=("A kettle.", None),
            business_context={"tone": "grün"},
            parameters=GenerationParameters(model=MODEL),
        ),
        failed=(2,),
        slots=(a_full_slot(),),
        money=money,
        removed_money=Money(spent=Decimal("3.20")),
        budget_usd=Decimal("100.00"),
        cache_hits=4,
        chores=(chore,),
        delayed=(DelayedChore(chore=chore, due_at=SOON, trashed=True),),
        delayed_until=SOON,
        removed=(
            Removed(
                video_hash="fedcba9876543210",
                created_at=NOW,
                share=BatchShare(
                    batch_id="batch_0123456789abcdef", phase=Phase.DONE, usd=Decimal("3.20")
                ),
            ),
        ),
        flows=(Flow(model=MODEL, lane=Lane.BULK, next_at=SOON),),
        inputs=(StoredInput(picture=a_picture(1), created_at=NOW, state=InputState.KEPT),),
    )


def a_full_video() -> Video:
    """A video with something in every field."""
    parameters = GenerationParameters(
        model="veo-3.1-generate-001",
        negative_prompt="text",
        seed=7,
        person_generation="allow_adult",
        inputs=Inputs(
            image=a_picture(1),
            last_frame=a_picture(2),
            reference_images=(a_picture(3),),
            extended_clip=a_source_clip(),
            edited_clip=a_source_clip(3.029),
        ),
    )
    return a_generating_video(
        1,
        prompt="A kettle, steaming.",
        business_context={"brand": "Ember & Oak", "tone": "grün"},
        enhanced_prompt="A kettle, steaming. Brand: Ember & Oak.",
        parameters=parameters,
        fingerprint="f" * 64,
        cost=Cost(
            estimated=Decimal("3.20"), actual=Decimal("3.20"), basis="8 s x $0.40", simulated=True
        ),
        phase=Phase.FAILED,
        version_state=VersionState.HISTORICAL,
        deadline_at=NOW + timedelta(minutes=45),
        lease_expires_at=NOW + timedelta(microseconds=1),
        cancel_requested=True,
        budget_day=NOW.date(),
        store_tries=2,
        priority=Lane.BULK,
        queue=QueuePlace(lane=Lane.BULK, order=NOW, limit_at=SOON),
        refusals=3,
        completed_at=SOON,
        clip=replace(
            CLIP,
            pixel_format="yuv420p",
            audio_seconds=8.0,
            c2pa_manifest=True,
            pictures=COMPANIONS,
        ),
        failure=Failure(code="timeout", message="It took too long."),
        metadata={"order": "17"},
        tags=("launch", "été"),
        requested_by="shop",
        batch_id="batch_0123456789abcdef",
        remixed_from_video_id="video_spring.0123456789abcdef",
        kept=True,
        purge_at=SOON,
        shown_until=SOON,
    )


def a_full_batch() -> Batch:
    """A batch with something in every field."""
    made = LineVideo(video_id="video_spring.0000000000000001", outcome=Outcome.CREATED)
    refused = Failure(code="slot_busy", message="It is busy.")
    return Batch(
        batch_id="batch_0123456789abcdef",
        format=BatchFormat.CSV,
        lines=3,
        priority=Lane.BULK,
        default_model=MODEL,
        estimated=Decimal("9.60"),
        created_at=NOW,
        due_at=SOON,
        requested_by="shop",
        to_create=2,
        next_line=2,
        latest=(
            LineResult(line=2, campaign_id="spring", done_at=NOW, videos=(made,)),
            LineResult(line=3, campaign_id="autumn", done_at=NOW, error=refused),
        ),
        created=1,
        attached=2,
        cached=3,
        refused=4,
        cancelled_at=NOW,
        completed_at=SOON,
        ended={Phase.DONE: PhaseTotals(videos=1, usd=Decimal("3.20"))},
    )


def a_full_day() -> DayBudget:
    """A day with something in every field."""
    return DayBudget(day=NOW.date(), committed=Decimal("81.60"), warned=Decimal(100))


def a_full_pace() -> Pace:
    """A pace with something in every field."""
    return Pace(
        model=MODEL,
        turns=(Turns(at=NOW, count=2),),
        given=(Given(video_id="video_spring.0000000000000001", at=NOW, counted_at=SOON),),
        waiting_since=NOW,
        blocked_until=SOON,
        refusals=1,
        probed_at=SOON,
        refused_at=NOW,
        percent=80,
        since_bulk=3,
        lanes=(LaneSeen(lane=Lane.BULK, waiting=9, first=NOW, last=SOON, seen_at=NOW),),
    )


def test_a_video_from_before_there_were_tags_has_none() -> None:
    record = to_record(a_full_video())
    del record["tags"]

    assert from_record(record, Video) == replace(a_full_video(), tags=())


@given(campaigns)
def test_a_campaign_is_decoded_as_it_was_encoded(campaign: Campaign) -> None:
    assert decode(encode(campaign), Campaign) == campaign


@given(videos)
def test_a_video_is_decoded_as_it_was_encoded(video: Video) -> None:
    assert decode(encode(video), Video) == video


@given(days)
def test_a_day_is_decoded_as_it_was_encoded(day: DayBudget) -> None:
    assert decode(encode(day), DayBudget) == day
    assert from_record(to_record(day), DayBudget) == day


@given(paces)
def test_a_pace_is_decoded_as_it_was_encoded(pace: Pace) -> None:
    assert decode(encode(pace), Pace) == pace
    assert from_record(to_record(pace), Pace) == pace


@given(campaigns, videos)
def test_a_campaign_and_a_video_are_decoded_from_their_documents(
    campaign: Campaign, video: Video
) -> None:
    assert from_record(to_record(campaign), Campaign) == campaign
    assert from_record(to_record(video), Video) == video


@given(dollars)
def test_dollars_keep_every_digit(amount: Decimal) -> None:
    campaign = replace(a_campaign(), money=Money(spent=amount))

    spent = decode(encode(campaign), Campaign).money.spent

    assert str(spent) == str(amount)


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("campaign.json", encode(a_full_campaign())),
        ("video.json", encode(a_full_video())),
        ("day.json", encode(a_full_day())),
        ("pace.json", encode(a_full_pace())),
        ("batch.json", encode(a_full_batch())),
    ],
)
def test_the_stored_form_is_unchanged(name: str, encoded: bytes) -> None:
    """To change this is to change the schema, and stored records have to stay readable."""
    assert encoded == (GOLDEN / name).read_bytes()


def test_stored_files_of_this_schema_are_readable() -> None:
    assert decode((GOLDEN / "campaign.json").read_bytes(), Campaign) == a_full_campaign()
    assert decode((GOLDEN / "video.json").read_bytes(), Video) == a_full_video()
    assert decode((GOLDEN / "day.json").read_bytes(), DayBudget) == a_full_day()
    assert decode((GOLDEN / "pace.json").read_bytes(), Pace) == a_full_pace()
    assert decode((GOLDEN / "batch.json").read_bytes(), Batch) == a_full_batch()


EARLIER: dict[str, Any] = {
    "clip": replace(CLIP, pixel_format="yuv420p", audio_seconds=8.0),
    "parameters": replace(a_full_video().parameters, inputs=None),
    "priority": Lane.INTERACTIVE,
    "queue": None,
    "refusals": 0,
    "batch_id": None,
    "remixed_from_video_id": None,
    "kept": False,
    "purge_at": None,
    "shown_until": None,
}


def test_files_from_before_there_was_a_queue_are_readable() -> None:
    video = decode((GOLDEN / "video-0.2.json").read_bytes(), Video)
    campaign = decode((GOLDEN / "campaign-0.2.json").read_bytes(), Campaign)

    assert video == replace(a_full_video(), **EARLIER)
    assert campaign == replace(
        a_full_campaign(),
        title=None,
        archived=False,
        draft=None,
        failed=(),
        slots=(a_full_slot(kept=False),),
        delayed=(replace(a_full_campaign().delayed[0], trashed=False),),
        removed=(replace(a_full_campaign().removed[0], share=None),),
        flows=(),
        inputs=(),
    )


def test_a_file_of_the_first_release_is_readable_without_the_fields_that_came_later() -> None:
    video = decode((GOLDEN / "video-0.1.json").read_bytes(), Video)

    assert video == replace(
        a_full_video(), **{**EARLIER, "clip": CLIP, "tags": (), "requested_by": None}
    )


def test_a_record_begins_with_its_schema_and_has_no_revision() -> None:
    record = to_record(replace(a_campaign(), revision="7"))

    assert next(iter(record.items())) == ("schema_version", 1)
    assert "revision" not in record


def test_a_document_has_times_as_datetimes_and_the_rest_as_json() -> None:
    record = to_record(a_full_video())

    assert record["created_at"] == NOW
    assert record["attempts"][0]["submitted_at"] == NOW
    assert record["cost"]["estimated"] == "3.20"
    json.dumps(record, default=datetime.isoformat)


def test_a_decoded_record_has_the_revision_at_which_it_was_read() -> None:
    assert decode(encode(a_campaign()), Campaign, revision="7").revision == "7"
    assert decode(encode(a_full_video()), Video, revision="7").revision == "7"
    assert from_record(to_record(a_campaign()), Campaign, revision="7").revision == "7"
    assert from_record(to_record(a_full_video()), Video, revision="7").revision == "7"


def test_an_omitted_field_has_its_default() -> None:
    record = to_record(a_full_campaign())
    del record["chores"]

    assert from_record(record, Campaign).chores == ()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'"text"'])
@pytest.mark.parametrize("kind", [Batch, Campaign, Video, DayBudget, Pace])
def test_a_file_without_a_json_object_is_damaged(kind: type[Video], content: bytes) -> None:
    with pytest.raises(StorageError, match="not the JSON of a record"):
        decode(content, kind)


@pytest.mark.parametrize("version", [None, "1", 0, -1, 1.5, True, []])
def test_an_unknown_schema_is_refused(version: object) -> None:
    with pytest.raises(StorageError, match="no schema_version that Showreel knows"):
        from_record({**to_record(a_full_video()), "schema_version": version}, Video)


def test_a_newer_schema_raises_record_newer() -> None:
    with pytest.raises(StorageError, match=r"schema_version 2, .* a newer one wrote it"):
        from_record({**to_record(a_campaign()), "schema_version": 2}, Campaign)


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("index", "0", "Expected `int`, got `str`"),
        ("phase", "sleeping", "Invalid enum value 'sleeping'"),
        ("prompt", None, "Expected `str`, got `null`"),
        ("due_at", "tomorrow", "Invalid RFC3339"),
        ("due_at", "2026-11-20T12:00:00", "no time zone"),
        ("cost", {}, "missing required field `estimated`"),
    ],
)
def test_the_error_of_a_damaged_record_names_the_field(
    field: str, value: object, complaint: str
) -> None:
    with pytest.raises(StorageError, match=complaint):
        from_record({**to_record(a_full_video()), field: value}, Video)


def test_a_campaign_is_not_decoded_as_a_video() -> None:
    with pytest.raises(StorageError, match="not the record of a video"):
        decode(encode(a_full_campaign()), Video)
