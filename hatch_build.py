"""Build hook: write the git revision into wheels and source archives, which no longer have the git
history.
"""

import importlib.util
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RevisionHook(BuildHookInterface[Any]):
    """Adds `pilotnet/revision.txt`; a wheel built from a source archive keeps the file of the
    archive.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the file, except to an editable installation, which runs from a checkout."""
        root = Path(self.root)
        revision = revision_module(root)
        commit = revision.git_revision(root)
        if version == "editable" or commit is None:
            return
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / revision.REVISION_FILE
        path.write_text(commit + "\n", encoding="utf-8")
        build_data["force_include"][str(path)] = f"pilotnet/{revision.REVISION_FILE}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the temporary file."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()


def revision_module(root: Path) -> ModuleType:
    """Load `pilotnet.common.revision` from its file: importing the package would need its
    dependencies, which a build may lack.
    """
    spec = importlib.util.spec_from_file_location(
        "pilotnet_revision", root / "pilotnet" / "common" / "revision.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
