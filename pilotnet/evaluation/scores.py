"""`scores.json` in a results folder: the score table in full precision, for other programs.

For each driver it holds the score of `all` its drives, and in `suites` the score of each suite.
A score holds

* `autonomy` [%] and `interval`, the limits of its 95 % interval [%];
* `networks`, the autonomy of each network where one driver has several;
* `interventions`, and in `causes` their number by cause;
* `kilometres` and `hours`;
* `autonomous_distance` [km], the mean between interventions, or the whole distance without any;
* `offset_rms`, the RMS cross-track error [m];
* `curvature_rate_rms`, the RMS rate of the curvature command [1/m/s];
* `min_time_to_collision` [s], null when the ego never approached an obstacle;
* `offset_p95` [m], `heading_error_rms` [rad], `min_clearance` [m], `completion`, `standing` [h],
  `comfort` and `driving_score` [%]; see `pilotnet.evaluation.metrics.Score`.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pilotnet.common.folders import plain, write_json
from pilotnet.evaluation.metrics import EpisodeScore, Score, scores_by, total_score

SCORES_FILE = "scores.json"
SCORES_FORMAT = 1  # increases when a key is removed or changes its meaning


def write_scores(folder: Path, episodes: Sequence[EpisodeScore]) -> Path:
    """Write `scores.json` and return its path; raises ValueError when there is no drive."""
    if not episodes:
        raise ValueError("episodes is empty; it must have at least one drive")
    by_suite = scores_by(episodes, "suite")
    scores = {}
    for driver in dict.fromkeys(episode.recipe for episode in episodes):
        own = [episode for episode in episodes if episode.recipe == driver]
        suites = {name: part[driver] for name, part in by_suite.items() if driver in part}
        scores[driver] = {
            "all": plain_score(total_score(own)),
            "suites": {name: plain_score(score) for name, score in suites.items()},
        }
    path = folder / SCORES_FILE
    write_json(path, {"format": SCORES_FORMAT, "drivers": scores})
    return path


def plain_score(score: Score) -> dict[str, Any]:
    """Return a score as JSON values by field name; infinity and NaN become None."""
    values: dict[str, Any] = plain(asdict(score))
    return {name: value if _in_json(value) else None for name, value in values.items()}


def _in_json(value: Any) -> bool:
    """Return whether JSON has the value; it lacks infinity and NaN."""
    return not isinstance(value, float) or math.isfinite(value)
