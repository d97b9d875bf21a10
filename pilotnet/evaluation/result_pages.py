"""`docs/results.md` and the result rows of the README, rendered from committed result files.

A study is a folder `docs/results/NAME` with a folder for each training seed. Each of these holds
`scores.json` and `evaluate.yaml` of one evaluation. Figures are means over training seeds, with
the lowest and the highest seed in parentheses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from pilotnet.common.folders import write_text
from pilotnet.common.provenance import read_provenance
from pilotnet.common.reading import DamagedFileError, load_json
from pilotnet.drivers.driver_names import driver_title
from pilotnet.evaluation.report.tables import suite_title
from pilotnet.evaluation.scores import SCORES_FILE, SCORES_FORMAT

STUDIES = Path("docs/results")
PAGE = Path("docs/results.md")
README = Path("README.md")
BEGIN = "<!-- results:begin -->"
END = "<!-- results:end -->"
STAGE_NAME = "evaluate"
README_STUDY = "demo"  # the study whose rows the README shows


@dataclass(frozen=True)
class SeedResult:
    """One evaluation: its scores by driver as in `scores.json`, and its provenance."""

    scores: dict[str, Any]
    provenance: dict[str, Any]


@dataclass(frozen=True)
class Study:
    """Evaluations of one experiment with several training seeds, and its description."""

    name: str
    description: str
    seeds: Sequence[SeedResult]

    def drivers(self) -> list[str]:
        """Return the drivers of all seeds, in the order in which they appear."""
        return list(dict.fromkeys(name for seed in self.seeds for name in seed.scores))

    def suites(self) -> list[str]:
        """Return the suites of all seeds, in the order in which they appear."""
        scores = [score for seed in self.seeds for score in seed.scores.values()]
        return list(dict.fromkeys(name for score in scores for name in score["suites"]))

    def values(self, driver: str, suite: str, key: str) -> list[float]:
        """Return a value of the score, such as `autonomy`, for each seed that has the driver."""
        with_driver = [seed.scores[driver] for seed in self.seeds if driver in seed.scores]
        return [float(score["suites"][suite][key]) for score in with_driver]


def read_study(folder: Path) -> Study:
    """Read a study; raises DamagedFileError for a missing or damaged file."""
    seeds = [read_seed(path.parent) for path in sorted(folder.glob(f"*/{SCORES_FILE}"))]
    if not seeds:
        raise DamagedFileError(f"{folder} has no folder with {SCORES_FILE}")
    description = (folder / "README.md").read_text(encoding="utf-8").strip()
    return Study(folder.name, description, seeds)


def read_seed(folder: Path) -> SeedResult:
    """Read the scores and the provenance of one evaluation."""
    content = load_json(folder / SCORES_FILE)
    if not isinstance(content, dict) or content.get("format") != SCORES_FORMAT:
        raise DamagedFileError(
            f"{folder / SCORES_FILE} is not a score file of format {SCORES_FORMAT}"
        )
    return SeedResult(content["drivers"], read_provenance(folder, STAGE_NAME))


def spread_text(values: Sequence[float]) -> str:
    """Return the mean and, of several values, the lowest and the highest: `91.2 (88.0-93.1)`."""
    mean = f"{fmean(values):.1f}"
    return mean if len(values) == 1 else f"{mean} ({min(values):.1f}-{max(values):.1f})"


def autonomy_table(study: Study) -> str:
    """Return autonomy [%] as Markdown: a row for each driver, a column for each suite."""
    suites = study.suites()
    lines = [
        f"| autonomy [%] | {' | '.join(map(suite_title, suites))} | training seeds |",
        f"|---|{'--:|' * (len(suites) + 1)}",
    ]
    for driver in study.drivers():
        values = [study.values(driver, suite, "autonomy") for suite in suites]
        cells = [spread_text(of_suite) for of_suite in values]
        count = len(values[0])
        seeds = str(count) if count > 1 else "not trained"
        lines.append(f"| {driver_title(driver)} | {' | '.join(cells)} | {seeds} |")
    return "\n".join(lines)


def detail_table(study: Study) -> str:
    """Return interventions and distance as Markdown: a row for each driver and suite."""
    lines = [
        "| driver | suite | interventions per run | distance per run [km] "
        "| RMS cross-track error [m] |",
        "|---|---|--:|--:|--:|",
    ]
    for driver in study.drivers():
        for suite in study.suites():
            cells = (
                spread_text(study.values(driver, suite, "interventions")),
                f"{fmean(study.values(driver, suite, 'kilometres')):.1f}",
                f"{fmean(study.values(driver, suite, 'offset_rms')):.2f}",
            )
            lines.append(f"| {driver} | {suite_title(suite)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def section(study: Study) -> str:
    """Return a study's section of the page."""
    first = study.seeds[0].provenance
    source = f"World version {first['world']}, source revision `{first['revision'][:12]}`."
    parts = (study.description, autonomy_table(study), detail_table(study), source)
    return "\n\n".join(parts)


def rendered_page(root: Path) -> str:
    """Return the text of `docs/results.md` for the repository at `root`."""
    studies = [read_study(folder) for folder in sorted((root / STUDIES).iterdir())]
    head = (
        "# Results\n\nWritten by `pilotnet results` from the files in `docs/results/`. "
        "Figures are means over training seeds,\n"
        "with the lowest and the highest seed in parentheses. All are from test roads."
    )
    return "\n\n".join([head, *(section(study) for study in studies)]) + "\n"


def rendered_readme(root: Path) -> str:
    """Return the README's text with its result rows replaced.

    Raises ValueError when the README lacks the two markers.
    """
    text = (root / README).read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"{root / README} must have the lines {BEGIN} and {END} once each")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    table = autonomy_table(read_study(root / STUDIES / README_STUDY))
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def write_result_pages(root: Path) -> list[Path]:
    """Write `docs/results.md` and the README's rows in a repository; return the changed files."""
    texts = {root / PAGE: rendered_page(root), root / README: rendered_readme(root)}
    changed = []
    for path, text in texts.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)
            changed.append(path)
    return changed
