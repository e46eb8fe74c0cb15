"""What is checked: workflows, and the scripts that stand beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

WORKFLOWS = Path(".github/workflows")
SCRIPTS = Path(".github/pipewright")


@dataclass(frozen=True)
class Workflow:
    root: Path
    path: Path

    @property
    def file(self) -> Path:
        return self.root / self.path


@dataclass
class World:
    """Python scripts of one or more folders that may stand in one: no name has two contents."""

    scripts: dict[str, Path] = field(default_factory=dict)


@dataclass
class Subjects:
    workflows: list[Workflow]
    shell: list[Path]
    python: list[World]
    emitted: list[Path]


def gather(roots: list[Path]) -> Subjects:
    scripts = [path for root in roots for path in _files(root / SCRIPTS, "*")]
    workflows = [
        Workflow(root, path.relative_to(root))
        for root in roots
        for path in _files(root / WORKFLOWS, "*.y*ml")
    ]
    return Subjects(
        workflows=workflows,
        shell=_distinct([path for path in scripts if path.suffix == ".sh"]),
        python=_worlds(roots),
        emitted=[workflow.file for workflow in workflows] + scripts,
    )


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.rglob(pattern) if path.is_file())


def _distinct(paths: list[Path]) -> list[Path]:
    """The first path of each content: fixtures share most of their scripts."""
    return list({path.read_bytes(): path for path in reversed(paths)}.values())[::-1]


def _worlds(roots: list[Path]) -> list[World]:
    """Scripts import each other by name, so each is checked beside the ones that it came with."""
    worlds: list[World] = []
    for root in roots:
        scripts = {path.name: path for path in _files(root / SCRIPTS, "*.py")}
        if not scripts:
            continue
        world = next((world for world in worlds if _agrees(world, scripts)), None)
        if world is None:
            world = World()
            worlds.append(world)
        world.scripts = scripts | world.scripts
    return worlds


def _agrees(world: World, scripts: dict[str, Path]) -> bool:
    return all(
        world.scripts[name].read_bytes() == path.read_bytes()
        for name, path in scripts.items()
        if name in world.scripts
    )
