"""Checks at the start of the program: is everything installed as it must be for the rest to work?"""

import base64
import hashlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

PACKAGES = ("app", "engine", "kernels", "widgets", "resources")
ADVICE = "Flowscope must be installed into an environment of its own: python3 start.py makes one."


def problems() -> list[str]:
    """Return what is wrong with this installation, in sentences; the program starts only if nothing is."""
    found = [check_packages({name: package_folder(name) for name in PACKAGES}), check_contents()]
    try:
        found.append(check_binding(metadata.version("PySide6-Essentials"), sys.version_info[:2]))
    except metadata.PackageNotFoundError:
        found.append("PySide6-Essentials, which draws the window, is not installed. Run python3 start.py.")
    return [sentence for sentence in found if sentence]


def check_binding(version: str, python: tuple[int, int]) -> str:
    """Return why this version of PySide6 cannot be used with this Python, or an empty string.

    PySide6 6.12.0 drops a reference to `None` with every call that returns nothing. Python below 3.12 counts
    these references, and aborts after some thousands of calls, whatever the user is doing.
    """
    if version != "6.12.0" or python >= (3, 12):
        return ""
    return (
        f"PySide6 {version} is installed, and it makes Python {python[0]}.{python[1]} crash after some "
        "thousand calls. Python below 3.12 needs PySide6 6.11.3: run python3 start.py, which installs it."
    )


def package_folder(name: str) -> Path | None:
    """Return the folder from which a package would be imported, without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def check_packages(folders: Mapping[str, Path | None]) -> str:
    """Return which of the five packages does not lie beside `app`, or an empty string."""
    home = folders["app"]
    for name, folder in folders.items():
        if folder is None:
            return f"The package '{name}' of Flowscope is missing or incomplete. {ADVICE}"
        if home is not None and folder.parent != home.parent:
            return (
                f"The package '{name}' in {folder} is not Flowscope's: it should lie beside {home}."
                f"{culprit(name)} {ADVICE}"
            )
    return ""


def check_contents() -> str:
    """Return which package another distribution has written over, or an empty string.

    Names such as `kernels` are taken by other distributions too, and installers overwrite files without a
    word. The record of our own distribution says what our files should hold. Where Flowscope runs from its
    sources there is no such record, and none is needed: installers write nothing there.
    """
    for name, expected in recorded_digests():
        folder = package_folder(name)
        if folder is not None and digest(folder / "__init__.py") != expected:
            return f"The files of Flowscope's package '{name}' were overwritten.{culprit(name)} {ADVICE}"
    return ""


def recorded_digests() -> Iterator[tuple[str, str]]:
    """Yield each package with the digest that its `__init__.py` had when Flowscope was installed."""
    try:
        files = metadata.distribution("flowscope").files or []
    except metadata.PackageNotFoundError:
        return
    for file in files:
        if len(file.parts) == 2 and file.parts[0] in PACKAGES and file.name == "__init__.py" and file.hash:
            yield file.parts[0], file.hash.value


def digest(path: Path) -> str:
    """Return the digest of a file as the record of a distribution writes it; empty when it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError:
        return ""
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def culprit(package: str) -> str:
    """Return a clause that names the other distributions that bring a package of this name."""
    others = {
        distribution.name
        for distribution in metadata.distributions()
        if distribution.name != "flowscope"
        and any(file.parts[0] == package for file in distribution.files or [] if file.suffix == ".py")
    }
    names = ", ".join(f"'{name}'" for name in sorted(others))
    return f" Another distribution brings a package of that name: {names}." if names else ""
