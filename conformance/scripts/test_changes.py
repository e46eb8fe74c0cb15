"""changes.py: what a pull request touches."""

from __future__ import annotations

import importlib
import sys

import pytest

from conftest import SCRIPTS, Bench, Done

COMPONENTS = {
    "backend": {"paths": ["services/back"], "watch": ["schema/**"]},
    "frontend": {"paths": ["./web/"], "watch": ["*.toml", "shared/[!a]?.json"]},
}


NESTED = {
    "compiler": {
        "paths": [""],
        "watch": ["examples/shop/Dockerfile"],
        "ignore": ["./examples/*/**", "*.toml"],
    },
    "shop": {"paths": ["examples/shop"], "watch": []},
}


def changes(bench: Bench, **env: object) -> Done:
    given = {"BASE": "HEAD^1", "COMPONENTS": COMPONENTS, "ALWAYS": ["pipeline.toml", ".github/**"]}
    return bench.script("changes", **{**given, **env})


@pytest.mark.parametrize(
    ("path", "touched"),
    [
        ("services/back/a.py", "backend"),
        ("services/back", "backend"),
        ("services/backwards/a.py", ""),
        ("schema/deep/er/x.sql", "backend"),
        ("web/index.ts", "frontend"),
        ("a.toml", "frontend"),
        ("docs/a.toml", ""),
        ("shared/bc.json", "frontend"),
        ("shared/ac.json", ""),
        ("shared/b/.json", ""),
        ("pipeline.toml", "backend frontend"),
        (".github/workflows/ci.yml", "backend frontend"),
        ('web/with space, ünïcode and "quotes"\n.ts', "frontend"),
    ],
)
def test_a_change_touches_its_components(bench: Bench, path: str, touched: str) -> None:
    bench.git("init", "--quiet")
    bench.commit("base")
    bench.write(path, "x")
    bench.commit("change")
    done = changes(bench)
    assert done.code == 0, done.text
    assert [name for name, value in done.outputs.items() if value == "true"] == touched.split()
    assert set(done.outputs) == {"backend", "frontend"}


@pytest.mark.parametrize(
    ("path", "touched"),
    [
        ("src/main.rs", "compiler"),
        ("examples/shop/a.py", "shop"),
        ("examples/shop/deep/er/a.py", "shop"),
        ("examples/README.md", "compiler"),
        ("rustfmt.toml", ""),
        ("src/rustfmt.toml", "compiler"),
    ],
)
def test_what_is_ignored_does_not_touch(bench: Bench, path: str, touched: str) -> None:
    bench.git("init", "--quiet")
    bench.commit("base")
    bench.write(path, "x")
    bench.commit("change")
    done = changes(bench, COMPONENTS=NESTED)
    assert [name for name, value in done.outputs.items() if value == "true"] == touched.split()


@pytest.mark.parametrize("path", ["examples/shop/Dockerfile", "pipeline.toml"])
def test_what_is_watched_or_touches_everything_is_never_ignored(bench: Bench, path: str) -> None:
    bench.git("init", "--quiet")
    bench.commit("base")
    bench.write(path, "x")
    bench.commit("change")
    assert changes(bench, COMPONENTS=NESTED).outputs == {"compiler": "true", "shop": "true"}


def test_an_ignored_file_hides_no_other(bench: Bench) -> None:
    bench.git("init", "--quiet")
    bench.commit("base")
    bench.write("examples/shop/a.py", "x")
    bench.write("src/main.rs", "x")
    bench.commit("change")
    done = changes(bench, COMPONENTS=NESTED)
    assert done.outputs == {"compiler": "true", "shop": "true"}
    assert "| `compiler` | yes | `src/main.rs` |" in done.summary


def test_a_move_touches_both_places(bench: Bench) -> None:
    bench.git("init", "--quiet")
    bench.write("services/back/a.py", "text\n" * 20)
    bench.commit("base")
    (bench.root / "web").mkdir()
    bench.git("mv", "services/back/a.py", "web/a.py")
    bench.commit("move")
    assert changes(bench).outputs == {"backend": "true", "frontend": "true"}


def test_everything_needs_no_git(bench: Bench) -> None:
    done = changes(bench, EVERYTHING="true", BASE=None)
    assert done.outputs == {"backend": "true", "frontend": "true"}


@pytest.mark.parametrize("base", ["HEAD^1", "--output=evil", "nonsense"])
def test_an_unknown_base_fails_with_the_fix(bench: Bench, base: str) -> None:
    bench.git("init", "--quiet")
    bench.commit("the only one")
    done = changes(bench, BASE=base)
    assert done.code == 1
    assert "fetch-depth: 2" in done.annotations("error")[0]
    assert done.outputs == {}
    assert not (bench.root / "evil").exists()


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("**", "a/b/c", True),
        ("**/c", "c", True),
        ("**/c", "a/b/c", True),
        ("**/c", "a/bc", False),
        ("a/**/c", "a/c", True),
        ("a/**/c", "a/x/y/c", True),
        ("a/**", "a", False),
        ("a/**", "a/.hidden/x", True),
        ("a/*", "a/b", True),
        ("a/*", "a/b/c", False),
        ("a?c", "a/c", False),
        ("a[/]c", "a/c", False),
        ("[]x]", "]", True),
        ("[^x]", "x", False),
        ("[a", "[a", True),
        ("a.c", "abc", False),
        ("a+(b)", "a+(b)", True),
        ("[a-c]1", "b1", True),
        ("[\\]", "\\", True),
    ],
)
def test_globs(monkeypatch: pytest.MonkeyPatch, glob: str, path: str, matches: bool) -> None:
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    module = importlib.import_module("ci")
    assert bool(module.pattern(glob).fullmatch(path)) is matches


@pytest.mark.parametrize(
    "components",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"a": 1}',
        '{"a": {"paths": "x"}}',
        '{"a":{"watch":["[z-a]"]}}',
        '{"a": {"ignore": "x"}}',
        '{"a":{"ignore":["[z-a]"]}}',
    ],
)
def test_bad_components_are_named(bench: Bench, components: str) -> None:
    done = changes(bench, COMPONENTS=components, EVERYTHING="true")
    assert done.code == 1
    assert len(done.annotations("error")) == 1
