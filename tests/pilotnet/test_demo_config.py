"""The settings of the demo are refused when a later stage would fail with them."""

import pytest

from pilotnet.data.record_config import RecordConfig
from pilotnet.demo_config import DemoConfig


def test_the_demo_needs_training_and_validation_drives() -> None:
    with pytest.raises(ValueError, match=r"record\.validation_episodes is 0; it must be 1 or more"):
        DemoConfig(record=RecordConfig(validation_episodes=0))


def test_the_demo_needs_boxes() -> None:
    with pytest.raises(ValueError, match=r"record\.boxes is False; it must be true"):
        DemoConfig(record=RecordConfig(boxes=False))
