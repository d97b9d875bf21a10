"""Faults are described by `kind=strength`."""

import pytest

from pilotnet.evaluation.faults import FAULTS, Fault, FaultKind


@pytest.mark.parametrize("text", ["yaw=2", "pitch=-0.5", "late=0.2", "dead_band=1"])
def test_a_fault_reads_back_from_its_text(text: str) -> None:
    assert str(Fault.of(text)) == text


def test_every_kind_has_usual_strengths_within_its_limits() -> None:
    assert set(FAULTS) == set(FaultKind)
    for kind, info in FAULTS.items():
        assert len(info.usual) == 3
        for strength in info.usual:
            assert Fault.of(f"{kind}={strength}") == Fault(kind, strength)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("yawn=2", "fault is 'yawn'; it must be one of yaw, pitch"),
        ("yaw", "fault is 'yaw'; it must be yaw=-20 to yaw=20 °"),
        ("yaw=much", "it must be yaw=-20 to yaw=20"),
        ("yaw=nan", "it must be yaw=-20 to yaw=20"),
        ("yaw=21", "it must be yaw=-20 to yaw=20"),
        ("late=-1", "it must be late=0 to late=2 s"),
        ("", "fault is ''"),
    ],
)
def test_a_wrong_fault_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Fault.of(text)
