"""`pilotnet evaluate-recording`: sentences and refusals."""

from pathlib import Path

import pytest

from pilotnet.cli import main


def test_both_autonomies_are_printed(
    tiny_data: Path, tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(tiny_data), "--checkpoint", str(tiny_model), "--out", str(tmp_path / "results")]
    assert main(["evaluate-recording", *words, "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert "PilotNet over the recorded video: autonomy" in out
    assert "PilotNet in the rendered world: autonomy" in out


@pytest.mark.parametrize("split", ["all", "Test"])
def test_an_unknown_split_is_refused(
    split: str, tiny_data: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(tiny_data), "--checkpoint", str(tiny_model), "--split", split]
    assert main(["evaluate-recording", *words]) == 2
    assert "it must be one of train, validation, test" in capsys.readouterr().err
