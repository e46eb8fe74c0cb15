import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from httpx2 import ConnectError, ReadTimeout, Response

from core.completion import LocalModel, NoModel, Prompt, RemoteModel
from core.episodes import Episode, Recollection
from core.errors import ModelUnavailable
from tests.conftest import MockedHttp

URL = "http://model.test/v1"
MEMORY = Recollection(
    Episode("1", 1, "guide", "where is it", "over there", datetime(2026, 3, 1, tzinfo=UTC)), 0.9
)
PROMPT = Prompt("Guide", "Be brief.", "where is the station", [MEMORY])
LEFT = {"answer": "left"}


@pytest.fixture
def model() -> Iterator[RemoteModel]:
    model = RemoteModel(URL)
    yield model
    model.close()


def test_the_local_model_answers_from_the_query_and_its_memories() -> None:
    assert LocalModel().answer(PROMPT) == "Guide heard: where is the station\nEarlier: where is it"


def test_without_a_model_service_the_reason_is_said() -> None:
    with pytest.raises(ModelUnavailable, match="configured"):
        NoModel().answer(PROMPT)


def test_the_service_gets_instructions_query_and_memories(
    model: RemoteModel, mocked_http: MockedHttp
) -> None:
    mocked_http.reply(Response(200, json=LEFT))
    assert model.answer(PROMPT) == "left"
    (request,) = mocked_http.requests
    assert (request.method, str(request.url)) == ("POST", "http://model.test/v1/answers")
    assert json.loads(request.content) == {
        "instructions": "Be brief.",
        "query": "where is the station",
        "memories": ["over there"],
    }


def test_a_slash_at_the_end_of_the_url_changes_nothing(mocked_http: MockedHttp) -> None:
    mocked_http.reply(Response(200, json=LEFT))
    model = RemoteModel(f"{URL}/")
    model.answer(PROMPT)
    model.close()
    assert mocked_http.requests[0].url.path == "/v1/answers"


@pytest.mark.parametrize("first", [Response(503), ConnectError("refused"), ReadTimeout("slow")])
def test_one_failure_that_may_pass_is_tried_again(
    first: Response | Exception, model: RemoteModel, mocked_http: MockedHttp
) -> None:
    mocked_http.reply(first, Response(200, json=LEFT))
    assert model.answer(PROMPT) == "left"


@pytest.mark.parametrize(
    ("failure", "reason"),
    [(Response(500), "status 500"), (ConnectError("refused"), "ConnectError")],
)
def test_a_second_failure_is_final(
    failure: Response | Exception, reason: str, model: RemoteModel, mocked_http: MockedHttp
) -> None:
    mocked_http.reply(failure, failure)
    with pytest.raises(ModelUnavailable, match=reason):
        model.answer(PROMPT)
    assert len(mocked_http.requests) == 2


@pytest.mark.parametrize("status", [302, 400, 401, 429])
def test_a_refusal_is_not_repeated(
    status: int, model: RemoteModel, mocked_http: MockedHttp
) -> None:
    mocked_http.reply(Response(status))
    with pytest.raises(ModelUnavailable, match=str(status)):
        model.answer(PROMPT)
    assert len(mocked_http.requests) == 1


@pytest.mark.parametrize("body", ["", "{}", "[]", "not json", '{"answer": 7}', '{"answer": " "}'])
def test_an_answer_that_is_none_is_an_error(
    body: str, model: RemoteModel, mocked_http: MockedHttp
) -> None:
    mocked_http.reply(Response(200, text=body))
    with pytest.raises(ModelUnavailable, match="no answer"):
        model.answer(PROMPT)
