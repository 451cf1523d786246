"""Files that are not code: icons, fonts, demos, small data sets."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

_ROOT = Path(str(files(__name__)))


def font_files() -> tuple[Path, ...]:
    """The bundled fonts, in a fixed order."""
    return tuple(sorted(path for path in (_ROOT / "fonts").iterdir() if path.suffix in (".otf", ".ttf")))


def icon_path(name: str) -> Path:
    """The SVG file of an icon, by the name of its use, such as `action-run` or `category-data`."""
    path = _ROOT / "icons" / f"{name}.svg"
    if not path.is_file():
        raise KeyError(f"There is no icon called {name!r} in resources/icons.")
    return path


def icon_names() -> tuple[str, ...]:
    """The names of all bundled icons, sorted."""
    return tuple(sorted(path.stem for path in (_ROOT / "icons").glob("*.svg")))


def demo_files() -> tuple[Path, ...]:
    """The bundled example projects, sorted by name."""
    return tuple(sorted((_ROOT / "demos").glob("*.flowscope")))


def operations() -> str:
    """The table of all operations, as Markdown."""
    return (_ROOT / "operations.md").read_text("utf-8")
