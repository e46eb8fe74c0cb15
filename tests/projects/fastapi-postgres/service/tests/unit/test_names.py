import datetime
import urllib.parse

import httpx
import pytest


@pytest.mark.parametrize("_", range(4))
def test_names_are_unique(_, unique_resource_name):
    assert unique_resource_name.startswith("t-")
    assert unique_resource_name == urllib.parse.quote(unique_resource_name)


def test_time_stands_still(frozen_time):
    before = datetime.datetime.now(datetime.UTC)
    frozen_time.shift(60)
    assert datetime.datetime.now(datetime.UTC) - before == datetime.timedelta(minutes=1)


def test_requests_stay_here(mocked_http):
    mocked_http.reply(httpx.Response(204), httpx.ConnectError("refused"))
    assert httpx.get("https://example.com/").status_code == 204
    with pytest.raises(httpx.ConnectError):
        httpx.post("https://example.com/", json={})
    assert [request.method for request in mocked_http.requests] == ["GET", "POST"]
