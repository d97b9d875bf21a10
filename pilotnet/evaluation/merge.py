"""MERGE: join results folders, of other drivers or other roads, into one.

The parts must be evaluations under the same conditions, such as those of several machines. The
merged folder has the settings of the first part, with all drivers and the number of all roads.
"""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow

from pilotnet.common.folders import StageFiles, output_folder
from pilotnet.common.provenance import read_provenance, write_provenance
from pilotnet.data.store.parquet_files import read_table
from pilotnet.evaluation.compare import require_comparable
from pilotnet.evaluation.evaluate_config import EvaluateConfig
from pilotnet.evaluation.metrics import EpisodeScore
from pilotnet.evaluation.results import (
    EPISODES_FILE,
    INFO_FILE,
    PROVENANCE_FILE,
    TRACES_FILE,
    TRACES_SCHEMA,
    Loss,
    Results,
    read_info,
    read_results,
    write_results,
)
from pilotnet.evaluation.scores import SCORES_FILE, write_scores
from sim.types import quoted

STAGE = StageFiles("merge", (EPISODES_FILE, TRACES_FILE, SCORES_FILE, INFO_FILE, PROVENANCE_FILE))


def merge(folders: Sequence[Path], out: Path) -> Results:
    """Join at least two results folders into the folder `out` and return its content.

    Raises ValueError when the parts have other conditions, when two of them hold the same drive,
    and when a driver lacks roads that others have driven.
    """
    if len(folders) < 2:
        raise ValueError(f"results has {len(folders)} folders; there must be at least 2 to merge")
    parts = [read_results(folder) for folder in folders]
    for part in parts[1:]:
        require_comparable(parts[0], part)
    episodes = joined_episodes(parts)
    with output_folder(out, STAGE) as folder:
        config = merged_config(parts, episodes)
        write_provenance(folder, "evaluate", config, seed=config.first)
        tables = [read_table(part.folder / TRACES_FILE) for part in parts]
        traces = pyarrow.concat_tables([table.select(TRACES_SCHEMA.names) for table in tables])
        infos = [read_info(part.folder) for part in parts]
        losses = [Loss(*loss) for info in infos if info for loss in info.lost]
        suite = next((info.suite for info in infos if info and info.suite), None)
        write_scores(folder, episodes)
        write_results(folder, episodes, traces, losses, suite)
        return read_results(folder)


def joined_episodes(parts: Sequence[Results]) -> list[EpisodeScore]:
    """Return the rows of all parts, by driver; ValueError when two parts hold the same drive."""
    holders: dict[tuple[str, str], Path] = {}
    for part in parts:
        for episode in part.episodes:
            key = episode.driver, episode.scenario
            if key in holders:
                raise ValueError(
                    f"{holders[key]} and {part.folder} both hold driver {quoted(episode.driver)} "
                    f"on {episode.scenario}; each drive may occur once"
                )
            holders[key] = part.folder
    rows = [episode for part in parts for episode in part.episodes]
    drivers = list(dict.fromkeys(row.driver for row in rows))
    scenarios = list(dict.fromkeys(row.scenario for row in rows))
    lost = {
        (loss[0], loss[1])
        for part in parts
        if (info := read_info(part.folder))
        for loss in info.lost
    }
    for driver in drivers:
        for scenario in scenarios:
            if (driver, scenario) not in holders and (driver, scenario) not in lost:
                raise ValueError(
                    f"no part holds driver {quoted(driver)} on {scenario}, which others have "
                    "driven; evaluate it there, or leave out a part"
                )
    return sorted(rows, key=lambda row: drivers.index(row.driver))


def merged_config(parts: Sequence[Results], episodes: Sequence[EpisodeScore]) -> EvaluateConfig:
    """Return the settings of the first part, with all drivers and the number of all roads."""
    settings: list[dict[str, Any]] = [
        read_provenance(part.folder, "evaluate")["config"] for part in parts
    ]
    known = {field.name for field in fields(EvaluateConfig)}
    first = {name: value for name, value in settings[0].items() if name in known}
    return EvaluateConfig(
        **{
            **first,
            "drivers": tuple(dict.fromkeys(episode.recipe for episode in episodes)),
            "episodes": len({episode.scenario for episode in episodes}),
            "first": min(int(one.get("first", 0)) for one in settings),
            "until_decided": False,
        }
    )
