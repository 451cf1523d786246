"""What Flowscope remembers between starts: theme, window, recent files. A damaged file is not fatal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import platformdirs

from engine.project.durable import FileError, durable_replace

MOST_RECENT = 12
Pixels = Annotated[int, msgspec.Meta(ge=-100_000, le=100_000)]


class Settings(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The user's choices."""

    theme: Literal["dark", "light"] = "dark"
    density: Literal["Learn", "Build", "Expert"] = "Build"
    recent: tuple[str, ...] = ()
    window: tuple[Pixels, Pixels, Pixels, Pixels] = (0, 0, 1600, 1000)
    maximized: bool = False
    panels: dict[str, list[Pixels]] = msgspec.field(default_factory=dict)
    used: dict[str, Annotated[int, msgspec.Meta(ge=0)]] = msgspec.field(default_factory=dict)
    """How often each op was added: what is used most stands first in the box."""
    smoothing: float = 0.6
    reduced_motion: bool = False


class SettingsStore:
    """The current settings, and the file that they are kept in."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or platformdirs.user_config_path("flowscope") / "settings.json"
        self.problem = ""
        self.current = self._read()

    def update(self, **changes: object) -> None:
        """Change settings and write them; a disk that refuses is reported in `problem`, not raised."""
        changed = msgspec.structs.replace(self.current, **changes)
        if changed == self.current:
            return
        self.current = changed
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            durable_replace(self.path, msgspec.json.format(msgspec.json.encode(changed), indent=2))
        except (FileError, OSError) as error:
            self.problem = f"The settings could not be saved: {error}"

    def add_recent(self, path: Path) -> None:
        """Put a file at the head of the recent files."""
        text = str(path.absolute())
        others = [other for other in self.current.recent if other != text]
        self.update(recent=(text, *others)[:MOST_RECENT])

    def _read(self) -> Settings:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Settings)
        except FileNotFoundError:
            return Settings()
        except (OSError, msgspec.MsgspecError) as error:
            self.problem = f"The settings in {self.path.name} could not be read ({error}); defaults are used."
            return Settings()
