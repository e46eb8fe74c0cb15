"""The image that pods run, and the patch that changes it.

Image and version label change in one JSON patch, which first tests that containers
are still where they were read: a patch by index alone could hit another one. Init and
side containers of the same repository change with the container.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cluster import MOVED, Cluster, Failed
from runner import Problem, log

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
PATCH_ATTEMPTS = 4
# Pods in these phases have ended, and stay listed with the image that they had.
ENDED = ("Failed", "Succeeded")


@dataclass(frozen=True)
class Version:
    """An image by digest, and its version label (None: no label)."""

    image: str
    label: str | None

    @property
    def repository(self) -> str:
        return self.image.partition("@")[0]

    @property
    def digest(self) -> str:
        return self.image.partition("@")[2]

    def json(self) -> dict[str, str | None]:
        return {"image": self.image, "version": self.label}

    @staticmethod
    def parse(data: Any, place: str) -> Version:
        image = data.get("image") if isinstance(data, dict) else None
        label = data.get("version") if isinstance(data, dict) else None
        if (
            not isinstance(image, str)
            or DIGEST.fullmatch(image.partition("@")[2]) is None
        ):
            raise Problem(f"{place} names no image by digest")
        return Version(image, label if isinstance(label, str) else None)


@dataclass(frozen=True)
class Pin:
    """A container of a workload, and its intended version."""

    container: str
    label_key: str
    version: Version


def find_container(
    workload: dict[str, Any], name: str, ref: str
) -> tuple[int, dict[str, Any]]:
    containers = pod_template(workload, ref).get("spec", {}).get("containers") or []
    for index, container in enumerate(containers):
        if container.get("name") == name:
            return index, container
    known = ", ".join(str(container.get("name")) for container in containers) or "none"
    raise Problem(f"{ref} has no container {name} (it has {known})")


def pod_template(workload: dict[str, Any], ref: str) -> dict[str, Any]:
    found = workload.get("spec", {}).get("template")
    if not isinstance(found, dict):
        raise Problem(f"{ref} has no pod template")
    return found


def pinned(workload: dict[str, Any], pin: Pin, ref: str) -> Version | None:
    """The image of the template, if it is by digest."""
    image = str(find_container(workload, pin.container, ref)[1].get("image", ""))
    if DIGEST.fullmatch(image.partition("@")[2]) is None:
        return None
    labels = pod_template(workload, ref).get("metadata", {}).get("labels") or {}
    label = labels.get(pin.label_key)
    return Version(f"{_repository(image)}@{image.partition('@')[2]}", label)


def _repository(image: str) -> str:
    """The repository alone: a tag before the digest is for readers."""
    return re.sub(r":[^/:]+$", "", image.partition("@")[0])


def own_containers(
    spec: dict[str, Any], pin: Pin
) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """The containers of a pod that run the pin's image: list, index, and container."""
    for place in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(place) or []):
            named = place == "containers" and container.get("name") == pin.container
            same = _repository(str(container.get("image", ""))) == (
                pin.version.repository
            )
            if named or same:
                yield place, index, container


def running_version(
    cluster: Cluster, ref: str, container: str, label_key: str
) -> Version:
    """The running version; an image by tag is resolved through its pods."""
    workload = cluster.need(ref)
    by_digest = pinned(workload, Pin(container, label_key, Version("", None)), ref)
    if by_digest is not None:
        return by_digest
    found = set()
    for pod in _live(cluster, workload):
        for status in pod.get("status", {}).get("containerStatuses") or []:
            if status.get("name") == container and status.get("ready"):
                found.add(str(status.get("imageID", "")).split("://")[-1])
    if len(found) != 1:
        raise Problem(
            f"{ref} runs an image by tag, and its ready pods name {len(found)} "
            "digests: there is no one version to return to",
            "Set its image by digest once, and wait until it is rolled out",
        )
    image = found.pop()
    if DIGEST.fullmatch(image.partition("@")[2]) is None:
        raise Problem(
            f"{ref} runs an image that no registry holds",
            "Set its image by digest once",
        )
    labels = pod_template(workload, ref).get("metadata", {}).get("labels") or {}
    return Version(image, labels.get(label_key))


def put_version(
    cluster: Cluster, ref: str, pin: Pin, replicas: int | None = None
) -> bool:
    """Sets the version of a workload; returns whether that changed it."""
    for attempt in range(1, PATCH_ATTEMPTS + 1):
        operations = _operations(cluster.need(ref), ref, pin, replicas)
        if not operations:
            return False
        try:
            cluster.json_patch(ref, operations)
        except Failed as refused:
            if attempt == PATCH_ATTEMPTS or not MOVED.search(refused.stderr):
                raise
            time.sleep(0.2 * attempt)
        else:
            return True
    return False


def replicas_of(workload: dict[str, Any]) -> int:
    value = workload.get("spec", {}).get("replicas")
    return value if isinstance(value, int) else 1


def place_version(workload: dict[str, Any], ref: str, pin: Pin) -> None:
    """Writes a version into a manifest that is not applied yet."""
    find_container(workload, pin.container, ref)
    for _, _, container in own_containers(pod_template(workload, ref)["spec"], pin):
        container["image"] = pin.version.image
    labels = (
        pod_template(workload, ref).setdefault("metadata", {}).setdefault("labels", {})
    )
    if pin.version.label is None:
        labels.pop(pin.label_key, None)
    else:
        labels[pin.label_key] = pin.version.label


def version_mismatch(cluster: Cluster, ref: str, pin: Pin) -> str:
    """The difference of template and pods from the version, or ""."""
    workload = cluster.need(ref)
    if pinned(workload, pin, ref) != pin.version:
        return f"{ref} does not name {pin.version.image}"
    pods = _live(cluster, workload)
    for pod in pods:
        for _, _, container in own_containers(pod.get("spec", {}), pin):
            image = str(container.get("image", ""))
            if image.partition("@")[2] != pin.version.digest:
                return f"pod {pod['metadata'].get('name')} still runs {image}"
    if replicas_of(workload) and not any(_ready(pod) for pod in pods):
        return f"no pod of {ref} is ready"
    return ""


def _live(cluster: Cluster, workload: dict[str, Any]) -> list[dict[str, Any]]:
    """The pods that run or will run."""
    return [
        pod
        for pod in cluster.pods(workload)
        if pod.get("status", {}).get("phase") not in ENDED
        and not pod.get("metadata", {}).get("deletionTimestamp")
    ]


def _ready(pod: dict[str, Any]) -> bool:
    return any(
        condition.get("type") == "Ready" and condition.get("status") == "True"
        for condition in pod.get("status", {}).get("conditions") or []
    )


def heal(cluster: Cluster, ref: str, timeout: float) -> None:
    """Deletes pods of a StatefulSet that never became ready in a revision that it left.

    The controller waits for them for ever. Source: forced rollback in
    https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
    """
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        workload = cluster.need(ref)
        status = workload.get("status", {})
        if status.get("observedGeneration") == workload["metadata"].get("generation"):
            break
        time.sleep(0.5)
    revision = status.get("updateRevision")
    for pod in _live(cluster, workload):
        labels = pod["metadata"].get("labels") or {}
        if labels.get("controller-revision-hash") != revision and not _ready(pod):
            cluster.delete(f"pod/{pod['metadata']['name']}")
            log(f"{ref}: deleted {pod['metadata']['name']}, which never became ready")


def _operations(
    workload: dict[str, Any], ref: str, pin: Pin, replicas: int | None
) -> list[dict[str, Any]]:
    find_container(workload, pin.container, ref)
    operations: list[dict[str, Any]] = []
    spec = pod_template(workload, ref).get("spec", {})
    for place, index, container in own_containers(spec, pin):
        if container.get("image") == pin.version.image:
            continue
        path = f"/spec/template/spec/{place}/{index}"
        name, image = container.get("name"), pin.version.image
        operations.append({"op": "test", "path": f"{path}/name", "value": name})
        operations.append({"op": "add", "path": f"{path}/image", "value": image})
    labels = pod_template(workload, ref).get("metadata", {}).get("labels") or {}
    key = pin.label_key.replace("~", "~0").replace("/", "~1")
    label_path = f"/spec/template/metadata/labels/{key}"
    if pin.version.label is None and pin.label_key in labels:
        operations.append({"op": "remove", "path": label_path})
    elif (
        pin.version.label is not None and labels.get(pin.label_key) != pin.version.label
    ):
        operations.append({"op": "add", "path": label_path, "value": pin.version.label})
    if replicas is not None and replicas_of(workload) != replicas:
        operations.append({"op": "add", "path": "/spec/replicas", "value": replicas})
    return operations
