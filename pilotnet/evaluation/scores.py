"""`scores.json` in a results folder: the figures of the score table in full precision, for other
programs.

It holds for each driver the score of `all` its drives, and `suites` with the score of each suite's
drives. A score holds

* `autonomy` and `interval`, its lower and upper 95 % limits [%];
* `interventions`, and how many of each cause in `causes`;
* `kilometres`, `hours`, and `autonomous_distance` [km], the mean between interventions, or the
  whole distance without any;
* `offset_rms` [m], `curvature_rate_rms` [1/m/s], and `min_time_to_collision` [s], null when nothing
  was ever approached.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pilotnet.common.folders import plain, write_json
from pilotnet.evaluation.metrics import EpisodeScore, Score, scores_by, total_score

SCORES_FILE = "scores.json"
FORMAT = 1  # version: increases when a key changes its meaning or is removed


def write_scores(folder: Path, episodes: Sequence[EpisodeScore]) -> Path:
    """Write `scores.json` of an evaluation's drives and return its path. Raises ValueError for no
    drives.
    """
    if not episodes:
        raise ValueError("episodes is empty; there must be a drive to score")
    drivers = dict.fromkeys(episode.driver for episode in episodes)
    suites = scores_by(episodes, "suite")
    scores = {
        driver: {
            "all": plain_score(
                total_score(episode for episode in episodes if episode.driver == driver)
            ),
            "suites": {
                name: plain_score(part[driver]) for name, part in suites.items() if driver in part
            },
        }
        for driver in drivers
    }
    path = folder / SCORES_FILE
    write_json(path, {"format": FORMAT, "drivers": scores})
    return path


def plain_score(score: Score) -> dict[str, Any]:
    """Return a score in the types of JSON, under the names of its fields; infinity, which JSON
    lacks, becomes None.
    """
    values: dict[str, Any] = plain(asdict(score))
    return {name: None if value == math.inf else value for name, value in values.items()}
