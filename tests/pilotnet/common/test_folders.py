"""Output folders: locked, never overwritten, and marked while they are unfinished."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pilotnet.common.folders import MARKER, StageFiles, output_folder
from pilotnet.common.interrupts import Interrupted
from pilotnet.common.settings import user_path


def work_done(folder: Path) -> bool:
    return (folder / "done").exists()


STAGE = StageFiles("make", ("done", "half", "parts/part-*.txt", "scratch"), work_done)
ONE_GO = StageFiles("make", ("half",))
HOLD = """
import sys, time
from pathlib import Path
from pilotnet.common.folders import StageFiles, output_folder
with output_folder(Path(sys.argv[1]), StageFiles("make", ("half",))) as folder:
    (folder / "half").touch()
    print("holding", flush=True)
    time.sleep(60)
"""


def fail(
    path: Path,
    error: BaseException,
    done: bool = False,
    stage: StageFiles = STAGE,
    resume: bool = False,
) -> None:
    """Run a stage that writes the file `half`, the file `done` if `done`, and then raises `error`."""
    with output_folder(path, stage, resume) as folder:
        (folder / "half").touch()
        if done:
            (folder / "done").touch()
        raise error


def names(folder: Path) -> set[str]:
    """Return the paths of everything below a folder, hidden files too."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@contextmanager
def another_writer(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Start another process that locks a folder and writes into it."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "holding\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for resume in (False, True):
        with (
            pytest.raises(ValueError, match="already holds something"),
            output_folder(tmp_path, STAGE, resume),
        ):
            pytest.fail("the body must not run")
    (tmp_path / "done").touch()
    with (
        pytest.raises(ValueError, match="delete it, or go on with it by --resume"),
        output_folder(tmp_path, STAGE),
    ):
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
def test_files_of_the_operating_system_do_not_count(tmp_path: Path, name: str) -> None:
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
    with (
        pytest.raises(ValueError, match="file is a file; choose another folder"),
        output_folder(tmp_path / "file", STAGE),
    ):
        pytest.fail("the body must not run")
    with pytest.raises(ValueError, match=r"link is a link to .*none, which does not exist"):
        fail(tmp_path / "link", RuntimeError())


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, GeneratorExit])
@pytest.mark.parametrize("stage", [STAGE, ONE_GO])
def test_a_stage_that_fails_before_anything_is_finished_leaves_nothing(
    tmp_path: Path, error: type[BaseException], stage: StageFiles
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


def test_files_of_the_user_survive_a_failed_run(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for name in (
        "half",
        "make.yaml",
        "mine.txt",
        "parts/part-1.txt",
        "parts/mine.txt",
        "scratch/deep/file",
    ):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).touch()
    (out / MARKER).write_text("make")  # of a killed run
    with pytest.raises(RuntimeError):
        fail(out, RuntimeError())
    assert names(out) == {"mine.txt", "parts", "parts/mine.txt"}


def test_the_hint_of_an_interruption_says_what_is_kept(tmp_path: Path) -> None:
    with pytest.raises(Interrupted) as caught:
        fail(tmp_path / "a", KeyboardInterrupt())
    assert str(caught.value) == "interrupted; nothing was finished, so nothing is kept"
    with pytest.raises(Interrupted) as caught:
        fail(tmp_path / "a", Interrupted(signal.SIGTERM), done=True)
    assert str(caught.value) == (
        "ended by SIGTERM; what was finished is kept, the same command with --resume goes on "
        "from there"
    )
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


def test_the_hint_of_the_outermost_stage_replaces_the_inner_ones(tmp_path: Path) -> None:
    (tmp_path / "done").touch()
    outer = StageFiles("all", (), work_done, "the same command")
    with (
        pytest.raises(Interrupted, match="the same command goes on from there"),
        output_folder(tmp_path, outer, resume=True) as folder,
    ):
        fail(folder / "inner", KeyboardInterrupt())
    with (
        pytest.raises(OSError, match="full") as caught,
        output_folder(tmp_path, outer, resume=True) as folder,
    ):
        fail(folder / "inner", OSError(28, "full"), done=True)
    assert caught.value.__notes__ == [
        f"while writing {tmp_path / 'inner'}",
        "what was finished is kept, the same command goes on from there",
    ]


def test_after_a_killed_run_without_finished_work_a_new_one_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
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
        assert (
            capsys.readouterr().err.count(
                "holds nothing to resume; `pilotnet make` starts a new run\n"
            )
            == resume
        )


def test_resuming_an_empty_folder_starts_a_new_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with output_folder(tmp_path / "new", STAGE, resume=True) as folder:
        (folder / "done").touch()
    assert names(tmp_path) == {"new", "new/done"}
    assert (
        capsys.readouterr().err
        == f"pilotnet: {tmp_path}/new holds nothing to resume; `pilotnet make` starts a new run\n"
    )


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
            with pytest.raises(
                ValueError, match=f"out is being written by process {writer.pid}; wait for it"
            ):
                fail(out, RuntimeError(), stage=ONE_GO, resume=resume)
        assert {"half", MARKER} < names(out)
        writer.kill()
        writer.wait()
        with output_folder(out, ONE_GO):
            pass
    assert names(out) == set()


def test_one_process_does_not_write_one_folder_twice(tmp_path: Path) -> None:
    with (
        output_folder(tmp_path, STAGE),
        pytest.raises(ValueError, match="is being written by this process"),
    ):
        fail(tmp_path, RuntimeError())


def test_a_leading_tilde_is_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    with output_folder(Path("~/out"), STAGE) as folder:
        assert folder == tmp_path / "home" / "out"
        (folder / "done").touch()
    assert names(tmp_path) == {"home", "home/out", "home/out/done"}
    assert user_path(Path("a/~")) == Path("a/~")
    with pytest.raises(
        ValueError, match="begins with a home folder that is unknown; give the whole path"
    ):
        user_path(Path("~not-a-user-of-this-machine/x"))
