"""What a page gets at a load of its embed."""

from shared.domain.signed_tokens import sign_embed
from shared.domain.values import replace
from tests.fakes.ports import FakePorts
from tests.unit.http.calling import answer
from tests.unit.use_cases.scenes import make


def test_a_video_that_an_early_release_stored_without_a_thumbnail_is_shown_without() -> None:
    ports = FakePorts()
    video = make(ports)
    assert video.clip is not None
    ports.campaigns.commit_video(replace(video, clip=replace(video.clip, pictures=())))
    token = sign_embed(("video", video.id), ports.play_key)

    shown = answer(ports, "POST", f"/v1/embeds/{token}")

    assert "/signed/" in shown["content_url"]
    assert shown["poster_url"] is None
