"""ci.yml of a Rust workspace, by the real cargo-nextest, rustup and cargo."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from records import executed
from runner.bench import bench
from runner.language import Language
from runner.origin import Origin, git
from runner.run import Run
from seen import gates, titled
from small import generate

LOCK = Path(__file__).resolve().parents[2] / "tests/fixtures/pipeline.lock"
PIPELINE = """\
version = 1
[project]
name = "nx"
branches = ["main"]
[components.core]
rust = "1.95"
[tests.core]
component = "core"
runner = "nextest"
"""
TEST = "#[cfg(test)]\nmod tests {{\n    {condition}\n    #[test]\n    fn {name}() {{}}\n}}\n"
DOCTEST = (
    "/// ```\n/// assert_eq!({name}::two(), {two});\n/// ```\npub fn two() -> u8 {{\n    2\n}}\n"
)


def member(name: str, more: str = "") -> str:
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2024"\n{more}'


# A package at the root, a library and a program: without `--workspace` the root is tested alone.
WORKSPACE = {
    "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n'
    + member("root", "[features]\nextra = []\n"),
    "Cargo.lock": "version = 4\n"
    + "".join(
        f'\n[[package]]\nname = "{name}"\nversion = "0.1.0"\n' for name in ("a", "b", "root")
    ),
    ".gitignore": "target\n",
    "src/lib.rs": DOCTEST.format(name="root", two=2)
    + TEST.format(name="root_one", condition="")
    + TEST.format(name="gated", condition='#[cfg(feature = "extra")]').replace(
        "mod tests", "mod more"
    ),
    "a/Cargo.toml": member("a"),
    "a/src/lib.rs": DOCTEST.format(name="a", two=2) + TEST.format(name="a_one", condition=""),
    "b/Cargo.toml": member("b"),
    "b/src/main.rs": "fn main() {}\n" + TEST.format(name="b_one", condition=""),
}
UNIT = {"a::tests::a_one", "b::bin/b::tests::b_one", "root::tests::root_one"}
DOC = {"doctest::a/src/lib.rs - two (line 1)", "doctest::src/lib.rs - two (line 1)"}


def ran(
    language: Language, folder: Path, definition: str, files: Mapping[str, str] | None = None
) -> tuple[Run, Counter[str]]:
    """A push to the deploying branch of such a project, and how often each test was executed."""
    project = folder / "project"
    project.mkdir()
    shutil.copy(LOCK, project)
    for name, content in {**WORKSPACE, "pipeline.toml": definition, **(files or {})}.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(content, "utf-8")
    git(project, "init", "--quiet")
    generate(project)
    with bench(language, Origin.of(project, folder), folder / "installed") as github:
        run = github.run("ci.yml", github.push("main"))
        return run, executed(run)


@pytest.mark.thorough
def test_every_member_of_a_workspace(language: Language, tmp_path: Path) -> None:
    """A root package does not hide the other members, and the doctests of libraries run."""
    run, tests = ran(language, tmp_path, PIPELINE)
    assert run.result == "success", run.failures()
    assert tests == Counter(UNIT | DOC)


def test_arguments_and_shards(language: Language, tmp_path: Path) -> None:
    """`args` select for the list as for the run, over two shards; the first runs the doctests."""
    args = 'shards = 2\nargs = ["--workspace", "--all-features", "--no-capture"]\n'
    run, tests = ran(language, tmp_path, PIPELINE + args)
    assert run.result == "success", run.failures()
    assert tests == Counter(UNIT | DOC | {"root::more::gated"})
    assert (
        gates(run.job("Quality gates: core"))["complete"].measured
        == "2 of 2 shards, 6 tests executed"
    )


@pytest.mark.thorough
def test_package_of_arguments(language: Language, tmp_path: Path) -> None:
    """A package that `args` name is tested alone, by its unit tests and its doctests."""
    run, tests = ran(language, tmp_path, PIPELINE + 'args = ["--package=a"]\n')
    assert run.result == "success", run.failures()
    assert tests == Counter({"a::tests::a_one", "doctest::a/src/lib.rs - two (line 1)"})


@pytest.mark.thorough
def test_failing_doctest(language: Language, tmp_path: Path) -> None:
    """A doctest that fails turns the gates red, by its name and its place."""
    files = {"a/src/lib.rs": DOCTEST.format(name="a", two=3)}
    run, _ = ran(language, tmp_path, PIPELINE, files)
    assert run.result == "failure"
    (told,) = titled(run.job("Quality gates: core"), "Test failed")
    assert (told.file, told.line) == ("a/src/lib.rs", 1)
    assert "cargo test --doc --workspace --locked -- 'a/src/lib.rs - two (line 1)'" in told.message


@pytest.mark.thorough
def test_targets_of_arguments(language: Language, tmp_path: Path) -> None:
    """If `args` select targets, no doctest runs, and the run reports it."""
    run, tests = ran(language, tmp_path, PIPELINE + 'args = ["--lib"]\n')
    assert run.result == "success", run.failures()
    assert tests == Counter({"a::tests::a_one", "root::tests::root_one"})
    assert len(titled(run.job("Test core"), "No doctests")) == 1


@pytest.mark.thorough
def test_a_project_without_a_lock_file(language: Language, tmp_path: Path) -> None:
    """A library that commits no Cargo.lock is tested without `--locked`."""
    files = {".gitignore": "target\nCargo.lock\n"}
    run, tests = ran(language, tmp_path, PIPELINE, files)
    assert run.result == "success", run.failures()
    assert tests == Counter(UNIT | DOC)
