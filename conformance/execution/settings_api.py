"""GitHub's settings of a repository, read and written through its REST API on this machine.

Names of secrets and variables, and never values, as the API lists them. Sources:
<https://docs.github.com/rest/actions/permissions>, <https://docs.github.com/rest/actions/secrets>,
<https://docs.github.com/rest/actions/variables>, <https://docs.github.com/rest/actions/cache>,
<https://docs.github.com/rest/deployments/environments>,
<https://docs.github.com/rest/deployments/branch-policies>, <https://docs.github.com/rest/repos/rules>,
<https://docs.github.com/rest/actions/policies>.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

Answer = tuple[int, Any]

OWNER = "acme"
REPOSITORY = f"{OWNER}/atom"
REVIEWER = 583231
MISSING: Answer = (404, {"message": "Not Found"})
GIGABYTE = 1 << 30


@dataclass
class Environment:
    """An environment of the repository."""

    reviewers: list[Any] = field(default_factory=list)
    minutes: int = 0
    policy: dict[str, bool] | None = None
    patterns: list[dict[str, str]] = field(default_factory=list)
    names: dict[str, set[str]] = field(
        default_factory=lambda: {"secrets": set(), "variables": set()}
    )

    def shown(self, name: str) -> dict[str, Any]:
        """The environment as a list has it."""
        rules: list[dict[str, Any]] = []
        if self.reviewers:
            rules.append({"type": "required_reviewers", "reviewers": self.reviewers})
        if self.minutes:
            rules.append({"type": "wait_timer", "wait_timer": self.minutes})
        return {"name": name, "protection_rules": rules, "deployment_branch_policy": self.policy}


@dataclass
class State:
    """The settings of a repository."""

    private: bool = False
    plan: str = "enterprise"
    actions: dict[str, Any] = field(
        default_factory=lambda: {
            "enabled": True,
            "allowed_actions": "all",
            "sha_pinning_required": True,
        }
    )
    selected: dict[str, Any] = field(default_factory=dict)
    token: dict[str, Any] = field(
        default_factory=lambda: {
            "default_workflow_permissions": "read",
            "can_approve_pull_request_reviews": False,
        }
    )
    names: dict[str, set[str]] = field(
        default_factory=lambda: {"secrets": set(), "variables": set()}
    )
    shared: dict[str, set[str]] = field(
        default_factory=lambda: {"secrets": set(), "variables": set()}
    )
    environments: dict[str, Environment] = field(default_factory=dict)
    rulesets: list[dict[str, Any]] = field(default_factory=list)
    policies: list[dict[str, Any]] = field(default_factory=list)
    branches: tuple[str, ...] = ("main", "develop")
    caches: int = 0


class SettingsApi:
    """Serves until it is closed."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.lock = threading.Lock()
        handler = type("Bound", (Handler,), {"api": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Ends the server."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, body: Any) -> Answer:
        """The status and the document of a request."""
        for verb, pattern, route in ROUTES:
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                with self.lock:
                    return route(self.state, [unquote(part or "") for part in found.groups()], body)
        return MISSING


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    api: SettingsApi

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"null")
        status, value = self.api.answer(self.command, urlsplit(self.path).path, body)
        content = b"" if status == 204 else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = _answer

    def log_message(self, format: str, *args: Any) -> None:
        """Prints nothing."""


# Events of policies, of those that generated workflows have.
EVENTS = frozenset(
    (
        "merge_group",
        "pull_request",
        "push",
        "release",
        "schedule",
        "workflow_call",
        "workflow_dispatch",
    )
)

Route = Callable[[State, list[str], Any], Answer]
ROUTES: list[tuple[str, str, Route]] = []
BASE = f"/repos/{REPOSITORY}"


def route(method: str, path: str) -> Callable[[Route], Route]:
    """Registers the answer to a path below the repository; groups are its parts."""

    def register(answer: Route) -> Route:
        start = "" if path.startswith(("/orgs", "/users")) else BASE
        ROUTES.append((method, start + path, answer))
        return answer

    return register


def listed(key: str, items: list[Any]) -> Answer:
    """A list with its length."""
    return 200, {"total_count": len(items), key: items}


def named(kind: str, names: set[str]) -> Answer:
    """A list of names."""
    return listed(kind, [{"name": name} for name in sorted(names)])


def numbered(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Items with the ids that a list has."""
    return [item | {"id": number} for number, item in enumerate(items, 1)]


def replaced(items: list[dict[str, Any]], number: str, body: dict[str, Any]) -> Answer:
    """Changes the keys of an item that the body has."""
    index = int(number) - 1
    if index not in range(len(items)):
        return MISSING
    items[index] |= body
    return 200, numbered(items)[index]


def setting(path: str, name: str) -> None:
    """Registers a setting of the repository: its keys are read, and changed by those of a body."""

    @route("GET", path)
    def read(state: State, parts: list[str], body: Any) -> Answer:
        return 200, getattr(state, name)

    @route("PUT", path)
    def change(state: State, parts: list[str], body: Any) -> Answer:
        getattr(state, name).update(body)
        return 204, None


setting("/actions/permissions", "actions")
setting("/actions/permissions/workflow", "token")


@route("GET", "")
def repository(state: State, parts: list[str], body: Any) -> Answer:
    """The repository, of an organization."""
    owner = {"login": OWNER, "type": "Organization"}
    return 200, {"full_name": REPOSITORY, "private": state.private, "owner": owner}


@route("GET", "/orgs/([^/]+)")
def organization(state: State, parts: list[str], body: Any) -> Answer:
    """The organization, with its plan."""
    return 200, {"login": parts[0], "plan": {"name": state.plan}}


@route("GET", "/users/([^/]+)")
def user(state: State, parts: list[str], body: Any) -> Answer:
    """A user, with the number that a reviewer is set by."""
    return 200, {"login": parts[0], "id": REVIEWER}


@route("GET", "/actions/permissions/selected-actions")
def selected(state: State, parts: list[str], body: Any) -> Answer:
    """The selected actions; a conflict where none are selected."""
    if state.actions["allowed_actions"] != "selected":
        return 409, {"message": "Conflict"}
    return 200, state.selected


@route("GET", "/actions/policies")
def policies(state: State, parts: list[str], body: Any) -> Answer:
    """The execution protections."""
    return listed("policies", numbered(state.policies))


@route("POST", "/actions/policies")
def add_policy(state: State, parts: list[str], body: Any) -> Answer:
    """Adds an execution protection."""
    if not is_policy(body):
        return 422, {"message": "Validation Failed"}
    state.policies.append(body | {"target": "actions"})
    return 201, numbered(state.policies)[-1]


@route("PUT", "/actions/policies/([0-9]+)")
def set_policy(state: State, parts: list[str], body: Any) -> Answer:
    """Changes an execution protection."""
    if not is_policy(body):
        return 422, {"message": "Validation Failed"}
    return replaced(state.policies, parts[0], body)


def is_policy(body: Any) -> bool:
    """Whether a body is for some workflows, of known rules and events."""
    paths = body["conditions"]["workflow_path"]
    rules = {rule["type"]: rule["parameters"] for rule in body["rules"]}
    events = rules.get("restrict_action_events", {}).get("allowed_events", [])
    is_known = rules.keys() <= {"restrict_action_events", "restrict_actions_actors"}
    return is_known and bool(paths["include"] + paths["exclude"]) and EVENTS.issuperset(events)


@route("GET", "/actions/(secrets|variables)")
def own_names(state: State, parts: list[str], body: Any) -> Answer:
    """Names of the repository."""
    return named(parts[0], state.names[parts[0]])


@route("GET", "/actions/organization-(secrets|variables)")
def shared_names(state: State, parts: list[str], body: Any) -> Answer:
    """Names of the organization."""
    return named(parts[0], state.shared[parts[0]])


@route("GET", "/environments/([^/]+)/(secrets|variables)")
def environment_names(state: State, parts: list[str], body: Any) -> Answer:
    """Names of an environment."""
    found = state.environments.get(parts[0])
    return named(parts[1], found.names[parts[1]]) if found else MISSING


@route("PUT", "(?:/actions|/environments/([^/]+))/(secrets|variables)/([^/]+)")
def set_name(state: State, parts: list[str], body: Any) -> Answer:
    """Sets a secret or a variable."""
    return place(state, parts, lambda names, name: names.add(name))


@route("DELETE", "(?:/actions|/environments/([^/]+))/(secrets|variables)/([^/]+)")
def delete_name(state: State, parts: list[str], body: Any) -> Answer:
    """Deletes a secret or a variable."""
    return place(state, parts, lambda names, name: names.discard(name))


def place(state: State, parts: list[str], change: Callable[[set[str], str], None]) -> Answer:
    """Changes the names of an environment, or those of the repository."""
    environment, kind, name = parts
    if environment and environment not in state.environments:
        return MISSING
    owner = state.environments[environment] if environment else state
    change(owner.names[kind], name)
    return 204, None


@route("GET", "/environments")
def environments(state: State, parts: list[str], body: Any) -> Answer:
    """All environments."""
    return listed("environments", [one.shown(name) for name, one in state.environments.items()])


@route("PUT", "/environments/([^/]+)")
def set_environment(state: State, parts: list[str], body: Any) -> Answer:
    """Makes an environment, or changes the rules that the body has."""
    made = state.environments.setdefault(parts[0], Environment())
    for reviewer in body.get("reviewers") or []:
        if not isinstance(reviewer["id"], int):
            return 422, {"message": "Validation Failed"}
    made.reviewers = body.get("reviewers", made.reviewers) or []
    made.minutes = body.get("wait_timer", made.minutes)
    made.policy = body.get("deployment_branch_policy", made.policy)
    return 200, made.shown(parts[0])


@route("GET", "/environments/([^/]+)/deployment-branch-policies")
def patterns(state: State, parts: list[str], body: Any) -> Answer:
    """The branches and tags that can use an environment."""
    found = state.environments.get(parts[0])
    return listed("branch_policies", numbered(found.patterns)) if found else MISSING


@route("POST", "/environments/([^/]+)/deployment-branch-policies")
def add_pattern(state: State, parts: list[str], body: Any) -> Answer:
    """Lets a branch or tag use an environment, if that has a policy for patterns."""
    found = state.environments.get(parts[0])
    if not found or not found.policy or not found.policy["custom_branch_policies"]:
        return MISSING
    if body in found.patterns:
        return 303, {"message": "See Other"}
    found.patterns.append(body)
    return 200, body


@route("GET", "/rules/branches/([^/]+)")
def rules(state: State, parts: list[str], body: Any) -> Answer:
    """The active rules of a branch."""
    reference = f"refs/heads/{parts[0]}"
    return 200, [
        rule
        for ruleset in state.rulesets
        if ruleset["enforcement"] == "active"
        and reference in ruleset["conditions"]["ref_name"]["include"]
        for rule in ruleset["rules"]
    ]


@route("GET", "/rulesets")
def rulesets(state: State, parts: list[str], body: Any) -> Answer:
    """All rulesets, without their rules."""
    keys = ("id", "name", "target", "enforcement")
    return 200, [{key: one.get(key) for key in keys} for one in numbered(state.rulesets)]


@route("POST", "/rulesets")
def add_ruleset(state: State, parts: list[str], body: Any) -> Answer:
    """Adds a ruleset, whose name is new."""
    if any(one["name"] == body["name"] for one in state.rulesets):
        return 422, {"message": "Validation Failed", "errors": ["Name must be unique"]}
    state.rulesets.append(body)
    return 201, numbered(state.rulesets)[-1]


@route("PUT", "/rulesets/([0-9]+)")
def set_ruleset(state: State, parts: list[str], body: Any) -> Answer:
    """Changes a ruleset."""
    return replaced(state.rulesets, parts[0], body)


@route("GET", "/branches/([^/]+)")
def branch(state: State, parts: list[str], body: Any) -> Answer:
    """A branch without branch protection."""
    if parts[0] not in state.branches:
        return 404, {"message": "Branch not found"}
    return 200, {"name": parts[0], "protected": False}


@route("GET", "/actions/cache/usage")
def caches(state: State, parts: list[str], body: Any) -> Answer:
    """The size of caches."""
    return 200, {"active_caches_size_in_bytes": state.caches}
