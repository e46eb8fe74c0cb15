"""HTTP with time limits and retries.

A URL may itself be a secret, so no message quotes one.
"""

from __future__ import annotations

import base64
import email.utils
import http.client
import json
import socket
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runner import Problem, blank

LARGEST_BODY = 8 * 1024 * 1024
PART = 64 * 1024
LONGEST_PAUSE = 20.0
WORTH_RETRYING = {429, 500, 502, 503, 504}


class Unreachable(Problem):
    """A request without a response: connection failure or timeout."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    # The `Set-Cookie` headers, as a list: their values may contain commas.
    cookies: tuple[str, ...] = ()

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The parsed body; a `ValueError` when it is not JSON."""
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("nested too deeply") from None


class _Request(urllib.request.Request):
    pass


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Replaces the handler that follows redirects; it reads no `Location`."""

    def http_error_302(
        self, req: Any, fp: Any, code: Any, msg: Any, headers: Any
    ) -> None:
        return None

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def check_url(url: str, described: str) -> str:
    """The URL without a trailing slash, or a problem that does not quote it."""
    try:
        parts = urllib.parse.urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        good = False
    if not good or any(character.isspace() for character in url):
        raise Problem(f"the URL in {described} is not an http or https URL")
    return url.rstrip("/")


def send_request(
    method: str,
    url: str,
    *,
    described: str,
    headers: Mapping[str, str] | None = None,
    json_body: Any = None,
    form: Mapping[str, str] | None = None,
    timeout: float = 10.0,
    attempts: int = 4,
    direct: bool = False,
) -> Answer:
    """Sends a request; retries network errors, 429 and 5xx, follows no redirect."""
    sent = {"User-Agent": "pipewright", **(headers or {})}
    body: bytes | None = None
    if json_body is not None:
        body = json.dumps(json_body).encode()
        sent["Content-Type"] = "application/json"
    elif form is not None:
        body = urllib.parse.urlencode(form).encode()
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    pause = 0.5
    for attempt in range(1, attempts + 1):
        try:
            answer = _request_once(
                _Request(url, body, sent, method=method), described, timeout, direct
            )
        except Unreachable:
            if attempt == attempts:
                raise
        else:
            if answer.status not in WORTH_RETRYING or attempt == attempts:
                return answer
            pause = max(pause, _retry_after(answer))
        time.sleep(min(pause, LONGEST_PAUSE))
        pause *= 2
    raise Unreachable(f"{described}: no answer")


def _request_once(
    request: urllib.request.Request, described: str, timeout: float, direct: bool
) -> Answer:
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
    if direct:
        handlers.append(urllib.request.ProxyHandler({}))
    opener = urllib.request.build_opener(*handlers)
    began = time.monotonic()
    until = began + timeout
    try:
        with opener.open(request, timeout=timeout) as response:
            return _answer(
                response.status, response.headers, _read_body(response, until), began
            )
    except urllib.error.HTTPError as refused:
        with refused:
            return _answer(refused.code, refused.headers, _rest(refused, until), began)
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise Unreachable(
            f"{described} is unreachable: {_reason(fault, timeout)}"
        ) from None


def _read_body(response: Any, until: float) -> bytes:
    """Reads the body within one limit: a socket's timeout restarts with each part."""
    announced = response.length
    body = bytearray()
    while len(body) < LARGEST_BODY and (part := response.read1(PART)):
        body += part
        if time.monotonic() > until:
            raise TimeoutError
    if announced is not None and len(body) < min(announced, LARGEST_BODY):
        raise http.client.IncompleteRead(bytes(body))
    return bytes(body)


def _rest(refused: urllib.error.HTTPError, until: float) -> bytes:
    """The body of an error response, empty if it cannot be read."""
    try:
        return _read_body(refused.fp, until)
    except (OSError, http.client.HTTPException):
        return b""


def _answer(status: int, headers: Any, body: bytes, began: float) -> Answer:
    lowered = {str(key).lower(): str(value) for key, value in headers.items()}
    cookies = tuple(str(value) for value in headers.get_all("set-cookie") or ())
    return Answer(status, lowered, body, time.monotonic() - began, cookies)


def _retry_after(answer: Answer) -> float:
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() else 0.0


def _reason(fault: BaseException, timeout: float) -> str:
    if isinstance(fault, urllib.error.URLError) and isinstance(
        fault.reason, BaseException
    ):
        fault = fault.reason
    if isinstance(fault, TimeoutError):
        return f"no answer within {timeout:g} s"
    if isinstance(fault, http.client.RemoteDisconnected):
        return "it closed the connection without an answer"
    if isinstance(fault, http.client.IncompleteRead):
        return "its answer broke off"
    if isinstance(fault, http.client.BadStatusLine):
        return "it does not answer in HTTP"
    if isinstance(fault, ssl.SSLCertVerificationError):
        return f"its certificate is refused ({fault.verify_message})"
    if isinstance(fault, ssl.SSLError):
        return "TLS failed"
    if isinstance(fault, socket.gaierror):
        return "its name does not resolve"
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror.lower()
    return type(fault).__name__


def basic_auth(username: str, password: str) -> dict[str, str]:
    """The header of a log-in by name and password."""
    token = base64.b64encode(f"{username}:{password}".encode()).decode()
    blank(token)
    return {"Authorization": f"Basic {token}"}


def cookies_of(answer: Answer) -> dict[str, str]:
    """The cookies that a response sets, without those that it deletes."""
    found = {}
    for header in answer.cookies:
        pair, *attributes = (part.strip() for part in header.split(";"))
        name, _, value = pair.partition("=")
        if name and value and not any(map(_ends_cookie, attributes)):
            found[name] = value
        else:
            found.pop(name, None)
    return found


def _ends_cookie(attribute: str) -> bool:
    key, _, value = attribute.partition("=")
    if key.lower() == "max-age":
        return value.startswith("-") or value.strip("0") == ""
    if key.lower() == "expires":
        try:
            return email.utils.parsedate_to_datetime(value).timestamp() < time.time()
        except ValueError:
            return False
    return False
