"""TRAIN: a dataset -> a PilotNet that steers by it.

The loss is the mean square error of curvature, each sample weighed by what the error would do to the car (see `Cloning.loss`), on
views moved anew for every sample. Validation is on other roads. What matters is driving: the validation error shows that training
works, and does not choose between networks.
"""

import csv
import gc
import logging
import math
import signal
import warnings
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import lightning
import torch
from lightning.pytorch.callbacks import Callback, ModelCheckpoint
from rich.progress import Progress
from torch import Tensor
from torch.utils.data import DataLoader

from pilotnet.checkpoint import Checkpoint, save_checkpoint
from pilotnet.dataset import Dataset
from pilotnet.folders import atomic_path, output_folder, plain, read_provenance, write_provenance
from pilotnet.light import relit
from pilotnet.model import PilotNet
from pilotnet.progress import console, progress_bar
from pilotnet.samples import Augmentation, Batch, Samples, load_drives
from pilotnet.viewpoint import View, Viewpoint
from sim.scenario import Split

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RESUME_FOLDER, METRICS_FILE = "unfinished", "metrics.csv"
LOSSES = ("train_loss", "val_loss", "val_offset")
SPEED_LOSS = "val_speed"  # of networks with a speed output
SPEED_WEIGHT = 0.3  # of the speed's error against that of the steering, which the convolutions are to be left to
VALIDATION_SEED = 2**31  # far from any training seed: validation views are the same in every run


@dataclass(frozen=True)
class TrainConfig:
    """How to train.

    Args:
        epochs: passes; in each, as many views are drawn as there are recorded moments
        batch_size: views per step
        learning_rate: the highest, after a warm-up
        weight_decay: of AdamW
        device: auto, cpu or cuda
        precision: what the network computes in while it learns; bfloat16 is faster where the hardware has it
        seed: of the weights and of all draws
        speed: learn a second output, the speed to drive, which `evaluate --pedals driver` needs
        augmentation: how views are moved off the recorded path
    """

    epochs: int = 12
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    device: str = "auto"
    precision: Literal["float32", "bfloat16"] = "float32"
    seed: int = 0
    speed: bool = False
    augmentation: Augmentation = field(default_factory=Augmentation)

    def __post_init__(self) -> None:
        require_learnable(self)


def require_learnable(config: Any) -> None:
    """ValueError unless the settings that all trainings share make sense; for PilotNet's and the detectors' alike."""
    for name in ("epochs", "batch_size"):
        if getattr(config, name) < 1:
            raise ValueError(f"{name} is {getattr(config, name)}; it must be 1 or more")
    if config.seed < 0:
        raise ValueError(f"seed is {config.seed}; it must be 0 or more")
    if not config.learning_rate > 0:
        raise ValueError(f"learning_rate is {config.learning_rate}; it must be above 0")
    if config.device not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device is {config.device!r}; it must be auto, cpu or cuda")
    if config.precision not in ("float32", "bfloat16"):
        raise ValueError(f"precision is {config.precision!r}; it must be float32 or bfloat16")
    if config.device == "cuda" and not torch.cuda.is_available():
        raise ValueError("device is 'cuda'; this machine has no usable CUDA device, so it must be auto or cpu")


def arithmetic(config: Any, device: torch.device) -> torch.autocast:
    """The context in which a network computes in the precision that a training asks for; its weights stay float32."""
    return torch.autocast(device.type, torch.bfloat16, enabled=config.precision == "bfloat16")


class Cloning(lightning.LightningModule):
    """Behavioural cloning: moved views in, the label that belongs to them out."""

    def __init__(self, model: PilotNet, viewpoint: Viewpoint, train: Samples, validation: Samples, config: TrainConfig) -> None:
        super().__init__()
        self.model, self._viewpoint, self._config = model, viewpoint, config
        self._train_samples, self._validation_samples = train, validation
        self._spread, self._typical_speed = train.label_spread()[1], train.speed_size()

    def loss(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss, and mean sizes of the errors by the names of their columns: offset [m], and speed [m/s] where it is learned.

        An error in curvature is balanced by the recovery's 6 e / L² at the offset e = error * L² / 6. The same error counts
        for little on a lane at 12 m/s, and takes the car out of its lane at 30 m/s; plain curvature would hide that. Both
        parts are in units of their labels' size.
        """
        views, _ = self._viewpoint(batch.frames, batch.shift, batch.rotation)
        views = relit(views, batch.light).contiguous(memory_format=torch.channels_last)
        with arithmetic(self._config, views.device):
            curvature, speed = self.model.commands(views)
        offset = (curvature - batch.curvature) * batch.recovery**2 / 6
        loss, errors = (offset / self._spread).square().mean(), {"val_offset": offset.abs().mean()}
        if speed is not None:
            too_fast = speed - batch.speed
            loss = loss + SPEED_WEIGHT * (too_fast / self._typical_speed).square().mean()
            errors[SPEED_LOSS] = too_fast.abs().mean()
        return loss, errors

    def training_step(self, batch: Batch, index: int) -> Tensor:  # noqa: ARG002
        """One step down."""
        loss, _ = self.loss(batch)
        self.log("train_loss", loss, on_step=False, on_epoch=True, batch_size=len(batch.curvature))
        return loss

    def validation_step(self, batch: Batch, index: int) -> None:  # noqa: ARG002
        """Loss on other roads, and the mean size of the errors."""
        loss, errors = self.loss(batch)
        self.log_dict({"val_loss": loss, **errors}, batch_size=len(batch.curvature))

    def configure_optimizers(self) -> Any:
        """AdamW, the learning rate warming up and then falling to nothing by the last step."""
        optimizer = torch.optim.AdamW(self.parameters(), self._config.learning_rate, weight_decay=self._config.weight_decay)
        steps = int(self.trainer.estimated_stepping_batches)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: learning_rate_share(step, steps))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def train_dataloader(self) -> DataLoader[Batch]:
        """This epoch's samples; called anew for every epoch."""
        self._train_samples.start_epoch(self.current_epoch)
        return self._loader(self._train_samples)

    def val_dataloader(self) -> DataLoader[Batch]:
        """The same views every time."""
        return self._loader(self._validation_samples)

    def _loader(self, samples: Samples) -> DataLoader[Batch]:
        # Samples are drawn in random order already and come as whole batches.
        return DataLoader(samples, self._config.batch_size, collate_fn=lambda batch: batch)


def learning_rate_share(step: int, steps: int) -> float:
    """The share of the highest learning rate at a step: rising over the first tenth of the steps, then a cosine down to 0."""
    warm_up = max(steps // 10, 1)
    if step < warm_up:
        return (step + 1) / warm_up
    return (1 + math.cos(math.pi * (step - warm_up) / max(steps - warm_up, 1))) / 2


class ProgressBar(Callback):
    """Our progress bar in place of Lightning's."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Say which device is really used, and begin where the training begins, or is taken up again."""
        total = int(trainer.estimated_stepping_batches)
        console.print(f"training on {device_name(module.device)}")
        self._task = self._bar.add_task("training", total=total, completed=trainer.global_step)

    def on_train_batch_end(self, trainer: lightning.Trainer, *_: object) -> None:
        """One step further."""
        self._bar.update(self._task, completed=trainer.global_step)


class History(Callback):
    """Losses epoch by epoch in a CSV file, which a resumed training goes on with."""

    def __init__(self, path: Path, names: tuple[str, ...]) -> None:
        self._path, self._names = path, names

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:  # noqa: ARG002
        """Keep the rows of the epochs that are done."""
        self._rows: list[dict[str, Any]] = []
        if trainer.current_epoch:
            with self._path.open(newline="") as file:
                self._rows = [row for row in csv.DictReader(file) if int(row["epoch"]) < trainer.current_epoch]

    def on_train_epoch_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:  # noqa: ARG002
        """Add this epoch's row."""
        losses = {name: f"{float(trainer.callback_metrics[name]):.6g}" for name in self._names}
        self._rows.append({"epoch": trainer.current_epoch, **losses})
        with atomic_path(self._path) as unfinished, unfinished.open("w", newline="") as file:
            writer = csv.DictWriter(file, ["epoch", *self._names])
            writer.writeheader()
            writer.writerows(self._rows)


def train(config: TrainConfig, data: Path, out: Path, resume: bool = False) -> Path:
    """Train PilotNet on the dataset `data` and write a model folder `out`; the path of its checkpoint.

    With `resume` an interrupted training goes on where its last whole epoch ended. Raises ValueError for an unusable dataset or
    folder.
    """
    dataset = Dataset.open(data)
    unfinished = out / RESUME_FOLDER / "last.ckpt"
    if resume:
        require_same("train", _Run(str(data), config), out, unfinished)
    with output_folder(out, resume, resumable=lambda _: unfinished.is_file()) as folder:
        write_provenance(folder, "train", _Run(str(data), config), config.seed)
        path = save_checkpoint(folder, _learn(config, dataset, folder, unfinished if resume else None))
        unfinished.unlink()
        unfinished.parent.rmdir()
    # Lightning's objects refer to each other in circles and hold gigabytes of frames, which the next stage has a use for.
    gc.collect()
    return path


def _learn(config: TrainConfig, dataset: Dataset, folder: Path, resume_from: Path | None) -> Checkpoint:
    """Load the data and fit the network."""
    lightning.seed_everything(config.seed, verbose=False)
    view = View()
    drives = {split: load_drives(dataset, split, view, config.augmentation) for split in (Split.TRAIN, Split.VALIDATION)}
    samples = Samples(drives[Split.TRAIN], config.augmentation, config.seed)
    validation = Samples(drives[Split.VALIDATION], replace(config.augmentation, light=0.0), VALIDATION_SEED)
    model = PilotNet(samples.label_spread()[0], samples.speed_size() if config.speed else None)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    viewpoint = Viewpoint(view, drives[Split.TRAIN].cameras["centre"])
    cloning = Cloning(model, viewpoint, samples, validation, config)
    losses = LOSSES + ((SPEED_LOSS,) if config.speed else ())
    fit(cloning, losses, config.device, config.epochs, folder, resume_from)
    settings = {"config": plain(asdict(config)), "data": str(dataset.root), "moments": len(samples)}
    return Checkpoint(model, view, dataset.cameras["centre"], settings)


@dataclass(frozen=True)
class _Run:
    """What the provenance of a training names: the data beside the settings."""

    data: str
    config: TrainConfig


def require_same(stage: str, run: "DataclassInstance", out: Path, unfinished: Path) -> None:
    """ValueError unless `out` holds an interrupted training of just these settings; also for other trainings than PilotNet's."""
    if not unfinished.is_file():
        raise ValueError(f"{out} holds no unfinished training to resume; leave out --resume and choose another folder")
    before, now = read_provenance(out, stage)["config"], plain(asdict(run))
    if before != now:
        raise ValueError(f"{out} was begun with {before}; resume needs the same settings, but they are {now}")


def fit(
    module: lightning.LightningModule, losses: tuple[str, ...], device: str, epochs: int, folder: Path, resume_from: Path | None
) -> None:
    """Lightning's Trainer with our bar, and after every epoch a row of metrics.csv and a checkpoint to resume from.

    losses: what the module logs; device: auto, cpu or cuda.
    """
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    with progress_bar() as bar, warnings.catch_warnings():
        # Batches are gathered from memory: workers would only copy them.
        warnings.filterwarnings("ignore", ".*does not have many workers.*")
        warnings.filterwarnings("ignore", ".*LeafSpec.* is deprecated", FutureWarning)  # Lightning's own use of torch
        warnings.filterwarnings("ignore", ".*Checkpoint directory .* exists and is not empty.*")  # a resumed training's own
        trainer = lightning.Trainer(
            accelerator={"auto": "auto", "cpu": "cpu", "cuda": "gpu"}[device],
            devices=1,
            max_epochs=epochs,
            reload_dataloaders_every_n_epochs=1,
            callbacks=[
                ProgressBar(bar),
                History(folder / METRICS_FILE, losses),
                ModelCheckpoint(folder / RESUME_FOLDER, "last", enable_version_counter=False),
            ],
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            deterministic="warn",
        )
        try:
            trainer.fit(module, ckpt_path=resume_from, weights_only=True)
        except SystemExit:
            # Lightning turns Ctrl-C into an exit, and makes the process deaf to the next one; both are the caller's to decide.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            raise KeyboardInterrupt from None


def device_name(device: torch.device) -> str:
    """The device in words a person recognises, such as `cuda (NVIDIA H200)` or `cpu (2 threads)`."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return f"{device.type} ({torch.get_num_threads()} threads)"
