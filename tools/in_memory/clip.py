"""Bytes that stand for a clip where nothing looks into it, and what an inspector finds in them."""

from shared.domain.clip import COMPANIONS, ClipFacts

A_CLIP = b"a clip"
CLIP_FACTS = ClipFacts(
    duration_seconds=8.0,
    width=1280,
    height=720,
    fps=24.0,
    video_codec="h264",
    audio_codec="aac",
    size_bytes=len(A_CLIP),
    pictures=COMPANIONS,
)
PICTURES = {each: f"a {each}".encode() for each in COMPANIONS}
