"""actions/setup-java@v5.7.0."""

from __future__ import annotations

from .. import programs
from . import caches, globs
from .use import Action, ActionError, Use

INPUTS = {
    "java-version": "",
    "java-version-file": "",
    "distribution": "",
    "java-package": "jdk",
    "architecture": "",
    "jdk-file": "",
    "jdkFile": "",
    "check-latest": "false",
    "set-default": "true",
    "verify-signature": "false",
    "verify-signature-public-key": "",
    "server-id": "github",
    "server-username": "GITHUB_ACTOR",
    "server-password": "GITHUB_TOKEN",
    "settings-path": "",
    "overwrite-settings": "true",
    "gpg-private-key": "",
    "gpg-passphrase": "",
    "cache": "",
    "cache-dependency-path": "",
    "job-status": "",
    "token": "",
    "mvn-toolchain-id": "",
    "mvn-toolchain-vendor": "",
    "show-download-progress": "false",
}
MANAGERS = {
    "maven": (
        ".m2/repository",
        ["**/pom.xml", "**/.mvn/wrapper/maven-wrapper.properties", "**/.mvn/extensions.xml"],
    ),
    "gradle": (
        ".gradle/caches",
        [
            "**/*.gradle*",
            "**/gradle-wrapper.properties",
            "buildSrc/**/Versions.kt",
            "buildSrc/**/Dependencies.kt",
            "gradle/*.versions.toml",
            "**/versions.properties",
        ],
    ),
}


def setup_java(use: Use) -> None:
    """Puts a JDK on the path; the build tool's cache travels from run to run.

    src/setup-java.ts: a version and a distribution are needed. src/distributions/base-installer.ts:
    JAVA_HOME and the path. src/maven-args.ts: Maven prints no progress. The settings of Maven that
    it writes hold no secret here. This machine's JDK is Debian's, of the same major version.
    """
    wanted = use.text("java-version")
    if not wanted:
        raise ActionError("java-version or java-version-file input expected")
    if use.text("distribution") != "temurin":
        raise ActionError(f"the distribution {use.text('distribution')!r} is not modelled")
    try:
        version, home = programs.java(wanted)
    except LookupError as error:
        raise ActionError(f"Java: {error}") from error
    use.place.prepend(home / "bin")
    use.exported |= {
        "JAVA_HOME": str(home),
        f"JAVA_HOME_{version.partition('.')[0]}_X64": str(home),
        "MAVEN_ARGS": "-ntp",
    }
    use.outputs |= {"distribution": "Temurin-Hotspot", "version": version, "path": str(home)}
    if use.text("cache"):
        _cache(use, use.text("cache"))


def _cache(use: Use, manager: str) -> None:
    """src/cache.ts `restore` and `save`: no file to hash is an error, and the key is exact."""
    if manager not in MANAGERS:
        raise ActionError(f"unknown package manager specified: {manager}")
    folder, patterns = MANAGERS[manager]
    lines = use.lines("cache-dependency-path") or patterns
    found = globs.digest(lines, use.place.workspace)
    if not found:
        raise ActionError(
            f"No file in {use.place.workspace} matched to [{','.join(lines)}], "
            "make sure you have checked out the target repository"
        )
    paths, key = [str(use.place.home / folder)], f"setup-java-Linux-x64-{manager}-{found}"
    use.outputs["cache-primary-key"] = key
    hit = caches.fetch(use, paths, key)
    use.outputs["cache-hit"] = str(bool(hit)).lower()
    if not hit:
        use.when_green(lambda: use.log.append(caches.keep(use, paths, key)))


SETUP_JAVA = Action(
    setup_java,
    INPUTS,
    frozenset({"java-version", "distribution", "cache", "cache-dependency-path"}),
)
