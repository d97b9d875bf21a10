"""Pictures, labels, weights, detections, plans and scores are those that were committed, bit for
bit.
"""

import json
from pathlib import Path

import pytest

from tests.fingerprints.measure import FILE, arithmetic, measured

pytestmark = pytest.mark.slow


def test_fingerprints_are_those_that_were_committed(tmp_path: Path) -> None:
    committed = json.loads(FILE.read_text())
    if committed.pop("arithmetic") != arithmetic():
        pytest.skip("this processor rounds differently; compare two commits on one machine instead")
    assert measured(tmp_path) == committed
