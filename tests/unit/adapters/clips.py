"""The usual clip of these tests: small and short."""

from shared.adapters.local.clip import ClipSpec

SPEC = ClipSpec(
    prompt="A lighthouse in a storm",
    caption="spring-launch · slot 2",
    width=320,
    height=180,
    fps=24,
    seconds=1,
    audio=True,
    variation="0123456789abcdef",
)
