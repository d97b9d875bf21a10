"""The main job with one command: record, train, drive, score, report. Each stage is the one that its own command runs."""

from dataclasses import dataclass, field
from pathlib import Path

from pilotnet.evaluate import EvaluateConfig, Results, evaluate
from pilotnet.folders import output_folder
from pilotnet.record import RecordConfig, record
from pilotnet.report import write_report
from pilotnet.train import TrainConfig, train

DATA, MODEL, RESULTS, REPORT = "data", "model", "results", "report.html"


@dataclass(frozen=True)
class DemoConfig:
    """The settings of the stages; `configs/demo.yaml` holds what the demo sets differently."""

    record: RecordConfig = field(default_factory=RecordConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    evaluate: EvaluateConfig = field(default_factory=EvaluateConfig)


def demo(config: DemoConfig, out: Path) -> Results:
    """Run every stage into folders below `out`, which must not hold anything yet; the results."""
    with output_folder(out) as folder:
        record(config.record, folder / DATA)
        train(config.train, folder / DATA, folder / MODEL)
        results = evaluate(config.evaluate, folder / RESULTS, checkpoint=folder / MODEL)
        write_report(folder / RESULTS, folder / REPORT, model=folder / MODEL, data=folder / DATA)
    return results
