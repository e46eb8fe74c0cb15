"""The bench's stand-ins for actions: each does what the action does at the pinned version"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from own import DOWNLOAD, UPLOAD, own, steps_of, told, used, write
from runner import arguments
from runner.bench import Bench
from runner.origin import git
from runner.run import Run
from runner.services import Service
from seen import errors

# ── artifacts ─────────────────────────────────────────────────────────────────

PARTS = f"""
up:
  runs-on: x
  strategy: {{fail-fast: false, matrix: {{part: [one, two]}}}}
  steps:
    - {{run: "mkdir d; echo $PART > d/$PART", env: {{PART: "${{{{ matrix.part }}}}"}}}}
    - {{uses: {UPLOAD}, with: {{name: "part_${{{{ matrix.part }}}}", path: d}}}}
down:
  runs-on: x
  needs: up
  steps:
    - {{uses: {DOWNLOAD}, with: {{pattern: part_*, path: both}}}}
    - {{uses: {DOWNLOAD}, with: {{pattern: part_o*, path: single}}}}
    - {{uses: {DOWNLOAD}, with: {{pattern: part_*, path: merged, merge-multiple: true}}}}
    - {{uses: {DOWNLOAD}, with: {{name: part_two, pattern: part_*, path: named}}}}
    - {{uses: {DOWNLOAD}, with: {{pattern: nothing_*, path: none}}}}
    - {{name: look, run: "find both single merged named none -type f 2> /dev/null | sort"}}
"""


def test_single_match_is_extracted_flat(github: Bench) -> None:
    """One artifact that fits a pattern has no folder of its name; two have a folder each."""
    run = own(github, "flat", PARTS)
    assert run.job("down").step("look").log.split() == [
        "both/part_one/one",
        "both/part_two/two",
        "merged/one",
        "merged/two",
        "named/two",
        "single/one",
    ]


def test_newest_artifact_of_a_name(github: Bench) -> None:
    """Over the attempts of a run the newest artifact of a name is taken, and none is lost."""
    jobs = f"""
    up:
      runs-on: x
      steps:
        - {{run: "mkdir d; echo $GITHUB_RUN_ATTEMPT > d/attempt"}}
        - {{uses: {UPLOAD}, with: {{name: made, path: d}}}}
        - {{run: "test $GITHUB_RUN_ATTEMPT = 2"}}
    down:
      runs-on: x
      needs: up
      steps:
        - {{uses: {DOWNLOAD}, with: {{name: made}}}}
        - {{name: look, run: cat attempt}}
    """
    run = own(github, "newest", jobs)
    assert run.result == "failure"
    run.start()
    assert run.result == "success", run.failures()
    assert run.job("down").step("look").log == "2"
    assert [kept.attempt for kept in github.artifacts.all()] == [1, 2]


def test_artifact_that_was_changed(github: Bench) -> None:
    """Bytes that are not those that were uploaded fail the download, unless it allows them."""
    jobs = f"""
    up:
      runs-on: x
      steps: [{{run: "echo a > a"}}, {{uses: {UPLOAD}, with: {{name: made, path: a}}}}]
    down:
      runs-on: x
      needs: up
      steps:
        - {used("actions/download-artifact", name="made")}
        - {used("actions/download-artifact", name="made", digest_mismatch="warn")}
        - {used("actions/download-artifact", name="made", digest_mismatch="never")}
    """

    def change(run: Run) -> None:
        (kept,) = github.artifacts.all()
        (kept.folder / "a").write_text("b")

    run = own(github, "changed-bytes", jobs, hooks={"down": change})
    assert steps_of(run, "down") == ["failure", "success", "failure"]
    assert "Digest validation failed for artifact(s): made" in told(run, "down")[0]
    assert "Invalid value for 'digest-mismatch': 'never'" in told(run, "down")[2]


ROOTS = {
    "d": ["a.txt", "below/b.txt"],
    "d/a.txt": ["a.txt"],
    "d/below\ne": ["d/below/b.txt", "e/c.txt"],
    "d/*.txt": ["a.txt"],
    "d/**/*.txt": ["a.txt", "below/b.txt"],
    "d\n!d/below": ["a.txt"],
    "d/.hidden": [],
}


def listed(folder: Path) -> list[str]:
    """The files below a folder."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)


@pytest.mark.parametrize("path", ROOTS)
def test_root_of_an_artifact(github: Bench, path: str) -> None:
    """What is uploaded lies below the folder that its paths share, without what is hidden."""
    run = own(
        github,
        "root",
        f"""
        up:
          runs-on: x
          steps:
            - run: |
                mkdir -p d/below d/.hidden e
                touch d/a.txt d/below/b.txt d/.dot e/c.txt d/.hidden/x.txt
            - uses: {UPLOAD}
              with: {{path: {json.dumps(path)}}}
        """,
    )
    assert run.result == "success", run.failures()
    kept = [listed(artifact.folder) for artifact in github.artifacts.all()]
    assert kept == ([ROOTS[path]] if ROOTS[path] else [])
    missing = (
        "No files were found with the provided path: d/.hidden. No artifacts will be uploaded."
    )
    assert told(run, "up") == ([] if ROOTS[path] else [missing])


def test_inputs_of_an_upload(github: Bench) -> None:
    """Names, days and outcomes that the action refuses are refused; too many days are cut."""
    upload = "actions/upload-artifact"
    run = own(
        github,
        "upload-inputs",
        f"""
        up:
          runs-on: x
          steps:
            - {{run: "echo a > a; echo b > 'b?'; mkdir d; echo c > d/c"}}
            - {used(upload, path="a", name="x/y")}
            - {used(upload, path="b?", name="file")}
            - {used(upload, path="a", if_no_files_found="fail")}
            - {used(upload, path="a", retention_days="soon")}
            - {used(upload, path="nothing", if_no_files_found="error")}
            - {used(upload, path="a", name="long", retention_days="400")}
            - {used(upload, path="a", name="long")}
            - {used(upload, path="d", name="long", overwrite="true")}
            - {used(upload, path="a", name="week", retention_days="7")}
            - {used(upload, path="a", archive="false")}
            - {used(upload, path="a", nmae="typo")}
        """,
    )
    expected = ["success", *["failure"] * 5, "success", "failure", "success", "success"]
    assert steps_of(run, "up") == [*expected, "failure", "failure"]
    messages = told(run, "up")
    assert "not valid: x/y. Contains the following character: /" in messages[0]
    assert "files in artifact is not valid: b?" in messages[1]
    assert messages[4].startswith("No files were found with the provided path: nothing")
    assert "Using 90 instead" in messages[5]
    assert "already exists" in messages[6]
    assert messages[7] == "`archive: false` is not modelled"
    assert messages[8].startswith("unexpected input 'nmae', valid inputs are ['name', 'path'")
    kept = {kept.name: kept for kept in github.artifacts.all()}
    assert {name: artifact.days for name, artifact in kept.items()} == {"long": 90, "week": 7}
    assert [path.name for path in kept["long"].folder.iterdir()] == ["c"]


# ── caches ────────────────────────────────────────────────────────────────────

RESTORE, SAVE = "actions/cache/restore", "actions/cache/save"


def found(step: str, between: str = " ") -> str:
    """Both outputs of a restoring step, as one output of its job: exact hit, and matched key."""
    parts = (f"${{{{ steps.{step}.outputs.cache-{part} }}}}" for part in ("hit", "matched-key"))
    return between.join(parts)


def test_keys_of_caches(github: Bench) -> None:
    """A key is taken once and for its paths; the key itself counts before a prefix's newest."""
    run = own(
        github,
        "keys",
        f"""
        save:
          runs-on: x
          steps:
            - {{run: "mkdir d e; echo 1 > d/f"}}
            - {used(SAVE, path="d", key="k-1")}
            - {{run: "echo 2 > d/f"}}
            - {used(SAVE, path="d", key="k-1")}
            - {used(SAVE, path="d", key="k-2")}
            - {used(SAVE, path="none", key="k-3")}
            - {used(SAVE, path="d", key="k,4")}
        restore:
          runs-on: x
          needs: save
          outputs:
            exact: "{found("exact")}"
            prefix: "{found("prefix")}"
            other: "{found("other", ":")}"
          steps:
            - {{run: "mkdir d; touch d/stays"}}
            - {{id: exact, uses: {RESTORE}@pin, with: {{path: d, key: k-1, restore-keys: "k-"}}}}
            - {{name: first, run: "cat d/f; ls d"}}
            - {{id: prefix, uses: {RESTORE}@pin, with: {{path: d, key: k, restore-keys: "x-"}}}}
            - {{name: second, run: "cat d/f"}}
            - {{id: other, uses: {RESTORE}@pin, with: {{path: e, key: k-1, restore-keys: k-}}}}
            - {used(RESTORE, path="d", key="k" * 513)}
            - {used(RESTORE, path="d", key="zzz", fail_on_cache_miss="true")}
        """,
    )
    assert told(run, "save") == ["Cache save failed."] * 3
    job = run.job("restore")
    assert job.step("first").log.split() == ["1", "f", "stays"]
    assert job.step("second").log == "2"
    assert job.outputs == {"exact": "true k-1", "prefix": "false k-2", "other": ":"}
    assert steps_of(run, "restore")[-2:] == ["failure", "failure"]
    assert "cannot be larger than 512 characters" in errors(job)[0].message


READS = f"""
read:
  runs-on: x
  outputs: {{found: "${{{{ steps.cache.outputs.cache-matched-key }}}}"}}
  steps:
    - {{id: cache, uses: {RESTORE}@pin, with: {{path: d, key: none, restore-keys: "k-"}}}}
    - {{run: "mkdir -p d"}}
    - {used(SAVE, path="d", key="k-pull")}
"""


def test_scopes_of_caches(github: Bench) -> None:
    """A pull request reads its base and the default branch; no other run reads what it saves."""
    steps = f"[{{run: mkdir d}}, {used(SAVE, path='d', key='k-release')}]"
    write(github, "release", f"save: {{runs-on: x, steps: {steps}}}\n")
    assert github.run("own.yml", github.push("release")).result == "success"
    write(github, "change", READS, base="release")
    pull = github.pull_request("change", "release")
    assert github.run("own.yml", pull).job("read").outputs == {"found": "k-release"}
    # Its own scope comes first the next time; another pull request, to `small`, sees neither.
    assert github.run("own.yml", pull).job("read").outputs == {"found": "k-pull"}
    write(github, "other", READS)
    assert github.run("own.yml", github.pull_request("other", "small")).job("read").outputs == {
        "found": ""
    }
    fork = github.pull_request("other", "small", fork=True)
    for found in ("", "k-pull"):
        run = github.run("own.yml", fork)
        assert run.job("read").outputs == {"found": found}
        assert told(run, "read") == (["Cache save failed."] if found else [])


# ── Rust ──────────────────────────────────────────────────────────────────────

CRATE = {
    "c/Cargo.toml": '[package]\nname = "made"\nversion = "1.0.0"\nedition = "2021"\n',
    "c/Cargo.lock": 'version = 4\n\n[[package]]\nname = "made"\nversion = "1.0.0"\n',
    "c/src/lib.rs": "",
}


def rust(job: str, inputs: str, marker: str, end: str = "true", env: str = "") -> str:
    """A job that builds below the cache, and leaves a mark there as a dependency would."""
    return f"""
{job}:
  runs-on: x
  outputs: {{hit: "${{{{ steps.cache.outputs.cache-hit }}}}"}}
  env: {{KEPT: "1"{env}}}
  steps:
    - {{uses: actions/checkout@pin, with: {{persist-credentials: false}}}}
    - {{id: cache, uses: Swatinem/rust-cache@pin, with: {{workspaces: c, {inputs}}}}}
    - name: look
      run: "ls c/target/debug/deps 2> /dev/null || true; echo incremental $CARGO_INCREMENTAL"
    - run: mkdir -p c/target/debug/deps; cd c/target/debug; touch {marker} deps/made-{marker}
    - {{run: "{end}"}}
"""


def test_keys_of_rust_cache(github: Bench) -> None:
    """A shared key replaces the job's name, variables count, and an exact hit is not kept again."""

    def kept() -> list[str]:
        return [cache.key.rpartition("-Linux")[0] for cache in github.caches.kept]

    first = rust("first", "shared-key: all", "one")
    own(github, "rust-1", first, CRATE)
    assert kept() == ["v0-rust-all"]
    run = own(github, "rust-2", rust("second", "shared-key: all", "two"), CRATE)
    assert run.job("second").outputs == {"hit": "true"}
    assert run.job("second").step("look").log.endswith("incremental 0")
    assert kept() == ["v0-rust-all"]
    run = own(github, "rust-3", rust("third", "key: more", "three"), CRATE)
    assert (run.job("third").outputs, kept()[1:]) == ({"hit": "false"}, ["v0-rust-more-third"])
    other = rust("first", "shared-key: all", "one", env=', RUSTFLAGS: "-D warnings"')
    run = own(github, "rust-4", other, CRATE)
    assert run.job("first").outputs == {"hit": "false"}
    assert kept()[2:] == ["v0-rust-all"]
    # Neither a version of the crate itself nor of its entry in the lock file is part of the key.
    raised = {name: text.replace("1.0.0", "1.0.1") for name, text in CRATE.items()}
    assert own(github, "rust-5", first, raised).job("first").outputs == {"hit": "true"}


def test_when_rust_cache_saves(github: Bench) -> None:
    """A red job keeps nothing unless it asks to, and the workspace's own crates are never kept."""
    run = own(github, "rust-red", rust("red", "shared-key: red", "x", "exit 1"), CRATE)
    assert (run.result, github.caches.kept) == ("failure", [])
    own(github, "rust-no", rust("no", "shared-key: red, save-if: false", "x"), CRATE)
    assert github.caches.kept == []
    asked = rust("asked", "shared-key: red, cache-on-failure: true", "x", "exit 1")
    own(github, "rust-asked", asked, CRATE)
    (kept,) = github.caches.kept
    assert [path.name for path in kept.content.rglob("*")] == ["debug", "deps"]


# ── the repository ────────────────────────────────────────────────────────────


def test_checkout(github: Bench) -> None:
    """One commit and no tag, unless more is asked for; a pull request is its merge, detached."""
    with github.origin.change("tagged", "small") as tree:
        (tree / "first").write_text("")
    git(github.origin.bare, "tag", "--force", "v1", "refs/heads/small")
    head = "git symbolic-ref -q --short HEAD || echo detached"
    look = f"git rev-list --count HEAD; git tag; git branch -r | wc -l; {head}"
    jobs = "".join(
        f"""
{name}:
  runs-on: x
  steps:
    - {{uses: actions/checkout@pin, with: {{persist-credentials: false{more}}}}}
    - {{name: look, run: "{look}"}}
"""
        for name, more in {
            "plain": "",
            "tags": ", fetch-tags: true",
            "two": ", fetch-depth: 2",
            "all": ", fetch-depth: 0",
        }.items()
    )
    write(github, "looked-at", jobs)
    run = github.run("own.yml", github.push("looked-at"))
    assert run.result == "success", run.failures()
    logs = {job.name: job.step("look").log.split() for job in run.jobs}
    assert logs["plain"] == ["1", "1", "looked-at"]
    assert logs["tags"][1:] == ["v1", "1", "looked-at"]
    assert logs["two"] == ["2", "1", "looked-at"]
    assert int(logs["all"][0]) >= 3 and logs["all"][1] == "v1" and int(logs["all"][2]) > 3
    pull = github.run(
        "own.yml", github.pull_request("looked-at", "small"), only=frozenset({"plain", "two"})
    )
    assert pull.job("plain").step("look").log.split() == ["1", "1", "detached"]
    assert int(pull.job("two").step("look").log.split()[0]) == 3
    git(github.origin.bare, "tag", "--delete", "v1")


# ── languages ─────────────────────────────────────────────────────────────────


def test_setup_python(github: Bench) -> None:
    """The version itself counts before its file, is resolved to a patch, and a cache needs a file;
    that of pip takes a pyproject.toml, too."""
    python, lock = "actions/setup-python", "none.lock"
    run = own(
        github,
        "python",
        f"""
        python:
          runs-on: x
          steps:
            - {{uses: actions/checkout@pin, with: {{persist-credentials: false}}}}
            - {used(python, python_version="3.11", python_version_file=".python-version")}
            - {{name: look, run: "python -V; echo $pythonLocation"}}
            - {used(python, python_version="3.12", cache="pip", cache_dependency_path="none.txt")}
            - {used(python, python_version="3.12", cache="poetry", cache_dependency_path=lock)}
            - {used(python, python_version="3.1")}
            - {used(python, python_version_file="none")}
            - {used(python, python_version="3.x")}
            - {used(python, python_version="3.12", pip_install="x")}
        file:
          runs-on: x
          steps:
            - {{uses: actions/checkout@pin, with: {{persist-credentials: false}}}}
            - {{uses: {python}@pin}}
            - {{name: look, run: "python -V"}}
        """,
        {".python-version": "3.12\n"},
    )
    assert steps_of(run, "python")[1:] == [*["success"] * 3, *["failure"] * 5]
    assert run.job("python").step("look").log.startswith("Python 3.11.")
    assert "tools/python-3.11" in run.job("python").step("look").log
    messages = told(run, "python")
    assert "only python-version will be used" in messages[0]
    assert "matched to [none.lock], make sure" in messages[1]
    assert run.job("file").step("look").log.startswith("Python 3.12.")


def test_job_installs_what_it_needs(github: Bench) -> None:
    """What one job has installed, another one with the same cache does not find."""
    install = "python -m pip install --quiet --disable-pip-version-check iniconfig==2.1.0"
    given = "{python-version: '3.12', cache: pip, cache-dependency-path: r.txt}"
    setup = f"{{uses: actions/setup-python@pin, with: {given}}}"
    run = own(
        github,
        "installs",
        f"""
        has:
          runs-on: x
          steps:
            - {{uses: actions/checkout@pin, with: {{persist-credentials: false}}}}
            - {setup}
            - {{run: {install}}}
            - {{run: python -c 'import iniconfig'}}
        lacks:
          runs-on: x
          needs: has
          steps:
            - {{uses: actions/checkout@pin, with: {{persist-credentials: false}}}}
            - {setup}
            - {{run: python -c 'import iniconfig'}}
        """,
        {"r.txt": "iniconfig==2.1.0\n"},
    )
    assert run.results() == {"has": "success", "lacks": "failure"}


def test_setup_node(github: Bench) -> None:
    """A cache needs its lock file and its program, and npm's comes by itself where it is named."""
    node, pnpm = "actions/setup-node", "pnpm/action-setup"
    run = own(
        github,
        "node",
        f"""
        node:
          runs-on: x
          steps:
            - {{uses: actions/checkout@pin, with: {{persist-credentials: false}}}}
            - {used(node, node_version="24")}
            - {used(node, node_version="24", package_manager_cache="false")}
        none:
          runs-on: x
          steps:
            - {used(node, node_version="24", cache="pnpm", cache_dependency_path="pnpm-lock.yaml")}
            - {used(node, node_version="19")}
            - {used(pnpm)}
            - {used(node, node_version="24", package_manager_cache="false")}
            - {{name: look, run: "node --version; npm --version"}}
        """,
        {"package.json": '{"packageManager": "npm@11.0.0"}\n'},
    )
    assert steps_of(run, "node")[1:] == ["failure", "success"]
    assert told(run, "node")[0].startswith("Dependencies lock file is not found in")
    assert steps_of(run, "none") == ["failure", "failure", "failure", "success", "success"]
    assert [message.split(":")[0] for message in told(run, "none")] == [
        "Unable to locate executable file",
        "Node.js",
        "No pnpm version is specified.",
    ]
    assert run.job("none").step("look").log.startswith("v24.")


def test_setup_uv(github: Bench) -> None:
    """Another checksum fails, a glob without a file warns, and a cache without a folder fails."""
    uv = "astral-sh/setup-uv"
    cached = 'version: "0.12.5", enable-cache: "true", cache-dependency-glob: uv.lock'
    run = own(
        github,
        "uv",
        f"""
        wrong:
          runs-on: x
          steps:
            - {used(uv, version="0.12.5", checksum="0" * 64)}
            - {used(uv, version="0.1.0")}
        unused:
          runs-on: x
          steps: [{{uses: {uv}@pin, with: {{{cached}}}}}]
        cache:
          runs-on: x
          steps:
            - {{uses: {uv}@pin, with: {{python-version: "3.13", {cached}}}}}
            - {{name: look, run: "uv venv --quiet v; v/bin/python -V"}}
        """,
    )
    assert steps_of(run, "wrong") == ["failure", "failure"]
    assert told(run, "wrong")[0].startswith("Checksum for uv 0.12.5 did not match")
    assert run.job("cache").step("look").log.startswith("Python 3.13.")
    assert "No file matched to [uv.lock]" in told(run, "unused")[0]
    assert "does not exist on disk" in told(run, "unused")[1]
    assert run.results() == {"wrong": "success", "unused": "failure", "cache": "success"}


def test_inputs_of_docker_actions(github: Bench) -> None:
    """What buildx would refuse is refused before it is recorded."""
    build = "docker/build-push-action"
    run = own(
        github,
        "docker",
        f"""
        docker:
          runs-on: x
          steps:
            - {{run: "printf 'FROM a AS base\\nFROM base AS last\\n' > Dockerfile"}}
            - {used(build, context=".", target="last", tags="ghcr.io/a/b:1", push="true")}
            - {used(build, context=".", target="gone")}
            - {used(build, context=".", push="true")}
            - {used(build, context=".", tags="ghcr.io/A/b")}
            - {used(build, context=".", platforms="linux/amd64,lunix/arm64")}
            - {used(build, context=".", cache_from="type=gha,scop=x")}
            - {used(build, context=".", cache_to="type=registry,mode=max")}
            - {used(build, context=".", load="true", platforms="linux/amd64,linux/arm64")}
            - {used("docker/login-action", registry="ghcr.io", username="a")}
            - {used("docker/setup-buildx-action", driver_opts="image")}
            - {used("docker/bake-action")}
        """,
    )
    assert steps_of(run, "docker") == ["success", "success", *["failure"] * 10]
    assert [record["kind"] for record in run.records] == ["build"]
    assert told(run, "docker")[-1] == "there is no stand-in for docker/bake-action"


# ── services ──────────────────────────────────────────────────────────────────

WORDS = {
    "a  b\tc": ["a", "b", "c"],
    '--health-cmd "a b"': ["--health-cmd", "a b"],
    "--health-cmd 'a b'": ["--health-cmd", "'a", "b'"],
    'a"b c"d': ["ab cd"],
    r"a\b \\c": [r"a\b", r"\\c"],
    r'"a\"b" \\"c d"': ['a"b', r"\c d"],
    '"a""b"': ['a"b'],
    '"" a': ["", "a"],
    "--save '' x": ["--save", "''", "x"],
}


@pytest.mark.parametrize("line", WORDS)
def test_words_of_service_options(line: str) -> None:
    """Double quotes alone group words, as .NET's parser has it, which the runner uses."""
    assert arguments.split(line) == WORDS[line]


def test_options_of_services(tmp_path: Path) -> None:
    """A health command in single quotes is no option, and neither is one unknown to docker."""
    given = {"image": "postgres:16", "options": '--health-cmd "pg_isready -U a" --shm-size=1g'}
    made = Service.of("a", given, tmp_path / "a", False)
    assert made.option("--health-cmd", "") == "pg_isready -U a"
    for number, options in enumerate(
        ("--health-cmd 'pg_isready -U a'", "--healthy yes", "--tmpfs")
    ):
        with pytest.raises(AssertionError, match="docker create"):
            Service.of("b", given | {"options": options}, tmp_path / str(number), False)
    with pytest.raises(AssertionError, match="not modelled"):
        Service.of("c", given | {"credentials": {}}, tmp_path / "c", False)
