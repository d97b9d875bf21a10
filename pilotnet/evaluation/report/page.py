"""The page: everything a results folder has to say, and what the model and the dataset add to it,
bound into one HTML file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow
import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pilotnet.common.folders import atomic_path
from pilotnet.common.progress import console
from pilotnet.common.provenance import read_provenance, require_present_world
from pilotnet.common.schemas import EvaluateSettings
from pilotnet.data.store import Dataset
from pilotnet.drivers.driver_table import DRIVERS
from pilotnet.evaluation.metrics import INTERVENTION_COST, EpisodeScore, Score, scores_by
from pilotnet.evaluation.report import plots
from pilotnet.evaluation.report.clip import Clip, film_drive
from pilotnet.evaluation.report.tables import (
    BRIEF,
    Grid,
    Row,
    base_name,
    condition_grid,
    driver_title,
    in_words,
    interval_text,
    markdown_grid,
    markdown_text,
    score_rows,
    scores_by_suite,
)
from pilotnet.evaluation.report.traces import drive_columns, read_traces
from pilotnet.evaluation.report.views import SampleStrip, sample_strips
from pilotnet.evaluation.results import Results, evaluate_settings, read_results
from pilotnet.training.checkpoint import load_checkpoint
from pilotnet.training.training_checkpoints import METRICS_FILE
from pilotnet.training.viewpoint import ViewCamera
from sim.env import SpeedControl
from sim.referee import MAX_OFFSET, PROTOCOL
from sim.scenario import Split
from sim.types import quoted

HERO = "pilotnet"
MARKDOWN = ".md"
SUFFIXES = (".html", MARKDOWN)
STRAYED_ROADS = 3  # drives whose offsets are plotted side by side
ROADS_IN_WORDS = {
    Split.TEST: "roads it has never seen",
    Split.VALIDATION: "validation roads, which it was not trained on",
    Split.TRAIN: "training roads, which it may have seen",
}
RULES = {"cost": INTERVENTION_COST, "offset": MAX_OFFSET}


@dataclass(frozen=True)
class Group:
    """A part of the score table: its title and its rows."""

    title: str
    rows: list[Row]


@dataclass(frozen=True)
class StageSummary:
    """Where a folder came from: the stage that wrote it, its seed, version and revision, and its
    settings as YAML.
    """

    name: str
    seed: int
    version: str
    revision: str
    settings: str

    @classmethod
    def read(cls, folder: Path, name: str) -> Self:
        """The provenance of a folder that the stage `name` wrote; ValueError when it is another's."""
        values = read_provenance(folder, name)
        settings = yaml.safe_dump(values["config"], sort_keys=False, allow_unicode=True)
        return cls(name, values["seed"], values["version"], values["revision"], settings)


@dataclass(frozen=True)
class ReportFilm:
    """The clip and its caption: driver, road, and how well the drive repeats the scored one."""

    clip: Clip
    driver: str
    scenario: str
    repeats: str


@dataclass(frozen=True)
class Page:
    """What the template shows; parts that are None or empty are left out."""

    headline: str
    others: str
    drivers: list[tuple[str, str]]
    groups: list[Group]
    conditions: list[tuple[str, Grid]]
    autonomy: Markup
    offset: Markup
    strayed: str
    training: Markup | None
    film: ReportFilm | None
    strips: list[SampleStrip]
    stages: list[StageSummary]
    noise: float
    pedals: SpeedControl
    descriptions: list[tuple[str, str]]
    rules: dict[str, float] = field(default_factory=lambda: RULES)
    protocol: tuple[tuple[str, str], ...] = PROTOCOL


def write_report(
    results: Path,
    out: Path,
    model: Path | None = None,
    data: Path | None = None,
    clip_seconds: float = 12.0,
) -> Path:
    """Write the report on a results folder to the `.html` file `out`; return its path. A `.md` file
    gets the conditions only.

    A model folder adds the training curve and a film of `clip_seconds` [s] (0 for none), a dataset
    folder sample frames. Raises ValueError, before anything is written, when a folder is not what
    it should be, `out` exists or ends otherwise, or `clip_seconds` is negative.
    """
    if out.suffix.lower() not in SUFFIXES:
        raise ValueError(f"out is {quoted(str(out))}; it must end in {' or '.join(SUFFIXES)}")
    if out.exists():
        raise ValueError(f"{out} already exists; choose another file, or delete it")
    if not 0 <= clip_seconds <= 120:
        raise ValueError(f"clip_seconds is {clip_seconds}; it must lie between 0 and 120 s")
    if out.suffix.lower() == MARKDOWN:
        return _write(out, conditions_text(read_results(results)))
    page = _page(read_results(results), model, data, clip_seconds)
    loader = PackageLoader("pilotnet.evaluation.report", ".")
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = environment.get_template("template.html.j2").render(page=page)
    return _write(out, text)


def conditions_text(results: Results) -> str:
    """Return every driver's autonomy by road, weather and light, as Markdown."""
    tables = [
        (name, markdown_grid(condition_grid(results.episodes, name))) for name in results.scores()
    ]
    return "\n".join(
        f"**{markdown_text(driver_title(name))}**\n\n{table}" for name, table in tables
    )


def _write(out: Path, text: str) -> Path:
    out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(out) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
    return out


def _page(results: Results, model: Path | None, data: Path | None, clip_seconds: float) -> Page:
    settings = evaluate_settings(results.folder)
    folders = {"record": data, "train": model, "evaluate": results.folder}
    traces = read_traces(results.folder)
    scores = results.scores()
    parts = _parts(results.episodes)
    hero = HERO if HERO in scores else next(iter(scores))
    view = load_checkpoint(model).view if model is not None else ViewCamera()
    return Page(
        headline=_headline(results, hero, Split(settings.split)),
        others=" · ".join(
            f"{driver_title(n)}: {s.autonomy:.1f} %" for n, s in scores.items() if n != hero
        ),
        drivers=[(driver_title(name), shade) for name, shade in plots.colours(scores).items()],
        groups=[Group("All roads", score_rows(scores))]
        + [Group(title, score_rows(part, BRIEF)) for title, part in parts.items()],
        conditions=_conditions(
            results.episodes, [hero, *(name for name in scores if name != hero)]
        ),
        autonomy=plots.autonomy_bars({"All roads": scores} | parts),
        offset=plots.offset_lines(traces, list(scores), _most_strayed(results.episodes, hero)),
        strayed=driver_title(hero),
        training=_training(model) if model is not None else None,
        film=_film(results, traces, settings, model, clip_seconds)
        if model is not None and clip_seconds
        else None,
        strips=sample_strips(Dataset.open(data), view) if data is not None else [],
        noise=settings.noise,
        pedals=SpeedControl(settings.pedals),
        descriptions=[
            (info.title, info.description)
            for info in DRIVERS
            if info.name in map(base_name, scores)
        ],
        stages=[
            StageSummary.read(folder, stage)
            for stage, folder in folders.items()
            if folder is not None
        ],
    )


def _parts(episodes: Sequence[EpisodeScore]) -> dict[str, dict[str, Score]]:
    """Every driver's scores by suite where there are several, or else by kind of road; nothing
    where there is one of each.
    """
    by_road = {
        in_words(road).capitalize(): part for road, part in scores_by(episodes, "road").items()
    }
    return scores_by_suite(episodes) or (by_road if len(by_road) > 1 else {})


def _conditions(episodes: Sequence[EpisodeScore], drivers: Sequence[str]) -> list[tuple[str, Grid]]:
    """Every driver's title and grid of conditions; none where all drives had the same weather and
    light.
    """
    if len({(episode.weather, episode.light) for episode in episodes}) < 2:
        return []
    return [(driver_title(name), condition_grid(episodes, name)) for name in drivers]


def _headline(results: Results, hero: str, split: Split) -> str:
    """The one number, with all that belongs to it."""
    score = results.scores()[hero]
    return (
        f"{driver_title(hero)} drove {score.autonomy:.1f} % autonomously "
        f"(95\u00a0% interval {interval_text(score)} %) over {score.kilometres:.1f} km of "
        f"{ROADS_IN_WORDS[split]}."
    )


def _most_strayed(episodes: Sequence[EpisodeScore], driver: str) -> list[str]:
    """The drives with most interventions, or else the largest RMS offset, each on another kind of
    road.
    """
    worst: dict[str, EpisodeScore] = {}
    for episode in episodes:
        if episode.driver == driver:
            others = worst.get(episode.road, episode)
            worst[episode.road] = max(others, episode, key=_straying)
    return [
        episode.scenario
        for episode in sorted(worst.values(), key=_straying, reverse=True)[:STRAYED_ROADS]
    ]


def _straying(episode: EpisodeScore) -> tuple[int, float]:
    return episode.interventions, episode.offset_rms


def _training(model: Path) -> Markup:
    path = model / METRICS_FILE
    if not path.is_file():
        raise ValueError(f"{path} is missing; give the folder that `pilotnet train` wrote")
    metrics = plots.read_metrics(path)
    if not metrics:
        raise ValueError(f"{path} has no rows; train again")
    return plots.training_curves(metrics)


def _film(
    results: Results, traces: pyarrow.Table, settings: EvaluateSettings, model: Path, seconds: float
) -> ReportFilm | None:
    """Return a film of PilotNet on the first road that it was scored on, a road that is not chosen
    by its result.

    None when PilotNet was not scored, or when the results are from another world version.
    """
    try:
        require_present_world(results.folder, read_provenance(results.folder, "evaluate")["world"])
    except ValueError as error:
        console.print(f"no film: {error}")
        return None
    episode = next((episode for episode in results.episodes if episode.driver == HERO), None)
    if episode is None:
        return None
    scored = drive_columns(traces, HERO, episode.scenario)["offset"]
    clip = film_drive(
        HERO,
        episode.conditions(),
        model,
        seconds,
        settings.noise,
        SpeedControl(settings.pedals),
        ticks=len(scored),
    )
    return ReportFilm(clip, driver_title(HERO), episode.scenario, _repetition(clip.offsets, scored))


def _repetition(filmed: np.ndarray, scored: np.ndarray) -> str:
    """How well a drive repeats the scored one, in words."""
    if len(filmed) == len(scored) and np.abs(filmed - scored).max() < 0.005:
        return "It is the scored drive, repeated to the centimetre."
    return "It is not the scored drive: the model, the settings or the machine differ from those of the evaluation."
