"""Who answers a query: the built-in model, or a model service over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import httpx2

from core.episodes import Recollection
from core.errors import ModelUnavailable

TIMEOUT = httpx2.Timeout(10.0, connect=3.0)
ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class Prompt:
    agent_name: str
    instructions: str
    query: str
    memories: Sequence[Recollection] = ()


class Model(Protocol):
    def answer(self, prompt: Prompt) -> str: ...


class LocalModel:
    """Repeats what it heard and what it remembers: an answer that depends on no other service."""

    def answer(self, prompt: Prompt) -> str:
        lines = [f"{prompt.agent_name} heard: {prompt.query}"]
        lines += [f"Earlier: {memory.episode.query}" for memory in prompt.memories]
        return "\n".join(lines)


class RemoteModel:
    """Asks `POST <url>/answers`, which returns `{"answer": "…"}`."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/") + "/answers"
        self._client = httpx2.Client(timeout=TIMEOUT)

    def answer(self, prompt: Prompt) -> str:
        response = self._post(
            {
                "instructions": prompt.instructions,
                "query": prompt.query,
                "memories": [memory.episode.answer for memory in prompt.memories],
            }
        )
        try:
            answer = response.json()["answer"]
        except (ValueError, KeyError, TypeError):
            raise ModelUnavailable("the model service sent no answer") from None
        if not isinstance(answer, str) or not answer.strip():
            raise ModelUnavailable("the model service sent no answer")
        return answer

    def close(self) -> None:
        self._client.close()

    def _post(self, body: dict[str, object]) -> httpx2.Response:
        """Tries again after a lost connection or a 5xx; a 4xx would only be repeated."""
        reason = ""
        for _ in range(ATTEMPTS):
            try:
                response = self._client.post(self._url, json=body)
            except httpx2.TransportError as error:
                reason = type(error).__name__
                continue
            if response.is_success:
                return response
            reason = f"status {response.status_code}"
            if not response.is_server_error:
                break
        raise ModelUnavailable(f"the model service failed: {reason}")


class NoModel:
    """Stands where `MODEL_URL` is not set."""

    def answer(self, prompt: Prompt) -> str:
        raise ModelUnavailable("no model service is configured")
