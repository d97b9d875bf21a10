"""How many trainings of PilotNet learn nothing, by the gain of the output layer's first weights.

    python -m tests.benchmarks.training_collapse DATA [--seeds 8] [--gains 1.0 0.1]

Trains one epoch in float32 for each seed and prints the validation loss; about 0.85 or more is that
of a network whose last hidden layer is switched off.
"""

import argparse
import csv
import tempfile
from pathlib import Path

import pilotnet.training.model
from pilotnet.training.train import TrainConfig, train
from pilotnet.training.training_checkpoints import METRICS_FILE


def validation_loss(data: Path, seed: int) -> float:
    """Return the validation loss after one epoch."""
    config = TrainConfig(epochs=1, seed=seed, device="cpu", precision="float32")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "model"
        train(config, data, folder)
        with (folder / METRICS_FILE).open(newline="") as file:
            return float(list(csv.DictReader(file))[-1]["val_loss"])


def main() -> None:
    """Print a row for each gain."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--gains", type=float, nargs="+", default=[1.0, 0.1])
    options = parser.parse_args()
    for gain in options.gains:
        pilotnet.training.model.OUTPUT_GAIN = gain
        losses = [validation_loss(options.data, seed) for seed in range(options.seeds)]
        print(f"gain {gain:g}: " + ", ".join(f"{loss:.3f}" for loss in losses), flush=True)


if __name__ == "__main__":
    main()
