"""The settings of ROBUSTNESS; the module does not load PyTorch, so that help is quick."""

from dataclasses import dataclass, fields

from pilotnet.evaluation.evaluate_config import EvaluateConfig
from pilotnet.evaluation.faults import FAULTS, MARK, Fault, FaultKind
from sim.scenario import choice


@dataclass(frozen=True)
class RobustnessConfig(EvaluateConfig):
    """The faults, and the drivers, roads and conditions of an evaluation.

    Args:
        faults: kinds, or kind=strength, with commas between them; empty for all in usual strengths
    """

    episodes: int = 8
    length: float = 400.0
    faults: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("fault", "until_decided"):
            if getattr(self, name):
                raise ValueError(
                    f"{name} is {getattr(self, name)!r}; robustness drives without it, "
                    "and chooses its faults by faults"
                )
        self.chosen_faults()

    def chosen_faults(self) -> list[Fault]:
        """Return the faults; ValueError for an unknown kind or wrong strength."""
        words = self.faults.split(",") if self.faults else list(FaultKind)
        found: list[Fault] = []
        for word in map(str.strip, words):
            if MARK in word:
                found.append(Fault.of(word))
            else:
                kind = choice("fault", word, FaultKind)
                found += [Fault(kind, strength) for strength in FAULTS[kind].usual]
        return list(dict.fromkeys(found))

    def evaluation(self, fault: Fault | None) -> EvaluateConfig:
        """Return the settings of the evaluation with a fault, or without any."""
        settings = {field.name: getattr(self, field.name) for field in fields(EvaluateConfig)}
        return EvaluateConfig(**{**settings, "fault": str(fault) if fault else ""})
