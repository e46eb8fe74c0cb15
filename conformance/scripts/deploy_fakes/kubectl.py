"""A kubectl whose cluster is a JSON file: the verbs, flags and refusals that the scripts rely on.

It models what decides a deploy (objects, patches with their tests, rollouts that finish or do not,
pods that follow the template only when a rollout finishes, Jobs) and no controller beside that.

FAKE_CLUSTER names a folder: state.json, calls.jsonl (every call's arguments), and after/N.json, the
state after the Nth call that changed something. In the state, `fail` lists what to refuse:
{"match": "regular expression over the arguments", "times": 2, "stderr": "…"}.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ["FAKE_CLUSTER"])
STATE = FOLDER / "state.json"


class Refused(Exception):
    pass


def main(arguments: list[str]) -> int:
    with (FOLDER / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps(arguments) + "\n")
    state = json.loads(STATE.read_text())
    words = [word for word in arguments if not word.startswith("--")]
    flags = dict(word[2:].partition("=")[::2] for word in arguments if word.startswith("--"))
    if not Path(os.environ.get("KUBECONFIG", "/nowhere")).is_file():
        return refuse("error: no kubeconfig")
    if flags.get("namespace") != state["namespace"]:
        return refuse(f"namespaces {flags.get('namespace')} is forbidden")
    for plan in state.get("fail", []):
        if plan["times"] > 0 and re.search(plan["match"], " ".join(arguments)):
            plan["times"] -= 1
            STATE.write_text(json.dumps(state))
            return refuse(plan["stderr"])
    try:
        before = json.dumps(state, sort_keys=True)
        code = VERBS[words[0]](state, words[1:], flags)
    except Refused as why:
        return refuse(str(why))
    if json.dumps(state, sort_keys=True) != before:
        STATE.write_text(json.dumps(state))
        after = FOLDER / "after"
        after.mkdir(exist_ok=True)
        (after / f"{len(list(after.iterdir())):03}.json").write_text(json.dumps(state))
    return code


def refuse(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


def need(state: dict[str, Any], ref: str) -> dict[str, Any]:
    if ref not in state["objects"]:
        raise Refused(f'Error from server (NotFound): "{ref}" not found')
    return dict(state["objects"])[ref]  # type: ignore[no-any-return]


def get(state: dict[str, Any], words: list[str], flags: dict[str, str]) -> int:
    if flags.get("raw") == "/version":
        print("{}")
    elif words[0] == "pods":
        wanted = dict(pair.split("=") for pair in flags["selector"].split(","))
        items = [
            pod(state, ref, item)
            for ref, item in state["objects"].items()
            if item["kind"] == "Deployment" and item["spec"]["selector"]["matchLabels"] == wanted
        ]
        print(json.dumps({"items": items}))
    elif words[0] in ("jobs", "events", "resourcequotas"):
        print(json.dumps({"items": state.get(words[0], [])}))
    elif words[0] in state["objects"]:
        item = state["objects"][words[0]]
        if item["kind"] == "Job" and "status" not in item:
            purpose = item["metadata"]["name"].split("-")[1]
            ended = state.get("jobs", {}).get(purpose, "Complete")
            conditions = [{"type": ended, "status": "True", "reason": "BackoffLimitExceeded"}]
            item["status"] = {"conditions": conditions if ended != "Running" else []}
        print(json.dumps(item))
    elif "ignore-not-found" not in flags:
        need(state, words[0])
    return 0


def pod(state: dict[str, Any], ref: str, item: dict[str, Any]) -> dict[str, Any]:
    container = item["spec"]["template"]["spec"]["containers"][-1]["name"]
    image = state["rolled"].get(ref, "")
    digest = state.get("tags", {}).get(image, image)
    status = {"name": container, "ready": True, "imageID": digest}
    return {
        "metadata": {"name": f"{item['metadata']['name']}-x"},
        "spec": {"containers": [{"name": container, "image": image}]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [status],
        },
    }


def patch(state: dict[str, Any], words: list[str], flags: dict[str, str]) -> int:
    item = need(state, words[0])
    body = json.loads(flags["patch"])
    if flags["type"] == "merge":
        merge(item, body)
    else:
        copy = json.loads(json.dumps(item))
        for operation in body:
            operate(copy, operation)
        state["objects"][words[0]] = copy
    print(f"{words[0]} patched")
    return 0


def merge(into: dict[str, Any], body: dict[str, Any]) -> None:
    for key, value in body.items():
        if value is None:
            into.pop(key, None)
        elif isinstance(value, dict):
            child = into.setdefault(key, {})
            merge(child, value)
        else:
            into[key] = value


def operate(item: Any, operation: dict[str, Any]) -> None:
    *path, last = [
        part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]
    ]
    try:
        for part in path:
            item = item[int(part)] if isinstance(item, list) else item[part]
        key: Any = int(last) if isinstance(item, list) else last
        if operation["op"] == "test" and item[key] != operation["value"]:
            raise Refused(f"testing value {operation['path']} failed: test failed")
        if operation["op"] == "add":
            item[key] = operation["value"]
        if operation["op"] == "remove":
            del item[key]
    except (KeyError, IndexError):
        raise Refused(f"The request is invalid: no path {operation['path']}") from None


def apply(state: dict[str, Any], words: list[str], flags: dict[str, str]) -> int:
    data = json.load(sys.stdin)
    if flags.get("dry-run") == "server":
        return 0
    for item in data["items"] if data["kind"] == "List" else [data]:
        ref = f"{item['kind'].lower()}/{item['metadata']['name']}"
        if ref in state["objects"] and item["kind"] == "Job":
            raise Refused("The Job is invalid: spec.template: field is immutable")
        merge(state["objects"].setdefault(ref, {}), item)
        print(f"{ref} configured")
        if item["kind"] == "Job":
            state.setdefault("started", []).append(item)
    return 0


def create(state: dict[str, Any], words: list[str], flags: dict[str, str]) -> int:
    if flags.get("dry-run") != "client":
        raise Refused("only --dry-run=client is known here")
    folder = Path(flags.get("kustomize") or flags["filename"])
    for path in sorted(folder.glob("*.json")):
        print(json.dumps(json.loads(path.read_text()), indent=2))
    return 0


def rollout(state: dict[str, Any], words: list[str], flags: dict[str, str]) -> int:
    item = need(state, words[1])
    image = item["spec"]["template"]["spec"]["containers"][-1]["image"]
    if any(bad in image for bad in state.get("never_ready", [])):
        raise Refused(f"error: {words[1]} exceeded its progress deadline")
    state["rolled"][words[1]] = image
    print(f'"{words[1]}" successfully rolled out')
    return 0


def delete(state: dict[str, Any], words: list[str], flags: dict[str, str]) -> int:
    state["objects"].pop(words[0], None)
    return 0


def logs(state: dict[str, Any], words: list[str], flags: dict[str, str]) -> int:
    print(state.get("logs", "done"))
    return 0


def auth(state: dict[str, Any], words: list[str], flags: dict[str, str]) -> int:
    resource = words[2] + ("/" + flags["subresource"] if "subresource" in flags else "")
    allowed = f"{words[1]} {resource}" not in state.get("forbidden", [])
    print("yes" if allowed else "no")
    return 0 if allowed else 1


def port_forward(state: dict[str, Any], words: list[str], flags: dict[str, str]) -> int:
    port = state.get("forward", {}).get(words[0])
    if port is None:
        raise Refused(f"error: unable to forward port because {words[0]} has no pod")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"Forwarding from 127.0.0.1:{port} -> 8080", flush=True)
    time.sleep(60)
    return 0


VERBS = {
    "get": get,
    "patch": patch,
    "apply": apply,
    "create": create,
    "rollout": rollout,
    "delete": delete,
    "logs": logs,
    "auth": auth,
    "port-forward": port_forward,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
