"""Progress bars say nothing where nobody watches, and closing lines are one line."""

import time

import pytest

from pilotnet.progress import closing_line, in_parallel, track


def test_items_pass_through_without_a_word_in_a_log(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(track([1, 2, 3], "counting")) == [1, 2, 3]
    assert list(track((item for item in "ab"), "counting", total=2)) == ["a", "b"]
    assert capfd.readouterr() == ("", "")


def test_a_closing_line_is_one_line_however_long_the_path(capsys: pytest.CaptureFixture[str]) -> None:
    path = "data/" + "long-" * 60 + "[0]"
    closing_line(f"wrote {path}", f"pilotnet train {path}")
    assert capsys.readouterr().out == f"wrote {path}; next: pilotnet train {path}\n"


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_jobs(workers: int) -> None:
    assert list(in_parallel(pow, [(2, 3), (3, 2), (5, 1)], workers)) == [8, 9, 5]
    assert list(in_parallel(pow, [], workers)) == []


def test_work_can_be_dropped_without_a_warning() -> None:
    results = in_parallel(time.sleep, [(0.05,)] * 20, 2)
    assert next(results) is None
    results.close()
