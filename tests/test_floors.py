"""The rules of the house: floors, sizes, first lines, safe code, and who may write files."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("app", "engine", "kernels", "widgets", "resources")
LONGEST = 400

# Files that write without `durable_replace`, and why a half-written one is not a loss.
WRITERS = {
    "engine/project/durable.py": "it is the one way of writing a file that a user could miss",
    "engine/project/owner.py": "a lock file that says which programs run; it has no content",
    "engine/telemetry/store.py": "event files only grow; a torn last record is left out in reading",
    "kernels/cpu/build.py": "compiled kernels are built again where they are missing, and renamed when whole",
    "engine/worker/limits.py": "it tells the kernel to end the worker before the window when memory runs out",
}
# Files that use Python's own object format or evaluate code, and why that is safe.
UNSAFE = {
    "tests/app/command_line/test_run.py": "it makes a file with Python objects, to see that it is refused",
    "tests/engine/data/test_npz.py": "it makes a file with Python objects, to see that it is refused",
}


@cache
def python_files() -> dict[str, ast.Module]:
    """Return every Python file of the project, parsed, by its path from the root."""
    files = [ROOT / "start.py", *(p for f in (*PACKAGES, "tests") for p in sorted((ROOT / f).rglob("*.py")))]
    return {
        p.relative_to(ROOT).as_posix(): ast.parse(p.read_text("utf-8"), str(p)) for p in files if p.exists()
    }


def text_files() -> Iterator[tuple[str, str]]:
    """Yield path and content of every text file that belongs to the project, without caches."""
    folders = (*PACKAGES, "tests", "docs", ".ci")
    files = [p for p in ROOT.iterdir() if p.is_file() and p.name != ".git"]  # a file in a second work tree
    files += [p for f in folders for p in sorted((ROOT / f).rglob("*")) if p.is_file()]
    for path in files:
        if "__pycache__" in path.parts:
            continue
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with the last name of what it calls: `open` for `open()` and for `path.open()`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr, node
            elif isinstance(node.func, ast.Name):
                yield node.func.id, node


def test_floors_hold(capsys: pytest.CaptureFixture[str]) -> None:
    failed = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert not failed, capsys.readouterr().out


def test_every_package_of_the_wheel_is_held_by_the_floors() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    assert sorted(settings["importlinter"]["root_packages"]) == sorted(PACKAGES)
    assert sorted(settings["hatch"]["build"]["targets"]["wheel"]["packages"]) == sorted(PACKAGES)
    assert all((ROOT / name / "py.typed").is_file() for name in PACKAGES)


@pytest.mark.parametrize("package", ["engine", "kernels"])
def test_no_qt_below_the_widgets_at_run_time(package: str) -> None:
    """Whatever the static check cannot see: all modules of the floor are imported in a fresh interpreter."""
    modules = [
        name.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
        for name in python_files()
        if name.startswith(f"{package}/") and not name.endswith("__main__.py") and "/cuda/" not in name
    ]
    script = (
        "import importlib, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "above = {'PySide6', 'pyqtgraph', 'app', 'widgets'} & {name.split('.')[0] for name in sys.modules}\n"
        "print(sorted(above))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_the_window_does_not_wait_for_heavy_libraries() -> None:
    """The first paint comes before plots; arrays are computed in the engine's process."""
    heavy = {"pyqtgraph", "scipy", "numba", "llvmlite", "cupy", "torch", "jax", "sklearn", "onnx", "grpc"}
    heavy |= {"tensorboard"}
    script = (
        "import sys, app.__main__, app.application\n"
        f"print(sorted({heavy!r} & {{name.split('.')[0] for name in sys.modules}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_no_file_is_too_long() -> None:
    lengths = {name: len((ROOT / name).read_text("utf-8").splitlines()) for name in python_files()}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_file_says_its_duty_first() -> None:
    def says(tree: ast.Module) -> bool:
        return bool(ast.get_docstring(tree)) and tree.body[0].lineno == 1

    assert [name for name, tree in python_files().items() if not says(tree)] == []


def test_tests_are_no_package() -> None:
    """With `__init__.py` there, `import engine` could find `tests/engine`."""
    assert [
        name for name in python_files() if name.startswith("tests/") and name.endswith("__init__.py")
    ] == []


def test_opening_a_file_never_runs_code() -> None:
    """The only text that is run is the user's own Python, in one place, which asks for trust first."""
    found = find(unsafe_lines, python_files(), UNSAFE)
    assert [place.partition(":")[0] for place in found] == ["kernels/python_code.py"], "\n".join(found)


def test_files_a_user_could_miss_are_written_in_one_way() -> None:
    product = {name: tree for name, tree in python_files().items() if name.split("/")[0] in PACKAGES}
    found = find(writing_lines, product, WRITERS)
    assert not found, "\n".join(found)


def find(rule: object, files: dict[str, ast.Module], exceptions: dict[str, str]) -> list[str]:
    """Return `path:line` wherever a rule finds something, and the exceptions that nothing needs any more."""
    assert callable(rule)
    found = {name: sorted(set(rule(tree))) for name, tree in files.items()}
    stray = [f"{n}:{line}" for n, lines in found.items() if n not in exceptions for line in lines]
    idle = [f"{name}: exception without a cause" for name in exceptions if name in files and not found[name]]
    return stray + idle


def unsafe_lines(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that load pickled objects or evaluate text as code."""
    formats = {"pickle", "_pickle", "cPickle", "cloudpickle", "dill", "marshal", "shelve", "joblib"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(alias.name.split(".")[0] in formats for alias in node.names):
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in formats:
            yield node.lineno
    for name, call in calls(tree):
        if name in {"eval", "exec"} and isinstance(call.func, ast.Name):
            yield call.lineno
        if any(k.arg == "allow_pickle" and not is_constant(k.value, False) for k in call.keywords):
            yield call.lineno


def writing_lines(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that write or replace a file."""
    writers = {
        "write_text",
        "write_bytes",
        "tofile",
        "savez",
        "savez_compressed",
        "savetxt",
        "save_file",
        "mkstemp",
    }
    for name, call in calls(tree):
        if name in writers or (name in {"open", "fdopen", "ZipFile"} and may_write(name, call)):
            yield call.lineno


def may_write(name: str, call: ast.Call) -> bool:
    """Tell whether a call that opens a file could open it for writing."""
    owner = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    if owner == "os" and name == "open":
        return not re.search("O_RDONLY|devnull", ast.unparse(call))
    if name == "open" and owner and owner not in {"io", "gzip", "bz2", "lzma", "codecs"}:
        # A method: `path.open(mode)` or `archive.open(member, mode)`.
        modes: list[ast.expr] = [argument for argument in call.args[:2] if isinstance(argument, ast.Constant)]
    else:
        modes = call.args[1:2]
    modes += [k.value for k in call.keywords if k.arg == "mode"]
    return any(not isinstance(mode, ast.Constant) or is_writing_mode(str(mode.value)) for mode in modes)


def is_writing_mode(text: str) -> bool:
    """Tell whether a text is one of the modes that change a file."""
    return re.fullmatch("[rwxabt+]{1,3}", text) is not None and bool(set(text) & set("wax+"))


def is_constant(node: ast.expr, value: object) -> bool:
    """Tell whether an expression is this constant."""
    return isinstance(node, ast.Constant) and node.value is value


@pytest.mark.parametrize(
    ("code", "writes"),
    [
        ("open(p)", False),
        ("open(p, 'rb')", False),
        ("open(p, 'wb')", True),
        ("open(p, mode='a')", True),
        ("p.open('r+b')", True),
        ("p.open()", False),
        ("open(p, mode)", True),
        ("gzip.open(p, 'rt')", False),
        ("gzip.open(p, 'wt')", True),
        ("os.open(p, flags)", True),
        ("os.open(p, os.O_RDONLY | extra)", False),
        ("os.open(os.devnull, os.O_WRONLY)", False),
        ("os.fdopen(handle, 'rb')", False),
        ("os.fdopen(handle, 'wb')", True),
        ("archive.open(member)", False),
        ("archive.open(member, 'w')", True),
        ("zipfile.ZipFile(p)", False),
        ("zipfile.ZipFile(p, 'w')", True),
        ("p.write_text('x')", True),
        ("array.tofile(p)", True),
    ],
)
def test_the_check_of_writing_sees_what_it_should(code: str, writes: bool) -> None:
    assert bool(list(writing_lines(ast.parse(code)))) == writes


@pytest.mark.parametrize(
    ("code", "unsafe"),
    [
        ("import pickle", True),
        ("from marshal import loads", True),
        ("eval(text)", True),
        ("dialog.exec()", False),
        ("model.eval()", False),
        ("np.load(p, allow_pickle=True)", True),
        ("np.load(p, allow_pickle=False)", False),
    ],
)
def test_the_check_of_safety_sees_what_it_should(code: str, unsafe: bool) -> None:
    assert bool(list(unsafe_lines(ast.parse(code)))) == unsafe


def test_no_machine_and_no_registry_is_named() -> None:
    """What one machine calls its folders and where it fetches packages is no business of the project."""
    hosts = [r"pypi\.org", r"pythonhosted\.org", r"deb\.debian\.org", r"archive\.ubuntu\.com"]
    hosts += [r"registry\.npmjs\.org", r"download\.pytorch\.org", r"conda\.anaconda\.org"]
    folders = [
        r"(?<![\w.])/(roo[t]|wor[k])/",
        r"(?<![\w.])/(hom[e]|User[s])/\w+/",
        r"/tmp/de[v]/",
        r"\b[A-Z]:\\\\?Users",
    ]
    pattern = re.compile("|".join(hosts + folders))
    found = [f"{name}: {match.group()}" for name, text in text_files() for match in pattern.finditer(text)]
    assert not found, "\n".join(found)
