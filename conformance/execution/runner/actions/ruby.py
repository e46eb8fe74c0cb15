"""ruby/setup-ruby@v1.315.0."""

from __future__ import annotations

from pathlib import Path

from .. import programs
from .use import Action, ActionError, Use

INPUTS = {
    "ruby-version": "default",
    "rubygems": "default",
    "bundler": "Gemfile.lock",
    "bundler-cache": "false",
    "working-directory": "",
    "cache-version": "0",
    "self-hosted": "",
    "windows-toolchain": "default",
    "token": "",
}


def setup_ruby(use: Use) -> None:
    """Puts Ruby and Bundler on the path; with `bundler-cache`, installs the gems of the lock file.

    index.js: it works in `working-directory`. bundler.js `bundleInstall`: the lock file, where
    there is one, is frozen. The real action installs to vendor/bundle, which it keeps in a cache;
    here the gems are those of Debian, since no registry of gems is reached.
    """
    wanted = use.text("ruby-version")
    if wanted == "default":
        raise ActionError("setup-ruby without `ruby-version` is not modelled")
    try:
        _, folder = programs.ruby(wanted)
    except LookupError as error:
        raise ActionError(f"Ruby: {error}") from error
    own = use.place.tools / "ruby"
    own.mkdir()
    for name in ("ruby", "gem", "bundle", "bundler", "rake", "irb"):
        if (folder / name).exists():
            (own / name).symlink_to(folder / name)
    use.place.prepend(own)
    use.outputs["ruby-prefix"] = str(folder.parent)
    project = use.path("working-directory")
    if not project.is_dir():
        raise ActionError(f"ENOENT: no such file or directory, chdir '{project}'")
    if use.text("bundler-cache") == "true":
        _install(use, project)


def _install(use: Use, project: Path) -> None:
    locks = {"Gemfile": "Gemfile.lock", "gems.rb": "gems.locked"}
    found = [(name, lock) for name, lock in locks.items() if (project / name).is_file()]
    if not found:
        use.log.append('Could not determine gemfile path, skipping "bundle install" and caching')
        return
    frozen = str((project / found[0][1]).is_file()).lower()
    _bundle(use, project, "config", "set", "--local", "frozen", frozen)
    _bundle(use, project, "install", "--local")


def _bundle(use: Use, project: Path, *words: str) -> None:
    env = {**use.env, "PATH": use.place.path}
    code, told, error = use.place.call(["bundle", *words], project, env)
    use.log += told.splitlines()
    if code != 0:
        raise ActionError(f"The process 'bundle' failed with exit code {code}: {told}{error}")


SETUP_RUBY = Action(
    setup_ruby, INPUTS, frozenset({"ruby-version", "bundler-cache", "working-directory"})
)
