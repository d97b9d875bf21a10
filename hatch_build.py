"""Build hook: write the git revision into wheels and source archives, where no checkout can be asked for it any more."""

import importlib.util
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RevisionHook(BuildHookInterface[Any]):
    """Adds `pilotnet/revision.txt`; a wheel that is built from a source archive takes over the archive's."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the file, except to an editable installation, which is a checkout itself."""
        root = Path(self.root)
        revision = revision_module(root)
        found = revision.git_revision(root)
        if version == "editable" or found is None:
            return
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / revision.REVISION_FILE
        path.write_text(found + "\n", encoding="utf-8")
        build_data["force_include"][str(path)] = f"pilotnet/{revision.REVISION_FILE}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove what was written for the build."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()


def revision_module(root: Path) -> ModuleType:
    """Return `pilotnet.revision` without the package around it, whose dependencies need not be there when it is built."""
    spec = importlib.util.spec_from_file_location("pilotnet_revision", root / "pilotnet" / "revision.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
