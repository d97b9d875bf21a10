"""Results folders: the number of drives, and how damage is detected."""

import shutil
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pilotnet.common.reading import DamagedFileError
from pilotnet.evaluation.report.traces import read_traces
from pilotnet.evaluation.results import (
    EPISODES_FILE,
    INFO_FILE,
    PROVENANCE_FILE,
    TRACES_FILE,
    read_info,
    read_results,
)
from sim.scenario import WORLD_VERSION
from tests.fuzz.samples import made_results


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "results"
    made_results(folder)
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    """A copy of undamaged results, for tests to damage."""
    return Path(shutil.copytree(sound, tmp_path / "results"))


@pytest.fixture
def earlier(folder: Path) -> Path:
    """Results as earlier versions wrote them."""
    (folder / INFO_FILE).unlink()
    return folder


def lines(folder: Path) -> list[str]:
    return (folder / EPISODES_FILE).read_text().splitlines()


def write_lines(folder: Path, rows: list[str]) -> None:
    (folder / EPISODES_FILE).write_text("\n".join(rows) + "\n")


def test_the_info_file_counts_the_drives_and_names_the_world(sound: Path) -> None:
    info = read_info(sound)
    assert info is not None
    assert (info.drives, info.world) == ({"expert": 3, "straight": 3}, WORLD_VERSION)
    assert set(info.files) == {EPISODES_FILE, TRACES_FILE, PROVENANCE_FILE}
    assert [row.driver for row in read_results(sound).episodes] == ["expert"] * 3 + ["straight"] * 3


def test_earlier_results_are_read(earlier: Path, sound: Path) -> None:
    assert read_results(earlier).episodes == read_results(sound).episodes
    assert read_traces(earlier).equals(read_traces(sound))
    (earlier / PROVENANCE_FILE).unlink()
    assert read_results(earlier).episodes == read_results(sound).episodes


def test_duplicate_or_missing_rows_are_refused(earlier: Path) -> None:
    rows = lines(earlier)
    for damaged, says in [
        ([*rows, rows[1]], r"'expert' has 2 rows for 'rural-2'; it must have one"),
        (rows[:-1], r"'straight' has no row for 'rural-8', other drivers have"),
        (
            [row for row in rows if "rural-8" not in row],
            r"has 2 of 'expert', 2 of 'straight'; the evaluation drove 3 of 'expert'",
        ),
        (
            [row for row in rows if not row.startswith("straight")],
            r"has 3 of 'expert'; the evaluation drove 3 of 'expert', 3",
        ),
        (rows[:1], r"episodes\.csv has no rows; evaluate again"),
        ([], r"episodes\.csv"),
    ]:
        write_lines(earlier, damaged)
        with pytest.raises(DamagedFileError, match=says):
            read_results(earlier)


def test_the_order_of_rows_does_not_change_the_scores(earlier: Path, sound: Path) -> None:
    rows = lines(earlier)
    write_lines(earlier, [rows[0], rows[1], rows[4], rows[2], rows[5], rows[3], rows[6]])
    assert read_results(earlier).scores() == read_results(sound).scores()


@pytest.mark.parametrize("name", [EPISODES_FILE, PROVENANCE_FILE])
def test_a_changed_digit_is_detected(folder: Path, name: str) -> None:
    text = (folder / name).read_text()
    assert "0.1" in text or "0.2" in text
    (folder / name).write_text(
        text.replace("0.1", "0.3", 1) if "0.1" in text else text.replace("0.2", "0.3", 1)
    )
    with pytest.raises(DamagedFileError, match=rf"{name} was changed after it was written"):
        read_results(folder)


def test_changed_traces_and_info_files_are_detected(folder: Path) -> None:
    table = pq.ParquetFile(folder / TRACES_FILE).read()
    pq.write_table(table.slice(1), folder / TRACES_FILE)
    with pytest.raises(DamagedFileError, match=r"traces\.parquet was changed after it was written"):
        read_traces(folder)
    text = (folder / INFO_FILE).read_text()
    (folder / INFO_FILE).write_text(text.replace(f'"world": {WORLD_VERSION}', '"world": 1'))
    with pytest.raises(DamagedFileError, match=r"results\.json was changed after it was written"):
        read_results(folder)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (",4.0,", ",-4.0,", "row 1 has elapsed '-4.0'; it must be 0 or more"),
        (",4.0,", ",nan,", "row 1 has elapsed 'nan'; it must be 0 or more"),
        (",4.0,", ",inf,", "row 1 has elapsed inf; it must be finite"),
        (",60.0,", ",long,", "row 1 has distance 'long'; it must be a number"),
        (",3.0,0,", ",3.0,half,", "row 1 has departure 'half'; it must be a whole number"),
        (
            "rural-2,rural,clear",
            "rural-2,rural,rain",
            "row 1 is of 'rural-2', but its settings describe rural-2",
        ),
        ('""road""', '""lane""', "row 1: settings of rural-2 are .* they must describe a scenario"),
        ("rural-2", "x" * 200_000, "field larger than field limit"),
    ],
)
def test_impossible_values_are_refused_with_row_and_column(
    earlier: Path, old: str, new: str, says: str
) -> None:
    text = (earlier / EPISODES_FILE).read_text()
    assert old in text
    (earlier / EPISODES_FILE).write_text(text.replace(old, new, 1))
    with pytest.raises(DamagedFileError, match=rf"episodes\.csv is damaged: .*{says}") as caught:
        read_results(earlier)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_tables_that_a_spreadsheet_saved(earlier: Path, sound: Path) -> None:
    path = earlier / EPISODES_FILE
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_results(earlier).episodes == read_results(sound).episodes
    path.write_text(";".join(lines(sound)[0].split(",")) + "\n")
    with pytest.raises(
        DamagedFileError, match="a spreadsheet saved it: save it as CSV with commas"
    ):
        read_results(earlier)


def test_traces_of_other_types_are_refused(earlier: Path) -> None:
    table = pq.ParquetFile(earlier / TRACES_FILE).read()
    path = earlier / TRACES_FILE
    place = table.column_names.index("offset")
    words = pa.array(["0.1"] * table.num_rows)
    pq.write_table(table.set_column(place, "offset", words), path)
    began = time.process_time()
    with pytest.raises(
        DamagedFileError,
        match=r"traces\.parquet has column offset of string, .*; it must be of double",
    ):
        read_traces(earlier)
    assert time.process_time() - began < 5
    values = np.zeros(table.num_rows)
    values[7] = np.nan
    pq.write_table(table.set_column(place, "offset", pa.array(values)), path)
    with pytest.raises(
        DamagedFileError, match=r"traces\.parquet has offset nan in row 7; it must be finite"
    ):
        read_traces(earlier)
