"""DEMO: run all stages with one command: record, train, evaluate, report.

PilotNet and the detectors of the modular stack learn from the same drives. Each stage is the one
that its own command runs. After an interruption, the same command continues with the first
unfinished stage.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from pilotnet.common.folders import StageFiles, is_unfinished, output_folder, plain
from pilotnet.common.interrupts import raise_pending
from pilotnet.common.progress import closing_line, console
from pilotnet.common.provenance import (
    read_provenance,
    require_present_world,
    require_same_settings,
    write_provenance,
)
from pilotnet.common.settings import user_path
from pilotnet.data.record import STAGE as RECORD
from pilotnet.data.record import record
from pilotnet.data.store.schema import INFO_PATH
from pilotnet.demo_config import DemoConfig
from pilotnet.drivers.driver_table import Detectors
from pilotnet.evaluation.evaluate import STAGE as EVALUATE
from pilotnet.evaluation.evaluate import evaluate
from pilotnet.evaluation.report import write_report
from pilotnet.evaluation.results import EPISODES_FILE, Results, read_results
from pilotnet.modular.detection.train_detector import STAGE as TRAIN_DETECTOR
from pilotnet.modular.detection.train_detector import train_detector
from pilotnet.training.checkpoint import FILE_NAME
from pilotnet.training.train import STAGE as TRAIN
from pilotnet.training.train import train

NAME = "demo"
DATA = "data"
MODEL = "model"
CARS = "cars"
PEDESTRIANS = "pedestrians"
RESULTS = "results"
REPORT = "report.html"
# Settings that may differ in a resumed demo, because they change no result.
FREE_SETTINGS = ("record.workers", "evaluate.workers")


@dataclass(frozen=True)
class DemoStage:
    """One stage of the demo, which writes a folder of its own.

    name: of the folder in the demo's folder.
    kind: the stage that writes it.
    product: the file that only a finished run leaves there.
    participle: for the notice that the stage is finished, such as `recorded`.
    run: takes the settings, the demo's folder and whether to resume. It returns a line about the
    result, and the next command.
    """

    name: str
    kind: StageFiles
    product: str
    participle: str
    run: Callable[[DemoConfig, Path, bool], tuple[str, str]]

    def finished(self, out: Path) -> bool:
        """Return whether the stage is finished in the demo's folder `out`."""
        return (out / self.name / self.product).is_file() and not is_unfinished(out / self.name)

    def has_work(self, out: Path) -> bool:
        """Return whether the demo's folder `out` holds work of this stage that can be resumed."""
        return self.finished(out) or self.kind.has_work(out / self.name)

    def finish(self, config: DemoConfig, out: Path) -> None:
        """Run or resume the stage, or print that it is finished."""
        if self.finished(out):
            console.print(f"{out / self.name}: already {self.participle}")
        else:
            closing_line(*self.run(config, out, self.kind.has_work(out / self.name)))


def run_record(config: DemoConfig, out: Path, resume: bool) -> tuple[str, str]:
    """Record the drives."""
    dataset = record(config.record, out / DATA, resume)
    return f"wrote {out / DATA}: {dataset.summary()}", f"pilotnet train {out / DATA}"


def run_train(config: DemoConfig, out: Path, resume: bool) -> tuple[str, str]:
    """Train PilotNet."""
    train(config.train, out / DATA, out / MODEL, resume)
    return f"wrote {out / MODEL}", f"pilotnet train-detector cars {out / DATA}"


def run_cars(config: DemoConfig, out: Path, resume: bool) -> tuple[str, str]:
    """Train the car detector."""
    train_detector(config.detect, "cars", out / DATA, out / CARS, resume)
    return f"wrote {out / CARS}", f"pilotnet train-detector pedestrians {out / DATA}"


def run_pedestrians(config: DemoConfig, out: Path, resume: bool) -> tuple[str, str]:
    """Train the pedestrian detector."""
    train_detector(config.detect, "pedestrians", out / DATA, out / PEDESTRIANS, resume)
    detectors = f"--cars {out / CARS} --pedestrians {out / PEDESTRIANS}"
    drivers = " ".join(config.evaluate.drivers)
    return (
        f"wrote {out / PEDESTRIANS}",
        f"pilotnet evaluate {drivers} --checkpoint {out / MODEL} {detectors}",
    )


def run_evaluate(config: DemoConfig, out: Path, resume: bool) -> tuple[str, str]:
    """Evaluate all drivers."""
    detectors = Detectors(out / CARS, out / PEDESTRIANS)
    evaluate(config.evaluate, out / RESULTS, out / MODEL, detectors, resume)
    return (
        f"wrote {out / RESULTS}",
        f"pilotnet report {out / RESULTS} --model {out / MODEL} --data {out / DATA}",
    )


STAGES = (
    DemoStage(DATA, RECORD, INFO_PATH, "recorded", run_record),
    DemoStage(MODEL, TRAIN, FILE_NAME, "trained", run_train),
    DemoStage(CARS, TRAIN_DETECTOR, FILE_NAME, "trained", run_cars),
    DemoStage(PEDESTRIANS, TRAIN_DETECTOR, FILE_NAME, "trained", run_pedestrians),
    DemoStage(RESULTS, EVALUATE, EPISODES_FILE, "driven", run_evaluate),
)


def has_work(out: Path) -> bool:
    """Return whether the folder `out` holds a demo that can be resumed."""
    return (out / f"{NAME}.yaml").is_file() and any(stage.has_work(out) for stage in STAGES)


STAGE = StageFiles(NAME, (*(stage.name for stage in STAGES), REPORT), has_work, "the same command")


def demo(config: DemoConfig, out: Path) -> Results:
    """Run every unfinished stage into folders below `out` and return the results.

    Raises ValueError when `out` holds something else than a demo with the same settings.
    """
    with output_folder(out, STAGE, resume=has_work(user_path(out))) as folder:
        if has_work(folder):
            require_same_demo(config, folder)
        else:
            write_provenance(folder, NAME, config, config.record.seed)
        for stage in STAGES:
            raise_pending()
            stage.finish(config, folder)
        if not (folder / REPORT).is_file():
            write_report(
                folder / RESULTS, folder / REPORT, model=folder / MODEL, data=folder / DATA
            )
        return read_results(folder / RESULTS)


def require_same_demo(config: DemoConfig, folder: Path) -> None:
    """Raise ValueError, naming the setting, unless the demo in `folder` has the same settings."""
    provenance = read_provenance(folder, NAME)
    require_present_world(folder, provenance["world"])
    require_same_settings(
        folder, provenance["config"], plain(asdict(config)), ignored=FREE_SETTINGS
    )
