"""Progress without a terminal: nothing for a quick stage, lines for a slow one; and closing lines."""

import os
import re
import subprocess
import sys
import time

import pytest

import pilotnet.common.progress
from pilotnet.common.progress import LineProgress, StageProgress, closing_line, progress_bar, track

NUMBERS = r"\d of 3, \d:\d\d:\d\d elapsed(, \d:\d\d:\d\d left)?"


def slowly(count: int, seconds: float) -> list[float]:
    """Return `count` items, of `seconds` [s] each."""
    return [seconds] * count


def break_off(bar: StageProgress) -> None:
    """Fail after the first of three items, which takes a while."""
    bar.update(bar.add_task("driving", total=3), completed=1)
    time.sleep(0.15)
    raise KeyError


def test_items_pass_through_without_a_word_in_a_log(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(track([1, 2, 3], "counting")) == [1, 2, 3]
    assert list(track((item for item in "ab"), "counting", total=2)) == ["a", "b"]
    assert capfd.readouterr() == ("", "")


def test_a_slow_stage_says_in_a_log_how_far_it_is_and_how_long_it_took(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pilotnet.common.progress, "LINE_INTERVAL", 0.1)
    for seconds in track(slowly(3, 0.25), "recording drives"):
        time.sleep(seconds)
    out, err = capfd.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert len(lines) >= 4  # several during the work, also between two items, and one at the end
    for line in lines[:-1]:
        assert re.fullmatch(f"recording drives: {NUMBERS}", line), line
    assert re.fullmatch(r"recording drives: 3 of 3 in \d:\d\d:\d\d", lines[-1]), lines[-1]
    assert any(" left" in line for line in lines)


def test_the_losses_of_a_training_stand_behind_its_steps(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pilotnet.common.progress, "LINE_INTERVAL", 0.05)
    with progress_bar() as bar:
        task = bar.add_task("training", total=3, completed=1)
        bar.update(task, completed=2, detail="epoch 2 of 3, train_loss 0.25")
        time.sleep(0.2)
    line, *_ = capfd.readouterr().err.splitlines()
    assert re.fullmatch(f"training: {NUMBERS}, epoch 2 of 3, train_loss 0.25", line), line


def test_a_stage_that_breaks_off_says_how_far_it_came_and_leaves_no_thread(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pilotnet.common.progress, "LINE_INTERVAL", 0.1)
    bar = progress_bar()
    assert isinstance(bar, LineProgress)
    with pytest.raises(KeyError), bar:
        break_off(bar)
    assert re.fullmatch(r"driving: 1 of 3 in \d:\d\d:\d\d", capfd.readouterr().err.splitlines()[-1])
    assert not bar._thread.is_alive()


@pytest.mark.parametrize("closed", ["pipe", "descriptor"])
def test_a_standard_error_that_cannot_be_written_does_not_end_a_stage(closed: str) -> None:
    program = """
import sys, time
import pilotnet.common.progress
pilotnet.common.progress.LINE_INTERVAL = 0.05
for _ in pilotnet.common.progress.track([0.1] * 3, "driving"):
    time.sleep(0.1)
print("done")
"""
    command = [sys.executable, "-c", program]
    if closed == "descriptor":
        done = subprocess.run(
            ["sh", "-c", 'exec "$@" 2>&-', "sh", *command],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    else:
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=write, text=True, check=False)
        os.close(write)
    assert done.stdout == "done\n"


def test_a_closing_line_is_one_line_however_long_the_path(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = "data/" + "long-" * 60 + "[0]"
    closing_line(f"wrote {path}", f"pilotnet train {path}")
    assert capsys.readouterr().out == f"wrote {path}; next: pilotnet train {path}\n"
