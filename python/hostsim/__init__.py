"""hostsim: what the same application costs, and how fast it answers, in every way of hosting it.

A thin module over the program of the same name: it starts it, and reads what it writes.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from typing import Any, Mapping, Union

__all__ = ["HostsimError", "Result", "advise", "bill", "check", "curve", "map", "program", "run", "sweep", "version"]

Scenario = Union[str, "os.PathLike[str]", Mapping[str, Any]]


class HostsimError(Exception):
    """What the program refused, in its words; ``status`` is how it ended (1: running, 2: the input)."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Result:
    """What a command found: its JSON document, its tables and its figures.

    ``document`` is the JSON as it is (``hostsim schema result`` and its siblings say what is in it), ``status`` the
    exit status (3: a claim of ``[expect]`` does not hold), ``text`` what a terminal shows, ``figures`` SVG by name,
    ``page`` the report as HTML.
    """

    def __init__(self, document: dict, status: int, text: str, table: str, figures: dict, page: str) -> None:
        self.document = document
        self.status = status
        self.text = text
        self.figures = figures
        self.page = page
        self._table = table

    @property
    def answer(self) -> str:
        """The sentence that says what is cheapest, and why."""
        return self.document.get("answer") or ""

    def case(self, name: str) -> dict:
        """The figures of one case."""
        cases = self.document.get("cases", {})
        if not isinstance(cases, dict):
            cases = {case.get("name", ""): case for case in cases}
        if name not in cases:
            raise KeyError(f"no case {name!r}: there are {', '.join(cases)}")
        return cases[name]

    def rows(self) -> list[dict]:
        """The table, a dictionary of texts for each row."""
        return list(csv.DictReader(io.StringIO(self._table)))

    def frame(self, library: str = "pandas") -> Any:
        """The table as a data frame of ``pandas`` or ``polars``."""
        if library == "pandas":
            import pandas

            return pandas.read_csv(io.StringIO(self._table))
        if library == "polars":
            import polars

            return polars.read_csv(io.StringIO(self._table), infer_schema_length=None)
        raise ValueError(f"{library!r}: pandas or polars")

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<pre>{_escaped(self.text)}</pre>" + "".join(self.figures.values())


def program() -> str:
    """The path of the program: what ``HOSTSIM`` says, the wheel's own, or the first on the search path."""
    named = os.environ.get("HOSTSIM")
    if named:
        return named
    name = "hostsim.exe" if os.name == "nt" else "hostsim"
    beside = Path(sysconfig.get_path("scripts")) / name
    found = str(beside) if beside.is_file() else shutil.which(name)
    if not found:
        raise HostsimError("the program hostsim is not there: install the wheel, or name it by HOSTSIM=/path", 1)
    return found


def version() -> str:
    """The program's version."""
    return _start(["--version"]).stdout.strip().rsplit(" ", 1)[-1]


def run(scenario: Scenario, **options: Any) -> Result:
    """Simulates every case of a scenario."""
    return _written("run", scenario, options, "result.json", "result.csv")


def curve(scenario: Scenario, **options: Any) -> Result:
    """Cost against traffic, with where the cheapest changes."""
    return _written("curve", scenario, options, "curve.json", "curve.csv")


def map(scenario: Scenario, **options: Any) -> Result:
    """The cheapest case over two axes."""
    return _written("map", scenario, options, "map.json", "map.csv")


def advise(scenario: Scenario, **options: Any) -> Result:
    """The cheapest orders of the catalogue that do what is asked."""
    return _written("advise", scenario, options, "advice.json", "advice.csv")


def sweep(scenario: Scenario, output: Union[str, "os.PathLike[str]"], **options: Any) -> Result:
    """A batch, into a directory; one that was interrupted goes on."""
    return _written("sweep", scenario, options, "sweep.json", "points.csv", Path(output))


def bill(usage: Scenario, **options: Any) -> dict:
    """The invoice of a usage file."""
    with _Given(usage) as path:
        return json.loads(_done(_start(["bill", path, "--format", "json", *_words(options)])).stdout)


def check(scenario: Scenario) -> str:
    """Every mistake in a scenario, in words; nothing where there is none."""
    with _Given(scenario) as path:
        done = _start(["check", path])
    return done.stderr.strip() if done.returncode else ""


def _written(command: str, scenario: Scenario, options: dict, document: str, table: str, output: Path | None = None) -> Result:
    with tempfile.TemporaryDirectory() as room, _Given(scenario) as path:
        at = output or Path(room) / "output"
        done = _done(_start([command, path, "--output", str(at), *_words(options)]))
        figures = {file.stem: file.read_text(encoding="utf-8") for file in sorted(at.glob("*.svg"))}
        page = "".join(file.read_text(encoding="utf-8") for file in sorted(at.glob("*.html"))[:1])
        read = lambda name: (at / name).read_text(encoding="utf-8")  # noqa: E731
        return Result(json.loads(read(document)), done.returncode, done.stdout, read(table), figures, page)


def _start(words: list[str]) -> subprocess.CompletedProcess:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": os.environ.get("COLUMNS", "100")}
    return subprocess.run(
        [program(), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", env=environment
    )


def _done(done: subprocess.CompletedProcess) -> subprocess.CompletedProcess:
    if done.returncode not in (0, 3):
        raise HostsimError(done.stderr.strip() or f"hostsim ended with status {done.returncode}", done.returncode)
    return done


def _words(options: Mapping[str, Any]) -> list[str]:
    words = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            words.append(flag)
        elif value is not None and value is not False:
            for one in value if isinstance(value, (list, tuple)) else [value]:
                words += [flag, str(one)]
    return words


class _Given:
    """The path of what was given: a file's own, or that of a temporary one with the text."""

    def __init__(self, given: Scenario) -> None:
        self._given = given
        self._room: tempfile.TemporaryDirectory | None = None

    def __enter__(self) -> str:
        if isinstance(self._given, Mapping):
            return self._kept(_toml(self._given))
        text = os.fspath(self._given)
        return self._kept(text) if "\n" in text else text

    def _kept(self, text: str) -> str:
        self._room = tempfile.TemporaryDirectory()
        path = Path(self._room.name) / "scenario.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def __exit__(self, *_: object) -> None:
        if self._room:
            self._room.cleanup()


def _toml(tables: Mapping[str, Any]) -> str:
    """A dictionary as TOML: each value on a line, what is nested inline."""
    return "".join(f"{_key(name)} = {_value(value)}\n" for name, value in tables.items())


def _key(name: str) -> str:
    bare = name and all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in name)
    return name if bare else json.dumps(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(name))} = {_value(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    if isinstance(value, (int, float)):
        return repr(value)
    # A basic string of TOML is one of JSON, but for DEL.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
