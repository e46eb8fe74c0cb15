"""actions/attest@v4.2.2 and azure/setup-kubectl@v5.1.0.

Nothing is signed. kubectl is the real one where the bench has a control plane to reach.
"""

from __future__ import annotations

import os
import re
import shutil

from .use import Action, ActionError, Use

ATTEST_INPUTS = dict.fromkeys(
    """
    subject-path subject-digest subject-name subject-checksums subject-version sbom-path
    predicate-type predicate predicate-path github-token
    """.split(),
    "",
) | {"push-to-registry": "false", "create-storage-record": "true", "show-summary": "true"}
NO_KUBECTL = '#!/bin/sh\necho "this is not kubectl" >&2\nexit 1\n'


def attest(use: Use) -> None:
    """Checks what is attested, and records it. src/subject.ts: a digest has a form and a name."""
    if not use.text("subject-digest"):
        raise ActionError("a subject that is not a digest is not modelled")
    if not use.text("subject-name"):
        raise ActionError("subject-name must be provided when using subject-digest")
    if not re.fullmatch(r"sha256:[A-Za-z0-9]{64}", use.text("subject-digest")):
        raise ActionError('subject-digest must be in the format "sha256:<hex-digest>"')
    names = ("subject-name", "subject-digest")
    source = {"sha": use.place.sha, "ref": use.place.ref}
    use.place.record("attestation", **{name: use.text(name) for name in names}, **source)


def setup_kubectl(use: Use) -> None:
    """Puts kubectl on the path, in the one version that BENCH_KUBECTL names with its file.

    Otherwise it is a program that is not kubectl, so a job that compares checksums ends there.

    src/run.ts: a version without its patch is looked up, which is not modelled.
    """
    version = use.text("version")
    if not re.fullmatch(r"v?\d+\.\d+\.\d+", version):
        raise ActionError(f"the kubectl version {version!r} is not modelled")
    folder = use.place.tools / "kubectl"
    folder.mkdir()
    program = folder / "kubectl"
    there, _, real = os.environ.get("BENCH_KUBECTL", "").partition("=")
    if version == there:
        shutil.copy(real, program)
    else:
        program.write_text(NO_KUBECTL, "utf-8")
    program.chmod(0o775)
    use.place.prepend(folder)
    use.outputs["kubectl-path"] = str(program)


ATTEST = Action(
    attest,
    ATTEST_INPUTS,
    frozenset({"subject-digest", "subject-name", "push-to-registry", "create-storage-record"}),
)
SETUP_KUBECTL = Action(setup_kubectl, {"version": "latest"}, frozenset({"version"}))
