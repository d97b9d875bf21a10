"""The main job with one command: record, train, drive, score, report. Each stage is the one that its own command runs."""

from dataclasses import dataclass, field
from pathlib import Path

from pilotnet.evaluate import EvaluateConfig, Results, evaluate
from pilotnet.folders import output_folder
from pilotnet.progress import closing_line
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
        data, model, results = folder / DATA, folder / MODEL, folder / RESULTS
        dataset = record(config.record, data)
        closing_line(f"wrote {data}: {dataset.summary()}", f"pilotnet train {data}")
        train(config.train, data, model)
        closing_line(f"wrote {model}", f"pilotnet evaluate expert pilotnet straight --checkpoint {model}")
        driven = evaluate(config.evaluate, results, checkpoint=model)
        closing_line(f"wrote {results}", f"pilotnet report {results} --model {model} --data {data}")
        write_report(results, folder / REPORT, model=model, data=data)
    return driven
