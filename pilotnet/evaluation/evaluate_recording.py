"""EVALUATE-RECORDING: PilotNet in closed loop over recorded video, as the paper tested it first.

`recording.csv` holds a row for each recorded drive. Where the recording is of this version of the
world, the same scenario is also driven in the rendered world. `recording.png` compares both, which
tells how far the paper's method can be trusted.
"""

import csv
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from pilotnet.common.folders import StageFiles, atomic_path, output_folder
from pilotnet.common.parallel import compile_side_by_side, in_parallel
from pilotnet.common.progress import notice, track
from pilotnet.common.provenance import require_present_world, write_provenance
from pilotnet.data.store import Dataset
from pilotnet.drivers.pilotnet_driver import PilotNetDriver
from pilotnet.evaluation.metrics import ScenarioTotal, autonomy, autonomy_interval, score_episode
from pilotnet.evaluation.recorded_drive import RecordedDrive
from pilotnet.evaluation.recorded_frames import RecordedFrames
from pilotnet.evaluation.recording_config import RecordingEvaluationConfig
from pilotnet.evaluation.report.recording_plot import recording_figure
from pilotnet.training.checkpoint import load_checkpoint
from sim.env import DrivingEnv, EnvConfig
from sim.rollout import rollout

RECORDING_TABLE = "recording.csv"
RECORDING_PLOT = "recording.png"
STAGE = StageFiles("evaluate-recording", (RECORDING_TABLE, RECORDING_PLOT))


@dataclass(frozen=True)
class RecordedScore:
    """One recorded drive, repeated over its video and in the rendered world.

    elapsed: duration of the recording [s]. replayed: interventions over the video.
    rendered_elapsed, rendered: duration [s] and interventions in the rendered world; 0.0 and -1
    where it was not driven.
    """

    episode: int
    scenario: str
    elapsed: float
    replayed: int
    rendered_elapsed: float = 0.0
    rendered: int = -1


def evaluate_recording(
    config: RecordingEvaluationConfig, data: Path, checkpoint: Path, out: Path
) -> list[RecordedScore]:
    """Drive over every recorded drive of a split, write the folder and return a row for each.

    data: the dataset. checkpoint: the folder of PilotNet.

    Raises ValueError for a split without drives and for a network of another camera.
    """
    dataset = Dataset.open(data)
    episodes = dataset.kept_of(config.split)
    RecordedFrames(dataset, episodes[0], load_checkpoint(checkpoint))  # checks the camera
    rendered = config.rendered and _is_of_this_world(dataset)
    jobs = [(data, episode.index, checkpoint, rendered) for episode in episodes]
    with output_folder(out, STAGE) as folder:
        write_provenance(folder, STAGE.name, config, seed=0)
        if rendered:
            compile_side_by_side(config.workers)
        with closing(in_parallel(score_recorded, jobs, config.workers, _job_name)) as finished:
            rows = list(track(finished, "driving over recordings", len(jobs)))
        write_rows(folder / RECORDING_TABLE, rows)
        with atomic_path(folder / RECORDING_PLOT) as unfinished:
            recording_figure(rows).savefig(unfinished, format="png", dpi=150)
    return rows


def _is_of_this_world(dataset: Dataset) -> bool:
    """Return whether the recorded scenarios can be rendered; print a line when they cannot."""
    try:
        require_present_world(dataset.root, dataset.world)
    except ValueError as error:
        notice(f"the recorded scenarios are not rendered: {error}")
        return False
    return True


def score_recorded(data: Path, index: int, checkpoint: Path, rendered: bool) -> RecordedScore:
    """Drive over one recorded drive, and in its rendered world if `rendered`."""
    dataset = Dataset.open(data)
    episode = dataset.episodes[index]
    network = load_checkpoint(checkpoint)
    frames = RecordedFrames(dataset, episode, network)
    drive = RecordedDrive.simulate(dataset.signals(episode), dataset.fps, frames.command)
    name = episode.scenario.name
    score = RecordedScore(index, name, drive.elapsed, drive.interventions)
    if not rendered:
        return score
    env = DrivingEnv(EnvConfig(cameras=("centre",), camera=network.camera, rate=dataset.fps))
    steps = list(rollout(env, PilotNetDriver(network), episode.scenario))
    found = score_episode("pilotnet", episode.scenario, env.rate, steps)
    return RecordedScore(
        index, name, drive.elapsed, drive.interventions, found.elapsed, found.interventions
    )


def _job_name(data: Path, index: int, *_: object) -> str:
    """Return a drive's name for messages."""
    return f"episode {index} of {data}"


def write_rows(path: Path, rows: Sequence[RecordedScore]) -> None:
    """Write the rows as CSV, atomically."""
    with (
        atomic_path(path) as unfinished,
        unfinished.open("w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.DictWriter(file, [field.name for field in fields(RecordedScore)])
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def summary(rows: Sequence[RecordedScore]) -> list[str]:
    """Return the autonomy over the video and in the rendered world, a sentence each."""
    replayed = [ScenarioTotal(row.scenario, row.replayed, row.elapsed) for row in rows]
    rendered = [
        ScenarioTotal(row.scenario, row.rendered, row.rendered_elapsed)
        for row in rows
        if row.rendered >= 0
    ]
    lines = [_sentence("over the recorded video", replayed)]
    return [*lines, _sentence("in the rendered world", rendered)] if rendered else lines


def _sentence(where: str, totals: Sequence[ScenarioTotal]) -> str:
    """Return the autonomy on recorded drives with its interval."""
    count = sum(total.interventions for total in totals)
    seconds = sum(total.elapsed for total in totals)
    low, high = autonomy_interval(totals)
    return (
        f"PilotNet {where}: autonomy {autonomy(count, seconds):.1f} %, 95 % interval "
        f"{low:.1f} to {high:.1f}, {count} interventions in {len(totals)} drives."
    )
