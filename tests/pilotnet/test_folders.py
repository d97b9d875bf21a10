"""Output folders: never overwritten, never half-written, and they say where they come from."""

import math
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pilotnet.folders import (
    MARKER,
    Stage,
    atomic_path,
    output_folder,
    read_provenance,
    require_same_settings,
    source_revision,
    write_json,
    write_provenance,
    write_text,
)
from pilotnet.interrupts import Interrupted
from pilotnet.settings import user_path
from sim.scenario import Split


@dataclass(frozen=True)
class Config:
    """Settings of a made-up stage."""

    split: Split = Split.TEST
    sizes: tuple[int, ...] = (1, 2)
    out: Path = Path("somewhere")


def work_done(folder: Path) -> bool:
    return (folder / "done").exists()


STAGE = Stage("make", ("done", "half", "parts/part-*.txt", "scratch"), work_done)
ONE_GO = Stage("make", ("half",))
HOLD = """
import sys, time
from pathlib import Path
from pilotnet.folders import Stage, output_folder
with output_folder(Path(sys.argv[1]), Stage("make", ("half",))) as folder:
    (folder / "half").touch()
    print("holding", flush=True)
    time.sleep(60)
"""


def fail(path: Path, error: BaseException, done: bool = False, stage: Stage = STAGE, resume: bool = False) -> None:
    """A run that writes half of what it should and fails."""
    with output_folder(path, stage, resume) as folder:
        (folder / "half").touch()
        if done:
            (folder / "done").touch()
        raise error


def names(folder: Path) -> set[str]:
    """Everything in a folder, hidden or not."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@contextmanager
def another_writer(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has a folder open and writes into it."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "holding\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for resume in (False, True):
        with pytest.raises(ValueError, match="already holds something"), output_folder(tmp_path, STAGE, resume):
            pytest.fail("the body must not run")
    (tmp_path / "done").touch()
    with pytest.raises(ValueError, match="delete it, or go on with it by --resume"), output_folder(tmp_path, STAGE):
        pytest.fail("the body must not run")
    assert names(tmp_path) == {"mine.txt", "done"}


def test_an_empty_folder_and_a_new_one_are_taken_and_hold_only_the_work(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "deep" / "er"):
        with output_folder(path, STAGE) as folder:
            assert folder == path
            assert (folder / MARKER).is_file()
            (folder / "done").touch()
        assert (path / "done").is_file()
    assert names(tmp_path) == {"done", "deep", "deep/er", "deep/er/done"}


@pytest.mark.parametrize("name", [".DS_Store", "lost+found/", "@eaDir/", ".ipynb_checkpoints/"])
def test_what_an_operating_system_lays_into_a_folder_does_not_fill_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("/"):
        path.mkdir()
    else:
        path.touch()
    with pytest.raises(RuntimeError):
        fail(tmp_path, RuntimeError())
    assert names(tmp_path) == {path.name}


def test_a_file_and_a_link_to_nothing_are_no_folders(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "none")
    with pytest.raises(ValueError, match="file is a file; choose another folder"), output_folder(tmp_path / "file", STAGE):
        pytest.fail("the body must not run")
    with pytest.raises(ValueError, match=r"link is a link to .*none, which does not exist"):
        fail(tmp_path / "link", RuntimeError())


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, GeneratorExit])
@pytest.mark.parametrize("stage", [STAGE, ONE_GO])
def test_a_stage_that_fails_before_anything_is_finished_leaves_nothing(
    tmp_path: Path, error: type[BaseException], stage: Stage
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    for name in ("new", "empty", "link"):
        with pytest.raises(error):
            fail(tmp_path / name, error(), stage=stage)
    assert names(tmp_path) == {"empty", "link"}


def test_a_link_to_a_folder_is_written_into(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with output_folder(tmp_path / "link", STAGE) as folder:
        (folder / "done").touch()
    assert names(tmp_path / "real") == {"done"}


def test_work_that_can_be_resumed_survives_a_failure(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for resume in (False, True):
        with pytest.raises(RuntimeError):
            fail(out, RuntimeError(), done=True, resume=resume)
        assert names(out) == {"done", "half", MARKER}
    with output_folder(out, STAGE, resume=True):
        pass
    assert names(out) == {"done", "half"}


def test_a_finished_folder_stays_finished_when_its_resumption_is_refused(tmp_path: Path) -> None:
    (tmp_path / "done").touch()
    with pytest.raises(ValueError, match="other settings"):
        fail(tmp_path, ValueError("other settings"), resume=True)
    assert MARKER not in names(tmp_path)
    assert "done" in names(tmp_path)


def test_a_user_s_file_survives_whatever_happens(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for name in ("half", "make.yaml", "mine.txt", "parts/part-1.txt", "parts/mine.txt", "scratch/deep/file"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).touch()
    (out / MARKER).write_text("make")  # of a killed run
    with pytest.raises(RuntimeError):
        fail(out, RuntimeError())
    assert names(out) == {"mine.txt", "parts", "parts/mine.txt"}


def test_the_hint_of_an_interruption_is_true(tmp_path: Path) -> None:
    with pytest.raises(Interrupted) as caught:
        fail(tmp_path / "a", KeyboardInterrupt())
    assert str(caught.value) == "interrupted; nothing was finished, so nothing is kept"
    with pytest.raises(Interrupted) as caught:
        fail(tmp_path / "a", Interrupted(signal.SIGTERM), done=True)
    assert str(caught.value) == ("ended by SIGTERM; what was finished is kept, the same command with --resume goes on from there")
    assert caught.value.exit_code == 143


def test_an_error_of_the_system_says_where_and_what_is_kept(tmp_path: Path) -> None:
    kept = "what was finished is kept, the same command with --resume goes on from there"
    with pytest.raises(OSError, match="full") as caught:
        fail(tmp_path / "a", OSError(28, "full"))
    assert caught.value.__notes__ == [f"while writing {tmp_path / 'a'}"]
    with pytest.raises(OSError, match="full") as caught:
        fail(tmp_path / "a", OSError(28, "full"), done=True)
    assert caught.value.__notes__ == [f"while writing {tmp_path / 'a'}", kept]
    with pytest.raises(OSError, match="full") as caught:
        fail(tmp_path / "a", OSError(28, "full", "some/file"), resume=True)
    assert caught.value.__notes__ == [kept]


def test_the_outermost_stage_has_the_last_word(tmp_path: Path) -> None:
    (tmp_path / "done").touch()
    outer = Stage("all", (), work_done, "the same command")
    with (
        pytest.raises(Interrupted, match="the same command goes on from there"),
        output_folder(tmp_path, outer, resume=True) as folder,
    ):
        fail(folder / "inner", KeyboardInterrupt())
    with pytest.raises(OSError, match="full") as caught, output_folder(tmp_path, outer, resume=True) as folder:
        fail(folder / "inner", OSError(28, "full"), done=True)
    assert caught.value.__notes__ == [
        f"while writing {tmp_path / 'inner'}",
        "what was finished is kept, the same command goes on from there",
    ]


def test_a_killed_run_without_finished_work_is_begun_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    for resume in (False, True):
        with another_writer(out) as writer:
            writer.kill()
        (out / ".old.txt.123.tmp").touch()
        (out / ".mine.tmp").touch()
        assert {"half", MARKER} < names(out)
        with output_folder(out, STAGE, resume) as folder:
            assert not (folder / "half").exists()
        assert names(out) == {".mine.tmp"}
        assert capsys.readouterr().err.count("holds nothing to resume; `pilotnet make` begins anew\n") == resume


def test_resuming_what_was_never_begun_begins_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with output_folder(tmp_path / "new", STAGE, resume=True) as folder:
        (folder / "done").touch()
    assert names(tmp_path) == {"new", "new/done"}
    assert capsys.readouterr().err == f"pilotnet: {tmp_path}/new holds nothing to resume; `pilotnet make` begins anew\n"


def test_a_folder_that_is_removed_while_it_is_written_is_not_called_whole(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    stage = output_folder(folder, STAGE)
    stage.__enter__()
    shutil.rmtree(folder)
    folder.mkdir()
    with pytest.raises(ValueError, match="was removed or replaced while `pilotnet make` wrote it"):
        stage.__exit__(None, None, None)


def test_what_another_stage_left_is_refused(tmp_path: Path) -> None:
    (tmp_path / MARKER).write_text("train")
    with pytest.raises(ValueError, match="was begun by `pilotnet train`; choose another folder"):
        fail(tmp_path, RuntimeError())
    assert names(tmp_path) == {MARKER}


def test_two_processes_do_not_write_one_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with another_writer(out) as writer:
        for resume in (False, True):
            with pytest.raises(ValueError, match=f"out is being written by process {writer.pid}; wait for it"):
                fail(out, RuntimeError(), stage=ONE_GO, resume=resume)
        assert {"half", MARKER} < names(out)
        writer.kill()
        writer.wait()
        with output_folder(out, ONE_GO):
            pass
    assert names(out) == set()


def test_one_process_does_not_write_one_folder_twice(tmp_path: Path) -> None:
    with output_folder(tmp_path, STAGE), pytest.raises(ValueError, match="is being written by this process"):
        fail(tmp_path, RuntimeError())


def test_a_leading_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    with output_folder(Path("~/out"), STAGE) as folder:
        assert folder == tmp_path / "home" / "out"
        (folder / "done").touch()
    assert names(tmp_path) == {"home", "home/out", "home/out/done"}
    assert user_path(Path("a/~")) == Path("a/~")
    with pytest.raises(ValueError, match="begins with a home folder that is unknown; give the whole path"):
        user_path(Path("~not-a-user-of-this-machine/x"))


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_files_written_in_one_step_have_the_mode_of_the_umask(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        with atomic_path(tmp_path / "file") as temporary:
            os.close(os.open(temporary, os.O_CREAT | os.O_WRONLY, 0o600))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


def test_a_body_that_writes_nothing_is_no_empty_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "file"):
        pass
    assert names(tmp_path) == set()


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    write_text(path, "old")

    def fail() -> None:
        with atomic_path(path) as temporary:
            temporary.write_text("ne")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    with pytest.raises(ValueError, match="JSON"):
        write_json(path, math.nan)
    write_text(path, "new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_provenance_comes_back_in_plain_values(tmp_path: Path) -> None:
    write_provenance(tmp_path, "train", Config(), seed=3)
    values = read_provenance(tmp_path, "train")
    assert values["config"] == {"split": "test", "sizes": [1, 2], "out": "somewhere"}
    assert (values["stage"], values["seed"]) == ("train", 3)
    assert values["revision"] == source_revision()


@pytest.mark.parametrize("text", ["a: [", "- 1", "stage: train", "!!python/object:os.system {}"])
def test_provenance_of_another_kind_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "train.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"train\.yaml"):
        read_provenance(tmp_path, "train")


def test_a_folder_of_another_stage_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="was not written by `pilotnet train`"):
        read_provenance(tmp_path, "train")


FULL_DISK = """
import resource, sys
from pathlib import Path
from pilotnet.folders import write_bytes
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_bytes(Path("weights"), b"x" * 2_000_000)
except OSError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")
def test_without_space_a_line_says_how_much_is_needed_and_where_and_the_former_file_stays(tmp_path: Path) -> None:
    (tmp_path / "weights").write_text("former")
    command = [sys.executable, "-c", FULL_DISK]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60).stdout
    assert re.fullmatch(r"weights needs 2\.0 MB; \. has \d+\.\d MB free \(File too large\)\n", said)
    assert (tmp_path / "weights").read_text() == "former"
    assert [path.name for path in tmp_path.iterdir()] == ["weights"]


def test_settings_are_compared_one_by_one(tmp_path: Path) -> None:
    before = {"data": "a", "config": {"epochs": 3, "augmentation": {"shift": 0.5}}}
    require_same_settings(tmp_path, before, {**before, "data": "b"}, ignored=("data",))
    with pytest.raises(ValueError, match=r"^augmentation\.shift is 0\.1, but .* was begun with 0\.5; it can only be resumed"):
        require_same_settings(tmp_path, before, {"data": "a", "config": {"epochs": 3, "augmentation": {"shift": 0.1}}})
    with pytest.raises(ValueError, match=r"^epochs is None, but .* was begun with 3"):
        require_same_settings(tmp_path, before, {"data": "a", "config": {"augmentation": {"shift": 0.5}}})
