"""The page: the content of a results folder in one HTML file.

A model folder adds the training curve and a film, a dataset folder adds sample frames.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pilotnet.common.folders import atomic_path
from pilotnet.common.provenance import read_provenance
from pilotnet.data.store import Dataset
from pilotnet.drivers.driver_names import base_name, driver_title, needs_camera
from pilotnet.drivers.driver_table import DRIVERS
from pilotnet.evaluation.compare import Comparison, comparisons
from pilotnet.evaluation.metrics import INTERVENTION_COST, EpisodeScore, Score, scores_by
from pilotnet.evaluation.report import plots
from pilotnet.evaluation.report.maps import road_maps
from pilotnet.evaluation.report.scored_film import ReportFilm, film_scored_drive
from pilotnet.evaluation.report.tables import (
    BRIEF,
    Grid,
    Row,
    condition_grid,
    in_words,
    interval_text,
    markdown_grid,
    markdown_text,
    score_rows,
    scores_by_suite,
)
from pilotnet.evaluation.report.traces import read_traces
from pilotnet.evaluation.report.views import SampleStrip, sample_strips
from pilotnet.evaluation.report.worst_roads import largest_deviations, most_interventions
from pilotnet.evaluation.results import Results, evaluate_settings, read_results
from pilotnet.training.checkpoint import load_checkpoint
from pilotnet.training.training_checkpoints import METRICS_FILE
from pilotnet.training.viewpoint import ViewCamera
from sim.env import SpeedControl
from sim.referee import MAX_OFFSET, PROTOCOL
from sim.scenario import Split
from sim.types import quoted

MAIN_DRIVER = "pilotnet"  # in the headline, when it was evaluated
MARKDOWN = ".md"
SUFFIXES = (".html", MARKDOWN)
MAX_CLIP_SECONDS = 120.0  # [s]
SPLIT_TEXT = {
    Split.TEST: "test roads, which were not used in training",
    Split.VALIDATION: "validation roads, which were not used in training",
    Split.TRAIN: "roads of the training split",
}
WEAK_AUTONOMY = 97  # [%] lower values are highlighted in the table of conditions
RULES = {"cost": INTERVENTION_COST, "offset": MAX_OFFSET, "weak": WEAK_AUTONOMY}


@dataclass(frozen=True)
class ScoreGroup:
    """A part of the score table: its title and its rows."""

    title: str
    rows: list[Row]


@dataclass(frozen=True)
class StageSummary:
    """Provenance of a folder.

    name: of the stage that wrote it.
    seed, version, revision: of the run.
    settings: as YAML.
    """

    name: str
    seed: int
    version: str
    revision: str
    settings: str

    @classmethod
    def read(cls, folder: Path, name: str) -> Self:
        """Read the provenance of a folder; ValueError unless the stage `name` wrote it."""
        values = read_provenance(folder, name)
        settings = yaml.safe_dump(values["config"], sort_keys=False, allow_unicode=True)
        return cls(name, values["seed"], values["version"], values["revision"], settings)


@dataclass(frozen=True)
class Page:
    """The values of the template; parts that are None or empty are left out."""

    headline: str
    others: str
    drivers: list[tuple[str, str]]
    groups: list[ScoreGroup]
    conditions: list[tuple[str, Grid]]
    comparisons: list[Comparison]
    autonomy: Markup
    maps: Markup | None
    offset: Markup
    plotted_driver: str
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
    """Write the report on a results folder to the `.html` file `out` and return its path.

    A `.md` file gets the table of conditions only.
    model: adds the training curve and a film of `clip_seconds` [s], 0 for none.
    data: a dataset folder; adds sample frames.

    Raises ValueError, before anything is written, for a folder of another kind, for an `out` that
    exists or has another suffix, and unless `clip_seconds` is in 0-120.
    """
    if out.suffix.lower() not in SUFFIXES:
        raise ValueError(f"out is {quoted(str(out))}; it must end in {' or '.join(SUFFIXES)}")
    if out.exists():
        raise ValueError(f"{out} already exists; choose another file, or delete it")
    if not 0 <= clip_seconds <= MAX_CLIP_SECONDS:
        raise ValueError(
            f"clip_seconds is {clip_seconds}; it must be between 0 and {MAX_CLIP_SECONDS:g} s"
        )
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
    sections = []
    for name in results.scores():
        table = markdown_grid(condition_grid(results.episodes, name))
        sections.append(f"**{markdown_text(driver_title(name))}**\n\n{table}")
    return "\n".join(sections)


def _write(out: Path, text: str) -> Path:
    """Write a file atomically, with its folder, and return its path."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(out) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
    return out


def _page(results: Results, model: Path | None, data: Path | None, clip_seconds: float) -> Page:
    """Collect the values of the template."""
    settings = evaluate_settings(results.folder)
    traces = read_traces(results.folder)
    scores = results.scores()
    parts = _parts(results.episodes)
    main = MAIN_DRIVER if MAIN_DRIVER in scores else next(iter(scores))
    others = [name for name in scores if name != main]
    view = load_checkpoint(model).view if model is not None else ViewCamera()
    plotted = [_first_network(results.episodes, name) for name in scores]
    on_maps = [name for name in plotted if needs_camera(name)] or plotted
    mapped = most_interventions(results.episodes, on_maps)
    roads = largest_deviations(results.episodes, _first_network(results.episodes, main))
    return Page(
        headline=_headline(results, main, Split(settings.split)),
        others=" · ".join(f"{driver_title(n)}: {scores[n].autonomy:.1f} %" for n in others),
        drivers=[(driver_title(name), colour) for name, colour in plots.colours(scores).items()],
        groups=_groups(scores, parts),
        conditions=_conditions(results.episodes, [main, *others]),
        comparisons=comparisons(results, main),
        maps=road_maps(traces, on_maps, mapped) if mapped else None,
        autonomy=plots.autonomy_bars({"All roads": scores} | parts),
        offset=plots.offset_lines(traces, plotted, roads),
        plotted_driver=driver_title(main),
        training=_training(model) if model is not None else None,
        film=film_scored_drive(results, traces, settings, model, clip_seconds),
        strips=sample_strips(Dataset.open(data), view) if data is not None else [],
        noise=settings.noise,
        pedals=SpeedControl(settings.pedals),
        descriptions=_descriptions(scores),
        stages=_stages({"record": data, "train": model, "evaluate": results.folder}),
    )


def _parts(episodes: Sequence[EpisodeScore]) -> dict[str, dict[str, Score]]:
    """Return the scores of every driver by suite or, when there is one suite, by kind of road.

    The result is empty when there is one of each.
    """
    by_suite = scores_by_suite(episodes)
    if by_suite:
        return by_suite
    by_road = scores_by(episodes, "road")
    if len(by_road) < 2:
        return {}
    return {in_words(road).capitalize(): part for road, part in by_road.items()}


def _groups(
    scores: Mapping[str, Score], parts: Mapping[str, Mapping[str, Score]]
) -> list[ScoreGroup]:
    """Return the parts of the score table."""
    all_roads = ScoreGroup("All roads", score_rows(scores))
    return [
        all_roads,
        *(ScoreGroup(title, score_rows(part, BRIEF)) for title, part in parts.items()),
    ]


def _conditions(episodes: Sequence[EpisodeScore], drivers: Sequence[str]) -> list[tuple[str, Grid]]:
    """Return the title and the grid of conditions of every driver.

    The result is empty when all drives had the same weather and light.
    """
    if len({(episode.weather, episode.light) for episode in episodes}) < 2:
        return []
    return [(driver_title(name), condition_grid(episodes, name)) for name in drivers]


def _descriptions(drivers: Iterable[str]) -> list[tuple[str, str]]:
    """Return title and description of every driver, in the order of the table of drivers."""
    names = {base_name(name) for name in drivers}
    return [(info.title, info.description) for info in DRIVERS if info.name in names]


def _stages(folders: Mapping[str, Path | None]) -> list[StageSummary]:
    """Return the provenance of the given folders; folders: by the stage that wrote them."""
    return [StageSummary.read(folder, stage) for stage, folder in folders.items() if folder]


def _headline(results: Results, driver: str, split: Split) -> str:
    """Return the driver's autonomy with its interval, the distance and the split."""
    score = results.scores()[driver]
    return (
        f"{driver_title(driver)} drove {score.autonomy:.1f} % autonomously "
        f"(95\u00a0% interval {interval_text(score)} %) over {score.kilometres:.1f} km of "
        f"{SPLIT_TEXT[split]}."
    )


def _first_network(episodes: Sequence[EpisodeScore], driver: str) -> str:
    """Return the driver's name with that of its first network, if it has several."""
    return next(episode.driver for episode in episodes if episode.recipe == driver)


def _training(model: Path) -> Markup:
    """Plot the training of a model folder; ValueError when it has no metrics."""
    path = model / METRICS_FILE
    if not path.is_file():
        raise ValueError(f"{path} is missing; give the folder that `pilotnet train` wrote")
    metrics = plots.read_metrics(path)
    if not metrics:
        raise ValueError(f"{path} has no rows; train again")
    return plots.training_curves(metrics)
