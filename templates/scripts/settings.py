"""Reads the settings of an environment, strictly.

PIPEWRIGHT_SETTINGS names a file, PIPEWRIGHT_ENVIRONMENT one environment in it:

    {
      "schema": 1, "project": "atom",
      "environments": {"production": {
        "url": ExternalValue,               optional; what smoke tests call
        "cluster": {...},                   see cluster
        "workloads": [{...}],               see workload
        "backup": {...}, "migrate": {...},  see kube_jobs
        "monitoring": {...}, "metrics": {...}, "limits": {...}, "gate": {...},
        "smoke": {...},                     see smoke_plan
        "notify": {...}                     see notify
      }}
    }

An *ExternalValue* is one of

    {"literal": "text"}
    {"env": "ENV_NAME", "source": "secret" | "var", "name": "GITHUB_NAME",
     "default": "text", "optional": true}

`name` is the name of the secret or variable on GitHub, by default `env`. An
empty value is unset. Without `default`, an unset value is an error unless `optional`
is true. Durations are text with one unit: "15s", "5m", "1h". Unknown keys are errors.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner import Problem, blank

SETTINGS_SCHEMA = 1
# A limit may be a secret, and blanking it would leave holes in every table of numbers.
NUMERIC = re.compile(r"[0-9.]+ ?[a-zA-Z%]*")
ROOT_KEYS = (
    "environment",
    "project",
    "url",
    "cluster",
    "marks",
    "timeout",
    "workloads",
    "backup",
    "migrate",
    "monitoring",
    "metrics",
    "limits",
    "gate",
    "smoke",
    "notify",
)
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class ExternalValue:
    """A literal of the definition, or a secret or variable of GitHub."""

    literal: str | None
    env: str = ""
    source: str = ""
    name: str = ""
    default: str | None = None
    optional: bool = False

    @property
    def secret(self) -> bool:
        return self.source == "secret"

    @property
    def described(self) -> str:
        if self.literal is not None:
            return "the definition"
        return f"{'secret' if self.secret else 'variable'} {self.name}"

    @property
    def given(self) -> bool:
        """Returns whether the secret or variable is set."""
        return self.literal is None and bool(os.environ.get(self.env, "").strip())

    def value(self) -> str | None:
        """The value without surrounding blanks, or None when unset."""
        if self.literal is not None:
            return self.literal
        value = os.environ.get(self.env, "").strip()
        return value or self.default

    def required(self) -> str:
        value = self.value()
        if value is None:
            raise Problem(f"{self.described} is empty", self.how_to_set(""))
        if self.secret and self.given:
            blank(value)
        return value

    def missing(self) -> bool:
        return self.value() is None and not self.optional

    def how_to_set(self, environment: str) -> str:
        kind = "secret" if self.secret else "variable"
        where = f" --env {environment}" if environment else ""
        return f"Set it with `gh {kind} set {self.name}{where}`"


class Table:
    """A JSON object that is read key by key; `done` refuses all other keys."""

    def __init__(
        self, data: Any, place: str, values: list[ExternalValue] | None = None
    ) -> None:
        if not isinstance(data, dict):
            raise Problem(f"settings: `{place}` must be an object")
        self.data: dict[str, Any] = data
        self.place = place
        self.values: list[ExternalValue] = [] if values is None else values
        self._read: set[str] = set()

    def names(self) -> list[str]:
        return list(self.data)

    def has(self, key: str) -> bool:
        self._read.add(key)
        return self.data.get(key) is not None

    def raw(self, key: str) -> Any:
        self._read.add(key)
        return self.data.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value:
            raise self.wrong(key, "a text")
        return value

    def text_or_none(self, key: str) -> str | None:
        return self.text(key) if self.has(key) else None

    def choice(
        self, key: str, choices: tuple[str, ...], default: str | None = None
    ) -> str:
        value = self.text(key, default)
        if value not in choices:
            raise self.wrong(key, "one of " + ", ".join(choices))
        return value

    def integer(self, key: str, default: int | None = None) -> int:
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.wrong(key, "a number that is not negative")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def texts(self, key: str) -> list[str]:
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(
            isinstance(item, str) for item in value
        ):
            raise self.wrong(key, "a list of texts")
        return list(value)

    def seconds(self, key: str, default: str | None = None) -> float:
        value = self.text(key, default)
        found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)", value)
        if found is None:
            raise self.wrong(key, 'a duration such as "30s"')
        return float(found[1]) * SECONDS[found[2]]

    def external(self, key: str) -> ExternalValue:
        return self.external_of(self.raw(key), key)

    def external_or_none(self, key: str) -> ExternalValue | None:
        return self.external(key) if self.has(key) else None

    def external_of(self, data: Any, key: str) -> ExternalValue:
        table = Table(data, f"{self.place}.{key}", self.values)
        if table.has("literal"):
            external = ExternalValue(literal=str(table.raw("literal")))
        else:
            env = table.text("env")
            external = ExternalValue(
                literal=None,
                env=env,
                source=table.choice("source", ("secret", "var")),
                name=table.text("name", env),
                default=table.text_or_none("default"),
                optional=table.flag("optional", False),
            )
        table.done()
        self.values.append(external)
        return external

    def externals_in(self, key: str) -> dict[str, ExternalValue]:
        if not self.has(key):
            return {}
        table = self.table(key)
        return {name: table.external(name) for name in table.names()}

    def table(self, key: str) -> Table:
        return Table(
            self.raw(key), f"{self.place}.{key}".removeprefix("."), self.values
        )

    def tables(self, key: str) -> list[Table]:
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(key, "a list")
        return [
            Table(item, f"{self.place}.{key}[{index}]".removeprefix("."), self.values)
            for index, item in enumerate(value)
        ]

    def done(self) -> None:
        unknown = sorted(set(self.data) - self._read)
        if unknown:
            raise Problem(
                f"settings: `{self.place}` has unknown keys {', '.join(unknown)}"
            )

    def wrong(self, key: str, expected: str) -> Problem:
        return Problem(
            f"settings: `{f'{self.place}.{key}'.lstrip('.')}` must be {expected}"
        )


@dataclass(frozen=True)
class Run:
    """This run of the workflow, from the runner's variables."""

    id: str
    number: int
    attempt: int
    workflow: str
    commit: str

    @property
    def version(self) -> str:
        """The version label of pods, which allows 63 characters and no colon."""
        return f"{self.commit[:12]}-{self.id}-{self.attempt}"

    @staticmethod
    def current() -> Run:
        number = os.environ.get("GITHUB_RUN_NUMBER", "")
        attempt = os.environ.get("GITHUB_RUN_ATTEMPT", "1")
        commit = os.environ.get("PIPEWRIGHT_COMMIT", "") or os.environ.get(
            "GITHUB_SHA", ""
        )
        identity = os.environ.get("GITHUB_RUN_ID", "")
        if not all(re.fullmatch("[0-9]+", it) for it in (number, attempt, identity)):
            raise Problem(
                "GITHUB_RUN_ID, GITHUB_RUN_NUMBER and GITHUB_RUN_ATTEMPT "
                "must be numbers"
            )
        if re.fullmatch(r"[0-9a-f]{40,64}", commit) is None:
            raise Problem("PIPEWRIGHT_COMMIT or GITHUB_SHA must be a full commit id")
        workflow = os.environ.get("GITHUB_WORKFLOW_REF", "").split("@")[0]
        return Run(identity, int(number), int(attempt), workflow, commit)


def read_settings() -> Table:
    """The root table of this job's environment."""
    path = os.environ.get("PIPEWRIGHT_SETTINGS", "")
    name = os.environ.get("PIPEWRIGHT_ENVIRONMENT", "")
    if not path or not name:
        raise Problem("PIPEWRIGHT_SETTINGS and PIPEWRIGHT_ENVIRONMENT must be set")
    try:
        data = json.loads(Path(path).read_text("utf-8"))
    except OSError as fault:
        raise Problem(f"cannot read the settings {path}: {fault.strerror}") from None
    except ValueError:
        raise Problem(f"the settings {path} are not JSON") from None
    file = Table(data, "")
    if file.integer("schema") != SETTINGS_SCHEMA:
        raise Problem(
            f"the settings {path} are of schema {file.raw('schema')}, "
            f"these scripts read {SETTINGS_SCHEMA}",
            "Run `pipewright generate`",
        )
    environments = file.table("environments")
    if not environments.has(name):
        raise Problem(f"the settings {path} have no environment {name}")
    root = environments.table(name)
    root.data |= {"environment": name, "project": file.text("project")}
    for key in ROOT_KEYS:
        root.has(key)
    root.place = "the environment"
    root.done()
    root.place = ""
    return root


def unset_problem(values: list[ExternalValue], environment: str) -> Problem | None:
    """One problem that names every required secret and variable that is empty."""
    empty = {value.described: value for value in values if value.missing()}
    if not empty:
        return None
    lines = [
        f"{name}: {value.how_to_set(environment)}" for name, value in empty.items()
    ]
    verb = "is" if len(lines) == 1 else "are"
    return Problem(
        f"{', '.join(empty)} {verb} empty in {environment}\n" + "\n".join(lines)
    )


def blank_secrets(values: list[ExternalValue]) -> None:
    """Removes the secrets of the settings from all output, also of pods and servers."""
    for external in values:
        value = external.value()
        if (
            external.secret
            and external.given
            and value
            and NUMERIC.fullmatch(value) is None
        ):
            blank(value)
