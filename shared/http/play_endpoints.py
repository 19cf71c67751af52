"""The endpoints of players on any page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.building import ModuleOnUse
from shared.http.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.http import embed_script, embeds, plays
    from shared.http import embed_types as of_embeds
    from shared.http import play_types as of_plays
else:
    embed_script = ModuleOnUse("shared.http.embed_script")
    embeds = ModuleOnUse("shared.http.embeds")
    plays = ModuleOnUse("shared.http.plays")
    of_embeds = ModuleOnUse("shared.http.embed_types")
    of_plays = ModuleOnUse("shared.http.play_types")

# fmt: off
PLAY_ENDPOINTS: Sequence[Endpoint] = (
    Endpoint("GET", "/embed.js", lambda: embed_script.script,
             "The player for pages of any site: the element `<showreel-video>`",
             answers=lambda: {200: str, 304: None}, is_open=True, for_any_page=True),
    Endpoint("POST", "/v1/embeds/{embed_token}", lambda: embeds.load,
             "What a player shows at this load of its page, and the token that counts the play",
             answers=lambda: {200: of_embeds.EmbedResource}, query=lambda: of_embeds.EmbedQuery,
             is_open=True, for_any_page=True),
    Endpoint("POST", "/v1/plays", lambda: plays.record,
             "Count what a page played of a video: always 204, also if it is not counted",
             answers=lambda: {204: None}, body=lambda: of_plays.BeaconBody, is_open=True,
             for_any_page=True),
)
# fmt: on
