"""Graphs: Mermaid and pictures, as a browser draws them"""

# One page has the graph of every fixture. The browser measures it in fonts of two systems: where a
# text is wider than its box, a reader of that system cannot read it.

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import pytest

from runner import programs

pytestmark = pytest.mark.thorough  # A browser is large.

FIXTURES = Path(__file__).resolve().parents[2] / "tests/fixtures"
FONTS = ("Liberation Sans", "DejaVu Sans")

# The longest names: of the widest letters, and of those that are a little wider than the mean.
LETTERS = "mwn"
LONGEST = """
version = 1
[project]
name = "NAME"
[components.NAME]
python = ["3.12", "3.13"]
checks = { lint = "ruff check ." }
"""

MEASURE = """
const box = (node) => {
  const { x, y, width, height } = node.getBBox();
  return [x, y, x + width, y + height];
};
const line = (path) => Array.from({ length: 101 }, (_, index) => {
  const { x, y } = path.getPointAtLength((path.getTotalLength() * index) / 100);
  return [x, y];
});
const all = (svg, query, measure) => [...svg.querySelectorAll(query)].map(measure);
const text = (node) => ({ text: node.textContent, box: box(node) });
const measured = [...document.querySelectorAll('section')].map((section) => {
  const svg = section.querySelector('svg');
  return {
    name: section.id,
    size: [svg.width.baseVal.value, svg.height.baseVal.value],
    boxes: all(svg, 'rect', box),
    names: all(svg, 'text:not(.heading)', text),
    headings: all(svg, '.heading', text),
    lines: all(svg, ':scope > path', line),
  };
});
document.querySelector('pre').textContent = JSON.stringify(measured);
"""

DRAW = """
mermaid.initialize({ startOnLoad: false });
const drawn = {};
for (const section of document.querySelectorAll('section')) {
  const { svg } = await mermaid.render(`drawn-${section.id}`, section.textContent);
  const page = new DOMParser().parseFromString(svg, 'text/html');
  const labels = [...page.querySelectorAll('.nodeLabel')];
  drawn[section.id] = labels.map((node) => node.textContent.trim());
}
document.querySelector('pre').textContent = JSON.stringify(drawn);
"""


class Box(NamedTuple):
    """Left, top, right and bottom of a part of a picture."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: Box, margin: float = 0) -> bool:
        """The other one is inside, with this margin."""
        return (
            self.left + margin <= other.left
            and other.right <= self.right - margin
            and self.top <= other.top
            and other.bottom <= self.bottom
        )

    def overlaps(self, other: Box) -> bool:
        """A part of the other one is inside."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def frame_behind(self) -> Box:
        """The second frame of a job of a matrix."""
        return Box(self.left + 4, self.top + 4, self.right + 4, self.bottom + 4)


def graph(definition: Path, *options: str) -> str:
    """The graph of a definition."""
    command = [os.environ["BENCH_PROGRAM"], "graph", *options, str(definition)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def definitions(folder: Path) -> dict[str, Path]:
    """Every fixture as a repository, and pipelines with the longest names."""
    trees = folder / "fixtures"
    shutil.copytree(FIXTURES, trees)
    for letter in LETTERS:
        (trees / letter).mkdir()
        definition = LONGEST.replace("NAME", letter * 40)
        (trees / letter / "pipeline.toml").write_text(definition, "utf-8")
    for tree in filter(Path.is_dir, trees.iterdir()):
        (tree / ".git").mkdir()
        if not (tree / "pipeline.lock").exists():
            shutil.copy(trees / "pipeline.lock", tree)
    return {path.parent.name: path for path in sorted(trees.glob("**/pipeline.toml"))}


def shown(folder: Path, body: str) -> Any:
    """What a page writes into its `pre`, as data."""
    page = folder / "page.html"
    page.write_text(f"<!doctype html><meta charset=utf-8>{body}", "utf-8")
    command = [str(programs.chromium()), "--headless", "--no-sandbox", "--disable-gpu"]
    command += [f"--user-data-dir={folder / 'browser'}", "--virtual-time-budget=60000"]
    command += ["--allow-file-access-from-files", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    found = re.search(r"<pre>(.+?)</pre>", done.stdout, re.DOTALL)
    assert found, done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads(html.unescape(found[1]))


class Named(TypedDict):
    """A text, and its box."""

    text: str
    box: list[float]


class Picture(TypedDict):
    """A picture as the browser measures it."""

    name: str
    size: list[float]
    boxes: list[list[float]]
    names: list[Named]
    headings: list[Named]
    lines: list[list[list[float]]]


def faults(picture: Picture) -> list[str]:
    """Texts, boxes and lines of a picture that hide each other."""
    boxes = [Box(*box) for box in picture["boxes"]]
    behind = {box.frame_behind() for box in boxes}
    front = [box for box in boxes if box not in behind]
    names = [(one["text"], Box(*one["box"])) for one in picture["names"]]
    texts = [*names, *((one["text"], Box(*one["box"])) for one in picture["headings"])]
    parts = [*texts, *(("a box", box) for box in boxes)]
    size = Box(0, 0, *picture["size"])
    found = [f"{text} leaves the picture" for text, at in parts if not size.holds(at)]
    for text, at in names:
        if not any(box.holds(at, 2) for box in front):
            found.append(f"{text} leaves its box")
    for (one, here), (other, there) in combinations(texts, 2):
        if here.overlaps(there):
            found.append(f"{one} and {other} overlap")
    if any(one.overlaps(other) for one, other in combinations(front, 2)):
        found.append("two boxes overlap")
    for line in picture["lines"]:
        points = [Box(x, y, x, y) for x, y in line]
        if any(box.holds(at, 2) for box in front for at in points):
            found.append("a line crosses a box")
    return found


@pytest.mark.parametrize("font", FONTS)
def test_picture(tmp_path: Path, font: str) -> None:
    """Every name is inside its box, no two parts overlap, and no line crosses a job."""
    pictures = {name: graph(path, "--svg") for name, path in definitions(tmp_path).items()}
    body = "".join(f"<section id={name}>{svg}</section>" for name, svg in pictures.items())
    style = f"<style>svg {{ font-family: '{font}' !important }}</style>"
    page = f"{style}<pre></pre>{body}<script>{MEASURE}</script>"
    measured: list[Picture] = shown(tmp_path, page)
    assert len(measured) == len(pictures) > 20
    assert all(one["names"] and one["boxes"] for one in measured)
    assert {one["name"]: faults(one) for one in measured if faults(one)} == {}


def test_mermaid(tmp_path: Path) -> None:
    """Mermaid draws every graph, with the names that the picture has."""
    graphs = {name: graph(path) for name, path in definitions(tmp_path).items()}
    texts = [f"<section id={name}>{html.escape(text)}</section>" for name, text in graphs.items()]
    source = f"<script src={programs.mermaid().as_uri()}></script>"
    page = f"<pre></pre>{''.join(texts)}{source}<script type=module>{DRAW}</script>"
    drawn: dict[str, list[str]] = shown(tmp_path, page)
    names = {name: re.findall(r'\["(.+?)"\]$', text, re.MULTILINE) for name, text in graphs.items()}
    assert {name: sorted(found) for name, found in drawn.items()} == {
        name: sorted(found) for name, found in names.items()
    }
