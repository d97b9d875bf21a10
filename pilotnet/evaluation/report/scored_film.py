"""The film of the report: the drive that it repeats, and whether both drives are equal."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow

from pilotnet.common.progress import console
from pilotnet.common.provenance import read_provenance, require_present_world
from pilotnet.common.schemas import EvaluateSettings
from pilotnet.drivers.driver_names import driver_title
from pilotnet.evaluation.report.clip import Clip, film_drive
from pilotnet.evaluation.report.traces import drive_columns
from pilotnet.evaluation.results import Results
from sim.env import SpeedControl

FILMED_DRIVER = "pilotnet"
REPEAT_TOLERANCE = 0.005  # [m] offsets of a repeated drive differ by less


@dataclass(frozen=True)
class ReportFilm:
    """The clip and its caption.

    driver: its title.
    scenario: name of the road.
    comparison: a sentence that compares the filmed drive to the scored one.
    """

    clip: Clip
    driver: str
    scenario: str
    comparison: str


def film_scored_drive(
    results: Results,
    traces: pyarrow.Table,
    settings: EvaluateSettings,
    model: Path | None,
    seconds: float,
) -> ReportFilm | None:
    """Return a film of PilotNet on the first road of its evaluation, whatever its score there.

    Return None without a model, for 0 seconds, when PilotNet was not scored, when the evaluation
    had a fault, and when the results are from another world version.
    """
    if model is None or not seconds:
        return None
    if settings.fault:
        console.print(f"no film: the evaluation had the fault {settings.fault}")
        return None
    try:
        require_present_world(results.folder, read_provenance(results.folder, "evaluate")["world"])
    except ValueError as error:
        console.print(f"no film: {error}")
        return None
    episode = next((one for one in results.episodes if one.recipe == FILMED_DRIVER), None)
    if episode is None:
        return None
    scored = drive_columns(traces, episode.driver, episode.scenario)["offset"]
    pedals = SpeedControl(settings.pedals)
    scenario = episode.conditions()
    clip = film_drive(
        FILMED_DRIVER, scenario, model, seconds, settings.noise, pedals, ticks=len(scored)
    )
    comparison = comparison_text(clip.offsets, scored)
    return ReportFilm(clip, driver_title(FILMED_DRIVER), episode.scenario, comparison)


def comparison_text(filmed: np.ndarray, scored: np.ndarray) -> str:
    """Return a sentence on whether a repeated drive equals the scored one; offsets [m], (N,)."""
    if len(filmed) == len(scored) and np.abs(filmed - scored).max() < REPEAT_TOLERANCE:
        return "The film repeats the scored drive to the centimetre."
    return (
        "The film does not repeat the scored drive exactly: the model, the settings or the machine "
        "differ from those of the evaluation."
    )
