"""The kill tests take minutes each: they run where slow tests are asked for, by `-m slow` or by PILOTNET_KILLS."""

import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the kill tests in a run of everything."""
    if config.option.markexpr or "PILOTNET_KILLS" in os.environ:
        return
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="run the kill tests by `pytest -m slow tests/kills`"))
