"""A small evaluation for the tests of the report."""

from pathlib import Path

import pytest

from pilotnet.evaluation.evaluate import EvaluateConfig, evaluate


@pytest.fixture(scope="session")
def tiny_results(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder: every driver on two roads of 100 m."""
    folder = tmp_path_factory.mktemp("evaluated") / "results"
    evaluate(EvaluateConfig(episodes=2, length=100.0, workers=1), folder, tiny_model)
    return folder
