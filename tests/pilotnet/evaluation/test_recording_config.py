"""The settings of the evaluation over recordings."""

import pytest

from pilotnet.evaluation.recording_config import RecordingEvaluationConfig


def test_a_negative_number_of_workers_is_refused() -> None:
    with pytest.raises(ValueError, match="workers is -1; it must be 0 or more"):
        RecordingEvaluationConfig(workers=-1)
