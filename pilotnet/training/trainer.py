"""What all trainings share: Lightning's Trainer, progress, metrics, resuming, precision and the
learning rate's schedule.
"""

import csv
import ctypes
import io
import logging
import math
import signal
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import lightning
import torch
from lightning.pytorch.callbacks import Callback
from rich.progress import Progress
from torch import Tensor, nn

from pilotnet.common.folders import write_text
from pilotnet.common.interrupts import raise_pending
from pilotnet.common.progress import console, progress_bar
from pilotnet.training.training_checkpoints import (
    METRICS_FILE,
    ChecksummedFiles,
    EpochCheckpoints,
    newest_checkpoint,
)
from sim.random import Stream, derived_seed

Network = TypeVar("Network", bound=nn.Module)
# of malloc.h
M_TRIM_THRESHOLD = -1
M_TOP_PAD = -2
M_MMAP_THRESHOLD = -3


def require_device(device: str) -> None:
    """Raise ValueError when `device` is `cuda` and this machine has no usable CUDA device."""
    if device == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            "device is 'cuda'; this machine has no usable CUDA device, so it must be auto or cpu"
        )


def keep_freed_memory() -> None:
    """Make the C library keep freed memory for the next step instead of returning it to the system.

    Returning it costs a tenth of a training step of PilotNet. The settings are glibc's, mallopt(3);
    elsewhere nothing happens.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for parameter, most in (
        (M_TRIM_THRESHOLD, 2**31 - 1),
        (M_TOP_PAD, 2**26),
        (M_MMAP_THRESHOLD, 2**25),
    ):
        mallopt(parameter, most)


def torch_generator(
    seed: int, stream: Stream, *index: int, device: torch.device | str = "cpu"
) -> torch.Generator:
    """Return PyTorch's generator for one stream; arguments and errors as of
    `sim.random.stream_generator`.
    """
    return torch.Generator(device).manual_seed(derived_seed(seed, stream, *index))


def seeded_network(make: Callable[[], Network], seed: int) -> Network:
    """Return `make()` with weights drawn from the seed; PyTorch's global random state is not
    changed.
    """
    with torch.random.fork_rng(devices=()):
        torch.set_rng_state(torch_generator(seed, Stream.WEIGHTS).get_state())
        return make()


def fit(
    module: lightning.LightningModule, losses: tuple[str, ...], config: Any, folder: Path
) -> None:
    """Train a module, with a row of metrics.csv and a checkpoint to resume from after every epoch.

    Training resumes from the newest checkpoint in the folder, if there is one. losses: the names
    that the module logs; config: the settings of a training; folder: where both files are written.
    Raises ValueError for a loss or a weight that is not finite and when all checkpoints are
    damaged, and OSError when there is no space.
    """
    resume_from = newest_checkpoint(folder)
    keep_freed_memory()
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    handler = signal.getsignal(signal.SIGINT)
    with progress_bar() as bar, warnings.catch_warnings():
        # Batches are gathered from memory: workers would only copy them.
        warnings.filterwarnings("ignore", ".*does not have many workers.*")
        warnings.filterwarnings(
            "ignore", ".*LeafSpec.* is deprecated", FutureWarning
        )  # Lightning's own use of torch
        trainer = lightning.Trainer(
            accelerator={"auto": "auto", "cpu": "cpu", "cuda": "gpu"}[config.device],
            devices=1,
            max_epochs=config.epochs,
            reload_dataloaders_every_n_epochs=1,
            # The order matters: check an epoch, then write its losses, then save its checkpoint.
            callbacks=[
                ProgressBar(bar, config),
                FiniteNumbers(folder, config),
                History(folder / METRICS_FILE, losses),
                EpochCheckpoints(folder),
            ],
            plugins=[ChecksummedFiles()],
            enable_checkpointing=False,
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            deterministic="warn",
        )
        try:
            trainer.fit(module, ckpt_path=resume_from, weights_only=True)
        except SystemExit as stop:
            # Lightning turns Ctrl-C into SystemExit and ignores further SIGINTs. Any other
            # SystemExit is passed on.
            if not isinstance(stop.__context__, KeyboardInterrupt):
                raise
            signal.signal(signal.SIGINT, handler or signal.default_int_handler)
            raise stop.__context__ from None


def autocast_context(config: Any, device: torch.device) -> torch.autocast:
    """The context in which a network computes in the precision that a training asks for; its
    weights stay float32.
    """
    return torch.autocast(
        device.type, torch.bfloat16, enabled=precision(config, device) == "bfloat16"
    )


def precision(config: Any, device: torch.device) -> str:
    """The precision, float32 or bfloat16, that a training computes in on a device."""
    if config.precision == "auto":
        return "bfloat16" if has_bfloat16(device) else "float32"
    return str(config.precision)


def has_bfloat16(device: torch.device) -> bool:
    """Whether the hardware computes in bfloat16 itself; where it is emulated it is slower than
    float32.
    """
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def learning_rate_share(step: int, steps: int) -> float:
    """The share of the highest learning rate at a step: rising over the first tenth of the steps,
    then a cosine down to 0.
    """
    warm_up = max(steps // 10, 1)
    if step < warm_up:
        return (step + 1) / warm_up
    return (1 + math.cos(math.pi * (step - warm_up) / max(steps - warm_up, 1))) / 2


class ProgressBar(Callback):
    """Our progress bar in place of Lightning's."""

    def __init__(self, bar: Progress, config: Any) -> None:
        self._bar = bar
        self._config = config

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Print the device and precision in use, and start the bar at the first or the resumed
        step.
        """
        total = int(trainer.estimated_stepping_batches)
        console.print(
            f"training on {device_name(module.device)} in {precision(self._config, module.device)}"
        )
        self._task = self._bar.add_task("training", total=total, completed=trainer.global_step)

    def on_train_batch_start(self, *hook: Any) -> None:
        """End the training when a signal has arrived whose exception was lost."""
        raise_pending()

    def on_train_epoch_start(
        self, trainer: lightning.Trainer, module: lightning.LightningModule
    ) -> None:
        """Show the epoch, and the loss of the one before."""
        loss = trainer.callback_metrics.get("train_loss")
        shown = f", train_loss {float(loss):.4g}" if loss is not None else ""
        self._bar.update(
            self._task, detail=f"epoch {trainer.current_epoch + 1} of {trainer.max_epochs}{shown}"
        )

    def on_train_batch_end(self, trainer: lightning.Trainer, *_: object) -> None:
        """One step further."""
        self._bar.update(self._task, completed=trainer.global_step)


class FiniteNumbers(Callback):
    """Stops a training whose loss or weights are NaN or infinite, before the epoch's losses or
    checkpoint are written.
    """

    def __init__(self, folder: Path, config: Any) -> None:
        self._advice = (
            f"lower learning_rate, which is {config.learning_rate}, and train again in another "
            f"folder; "
            f"{folder} keeps the epochs before"
        )
        self._loss: Tensor | None = None

    def on_before_backward(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, loss: Tensor
    ) -> None:
        """Keep the loss of this step for `_check_loss`."""
        self._loss = loss.detach()

    def on_train_batch_start(self, trainer: lightning.Trainer, *_: object) -> None:
        """Check the loss of the step before, which an accelerator has computed by now, so that
        reading it does not wait.
        """
        self._check_loss(trainer, trainer.fit_loop.batch_idx)

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule
    ) -> None:
        """Check the last step's loss, the losses on validation roads, and the weights."""
        self._check_loss(trainer, trainer.fit_loop.batch_idx + 1)
        for name, value in trainer.callback_metrics.items():
            self._check(value, f"{name} is {float(value)} after epoch {trainer.current_epoch}")
        for name, weights in module.state_dict().items():
            self._check(
                weights, f"the weights {name} are not finite after epoch {trainer.current_epoch}"
            )

    def _check_loss(self, trainer: lightning.Trainer, steps: int) -> None:
        if self._loss is not None:
            self._check(
                self._loss,
                f"the loss is {float(self._loss)} in epoch {trainer.current_epoch}, step "
                f"{steps - 1}",
            )
        self._loss = None

    def _check(self, values: Tensor, finding: str) -> None:
        if not torch.isfinite(values).all():
            raise ValueError(f"{finding}; {self._advice}")


class History(Callback):
    """Losses epoch by epoch in a CSV file. Checkpoints hold its rows too, so that both always
    agree.
    """

    def __init__(self, path: Path, names: tuple[str, ...]) -> None:
        self._path = path
        self._names = names
        self._rows: list[dict[str, Any]] = []

    def state_dict(self) -> dict[str, Any]:
        """Return the rows so far, for a checkpoint."""
        return {"rows": self._rows}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Write the rows of a checkpoint."""
        self._rows = state_dict["rows"]
        self._write()

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule
    ) -> None:
        """Add this epoch's row."""
        losses = {name: f"{float(trainer.callback_metrics[name]):.6g}" for name in self._names}
        self._rows.append({"epoch": trainer.current_epoch, **losses})
        self._write()

    def _write(self) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, ["epoch", *self._names])
        writer.writeheader()
        writer.writerows(self._rows)
        write_text(self._path, text.getvalue())


def device_name(device: torch.device) -> str:
    """The device in words a person recognises, such as `cuda (NVIDIA H200)` or `cpu (2 threads)`."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return f"{device.type} ({torch.get_num_threads()} threads)"
