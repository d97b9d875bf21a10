"""The settings of a robustness evaluation."""

import pytest

from pilotnet.evaluation.faults import FAULTS, Fault, FaultKind
from pilotnet.evaluation.robustness_config import RobustnessConfig


def test_all_faults_are_chosen_by_default() -> None:
    usual = sum(len(info.usual) for info in FAULTS.values())
    assert len(RobustnessConfig().chosen_faults()) == usual == 42


def test_kinds_and_strengths_can_be_mixed() -> None:
    chosen = RobustnessConfig(faults="yaw=3, late,yaw=3").chosen_faults()
    assert chosen[0] == Fault(FaultKind.YAW, 3.0)
    assert chosen[1:] == [Fault(FaultKind.LATE, one) for one in FAULTS[FaultKind.LATE].usual]


def test_the_evaluations_differ_in_their_fault_only() -> None:
    config = RobustnessConfig(drivers=("expert",), roads="rural", noise=0.2)
    assert config.evaluation(None).fault == ""
    evaluation = config.evaluation(Fault(FaultKind.YAW, 3.0))
    assert (evaluation.fault, evaluation.roads, evaluation.noise) == ("yaw=3", "rural", 0.2)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"faults": "sleepy"}, "fault is 'sleepy'; it must be one of yaw"),
        ({"faults": "yaw=99"}, "it must be yaw=-20 to yaw=20"),
        ({"faults": "yaw,,late"}, "fault is ''; it must be one of yaw"),
        ({"fault": "yaw=1"}, "fault is 'yaw=1'; robustness drives without it"),
        ({"drivers": ("expert", "straight"), "until_decided": True}, "until_decided is True"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RobustnessConfig(**settings)  # type: ignore[arg-type]
