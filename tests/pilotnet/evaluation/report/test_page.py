"""The page is one self-contained file, written completely or not at all."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from pilotnet.cli import main
from pilotnet.evaluation.metrics import score_episode
from pilotnet.evaluation.report import write_report
from pilotnet.evaluation.report.page import conditions_text
from pilotnet.evaluation.results import Results
from sim.scenario import RoadKind, Scenario


@pytest.fixture(scope="module")
def page(
    tiny_results: Path, tiny_model: Path, tiny_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> str:
    out = tmp_path_factory.mktemp("page") / "report.html"
    return write_report(tiny_results, out, tiny_model, tiny_data, clip_seconds=1.0).read_text(
        encoding="utf-8"
    )


def test_the_headline_gives_autonomy_interval_and_distance(page: str) -> None:
    headline = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    assert headline is not None
    assert re.fullmatch(
        r"PilotNet drove [\d.]+ % autonomously \(95\s% interval [\d.]+.[\d.]+ %\) "
        r"over [\d.]+ km of "
        r"test roads, which were not used in training\.",
        headline[1],
    )


def test_the_page_loads_nothing_from_elsewhere(page: str) -> None:
    sources = re.findall(r"""(?:src|href)=["']([^"']*)""", page)
    assert all(source.startswith(("data:", "#", "https://arxiv.org/")) for source in sources)
    assert "<script" not in page
    assert "<link" not in page
    assert "@import" not in page


def test_the_page_has_a_film_plots_and_sample_frames(page: str) -> None:
    assert page.count("data:video/mp4;base64,") == 1
    assert 3 <= page.count("<svg") <= 4  # a map only where PilotNet had an intervention
    assert page.count("data:image/jpeg;base64,") == 15
    assert "The film repeats the scored drive to the centimetre." in page


def test_ids_are_unique(page: str) -> None:
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))


def test_results_alone_make_a_page(tiny_results: Path, tmp_path: Path) -> None:
    page = write_report(tiny_results, tmp_path / "deep" / "report.html").read_text(encoding="utf-8")
    assert "data:" not in page
    assert "Settings of <code>evaluate</code>" in page


def test_an_existing_page_is_not_overwritten(tiny_results: Path, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(ValueError, match=r"report\.html already exists"):
        write_report(tiny_results, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text() == "mine"


@pytest.mark.parametrize("name", ["report.json", "report", "report.html.gz", "report.pdf"])
def test_an_unknown_suffix_is_refused_first(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"out is '.*{name}'; it must end in .html or .md"):
        write_report(tmp_path / "no_results", tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["report.html", "report.md"])
@pytest.mark.parametrize("kept", [0, 1], ids=["empty", "header only"])
def test_results_without_rows_are_refused(
    tiny_results: Path, tmp_path: Path, name: str, kept: int, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(tiny_results, tmp_path / "results")
    path = tmp_path / "results" / "episodes.csv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:kept]))
    assert main(["report", str(tmp_path / "results"), "--out", str(tmp_path / name)]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert re.search(r"episodes\.csv (has no rows|is empty)", line)
    assert not (tmp_path / name).exists()


def test_the_table_of_conditions_escapes_html(tmp_path: Path) -> None:
    scenario = Scenario(RoadKind.RURAL, 2, length=100.0)
    row = score_episode("<script>alert(1)</script>|*x*", scenario, 10.0, [])
    text = conditions_text(
        Results(tmp_path, (replace(row, elapsed=10.0, min_time_to_collision=1.0),))
    )
    assert "<" not in text.replace("&lt;", "")
    assert r"&lt;script&gt;alert(1)&lt;/script&gt;\|\*x\*" in text.lower()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "traces.parquet").unlink(), r"traces\.parquet is missing"),
        (
            lambda folder: (folder / "traces.parquet").write_bytes(b"PAR1"),
            r"traces\.parquet was changed after it was written",
        ),
        (lambda folder: (folder / "evaluate.yaml").unlink(), r"evaluate\.yaml is missing"),
        (lambda folder: (folder / "episodes.csv").unlink(), "is not a results folder"),
    ],
)
def test_a_damaged_results_folder_is_refused_by_name(
    tiny_results, tmp_path, damage, message
) -> None:
    shutil.copytree(tiny_results, tmp_path / "results")
    damage(tmp_path / "results")
    with pytest.raises(ValueError, match=message):
        write_report(tmp_path / "results", tmp_path / "out" / "report.html")
    assert not (tmp_path / "out").exists()


def test_a_model_folder_without_metrics_is_named(
    tiny_results: Path, tiny_model: Path, tmp_path: Path
) -> None:
    shutil.copytree(tiny_model, tmp_path / "model")
    (tmp_path / "model" / "metrics.csv").unlink()
    with pytest.raises(ValueError, match=r"metrics\.csv is missing"):
        write_report(tiny_results, tmp_path / "report.html", model=tmp_path / "model")


@pytest.mark.parametrize("kept", [0, 1], ids=["empty", "header only"])
def test_metrics_without_rows_are_refused(
    tiny_results: Path, tiny_model: Path, tmp_path: Path, kept: int
) -> None:
    shutil.copytree(tiny_model, tmp_path / "model")
    path = tmp_path / "model" / "metrics.csv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:kept]))
    with pytest.raises(ValueError, match=r"metrics\.csv (has no rows|is empty)"):
        write_report(tiny_results, tmp_path / "report.html", model=tmp_path / "model")


@pytest.mark.parametrize("seconds", [-1.0, 500.0])
def test_a_film_length_outside_the_range_is_refused(
    tiny_results: Path, tmp_path: Path, seconds: float
) -> None:
    with pytest.raises(ValueError, match=f"clip_seconds is {seconds}"):
        write_report(tiny_results, tmp_path / "report.html", clip_seconds=seconds)


def test_drivers_are_compared_in_sentences(page: str) -> None:
    assert "Driver against driver" in page
    assert page.count(" on 2 scenarios.") == 2
    assert " PilotNet " in page


BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
@pytest.mark.parametrize("width", [400, 1200])
def test_a_browser_shows_the_page_without_errors(page: str, width: int, tmp_path: Path) -> None:
    assert BROWSER is not None
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    options = (
        *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        *(f"--user-data-dir={tmp_path / 'profile'}", "--enable-logging=stderr", "--v=0"),
        *(f"--window-size={width},2000", f"--screenshot={tmp_path / 'page.png'}", path.as_uri()),
    )
    done = subprocess.run([BROWSER, *options], capture_output=True, text=True, timeout=120)
    assert "CONSOLE" not in done.stderr
    picture = cv2.imread(str(tmp_path / "page.png"))
    assert picture is not None
    assert picture.std() > 10
