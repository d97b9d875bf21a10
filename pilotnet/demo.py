"""The main job with one command: record, train both stacks, drive, score, report. Each stage is the one its own command runs.

PilotNet and the detectors of the modular stack learn from the same drives.
"""

from pathlib import Path

from pilotnet.demo_config import DemoConfig
from pilotnet.driver_names import Detectors
from pilotnet.evaluate import evaluate
from pilotnet.folders import Stage, output_folder
from pilotnet.modular.detector_config import TARGETS
from pilotnet.modular.detector_training import train_detector
from pilotnet.progress import closing_line
from pilotnet.record import record
from pilotnet.report import write_report
from pilotnet.results import Results
from pilotnet.train import train

DATA, MODEL, RESULTS, REPORT = "data", "model", "results", "report.html"
STAGE = Stage("demo", (REPORT,))


def demo(config: DemoConfig, out: Path) -> Results:
    """Run every stage into folders below `out`, which must not hold anything yet; the results."""
    with output_folder(out, STAGE) as folder:
        data, model, results = folder / DATA, folder / MODEL, folder / RESULTS
        dataset = record(config.record, data)
        closing_line(f"wrote {data}: {dataset.summary()}", f"pilotnet train {data}")
        train(config.train, data, model)
        closing_line(f"wrote {model}", f"pilotnet train-detector cars {data}")
        cars, pedestrians = (train_detector(config.detect, target, data, folder / target).parent for target in TARGETS)
        eyes = f"--cars {cars} --pedestrians {pedestrians}"
        drivers = " ".join(config.evaluate.drivers)
        closing_line(f"wrote {cars} and {pedestrians}", f"pilotnet evaluate {drivers} --checkpoint {model} {eyes}")
        driven = evaluate(config.evaluate, results, model, Detectors(cars, pedestrians))
        closing_line(f"wrote {results}", f"pilotnet report {results} --model {model} --data {data}")
        write_report(results, folder / REPORT, model=model, data=data)
    return driven
