"""Record, train and score from Python, in sizes that take a minute; works in a notebook, too."""

import tempfile
from pathlib import Path

from pilotnet.data.record import RecordConfig, record
from pilotnet.evaluation.evaluate import EvaluateConfig, evaluate
from pilotnet.training.train import TrainConfig, train

DRIVES = 4
LENGTH = 60.0  # [m] of each drive

folder = Path(tempfile.mkdtemp(prefix="pilotnet-"))
dataset = record(
    RecordConfig(episodes=DRIVES, validation_episodes=1, length=LENGTH), folder / "data"
)
print(dataset.summary())
train(TrainConfig(epochs=1), folder / "data", folder / "model")
settings = EvaluateConfig(drivers=("expert", "pilotnet"), episodes=2, length=LENGTH)
results = evaluate(settings, folder / "results", checkpoint=folder / "model")
for driver, score in results.scores().items():
    print(f"{driver}: {score.autonomy:.1f} % on {score.kilometres:.2f} km")
