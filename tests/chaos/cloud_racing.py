"""Those races again that can end differently in the emulated cloud."""

from tests.chaos.cloud_part import cloud, cloud_matrix
from tests.chaos.races import RACES
from tests.chaos.racing import run_on
from tests.chaos.report import Row
from tests.chaos.safeguards import Weaken
from tests.chaos.sections import Tell

_RACES = tuple(
    race
    for race in RACES
    if race.name
    in (
        "50 create one video",
        "20 regenerate one slot",
        "two ticks at once over finished clips",
        "promote against a finishing regeneration",
    )
)


def run_cloud_races(*, rounds: int, seed: int, tell: Tell, weaken: Weaken) -> list[Row]:
    with cloud(), cloud_matrix(weaken) as matrix:
        rows = run_on(matrix, _RACES, range(seed, seed + rounds), tell)
    for row in rows:
        row.what = f"cloud {row.what}"
    return rows
