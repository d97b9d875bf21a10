"""What all trainings share: the schedule of the learning rate, the precision, the seeds, and the
memory that is kept.
"""

import platform
import subprocess
import sys

import pytest
import torch

from pilotnet.modular.detection.train_detector import DetectorTrainConfig
from pilotnet.training.train import TrainConfig
from pilotnet.training.trainer import (
    autocast_context,
    has_bfloat16,
    learning_rate_share,
    precision,
    seeded_network,
    torch_generator,
)
from sim.random import Stream

CPU = torch.device("cpu")


@pytest.mark.parametrize("steps", [2, 10, 1000])
def test_the_learning_rate_rises_to_its_highest_and_falls_to_nothing(steps: int) -> None:
    shares = [learning_rate_share(step, steps) for step in range(steps + 1)]
    assert max(shares) == 1.0
    assert all(0 <= share <= 1 for share in shares)
    assert shares[-1] == 0.0


def test_auto_is_bfloat16_just_where_the_hardware_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for has, chosen in ((True, "bfloat16"), (False, "float32")):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda has=has: {"avx512_bf16": has})
        assert has_bfloat16(CPU) is has
        assert precision(TrainConfig(device="cpu"), CPU) == chosen
        assert precision(TrainConfig(device="cpu", precision="float32"), CPU) == "float32"


@pytest.mark.parametrize(
    ("asked", "kind"), [("float32", torch.float32), ("bfloat16", torch.bfloat16)]
)
def test_a_product_is_computed_in_the_precision_asked_for(asked: str, kind: torch.dtype) -> None:
    with autocast_context(TrainConfig(device="cpu", precision=asked), CPU):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype is kind


def test_weights_follow_from_the_seed_and_leave_the_shared_generator_alone() -> None:
    before = torch.get_rng_state()
    weights = [
        seeded_network(lambda: torch.nn.Linear(4, 4), seed).weight for seed in (5, 5, 6, 2**100)
    ]
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(weights[0], weights[1])
    assert len({each.sum().item() for each in weights}) == 3


@pytest.mark.parametrize("seed", [2**32, 2**128 - 1])
def test_any_seed_that_a_recording_takes_a_training_takes(seed: int) -> None:
    assert TrainConfig(seed=seed).seed == DetectorTrainConfig(seed=seed).seed == seed
    assert torch_generator(seed, Stream.DETECTOR_PROPOSALS, 0, 1).initial_seed() < 2**32


@pytest.mark.parametrize("config", [TrainConfig, DetectorTrainConfig])
def test_a_seed_out_of_range_is_named(config: type) -> None:
    with pytest.raises(
        ValueError, match=rf"^seed is {2**128}; it must be a whole number from 0 to 2\*\*128 - 1$"
    ):
        config(seed=2**128)


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only glibc can be asked to keep memory"
)
def test_memory_that_a_step_frees_is_there_for_the_next_one() -> None:
    program = """
import resource
import torch
from pilotnet.training.trainer import keep_freed_memory
keep_freed_memory()
for step in range(22):
    if step == 2:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(4_000_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
    faults = int(
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        ).stdout
    )
    assert (
        faults < 20_000
    )  # twenty times 16 MB are 80 000 pages; once or twice the memory may lie elsewhere
