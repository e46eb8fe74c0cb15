from core.metrics import Metrics


def lines(metrics: Metrics) -> list[str]:
    return metrics.exposition().decode().splitlines()


def test_a_new_version_begins_with_its_series_at_zero() -> None:
    text = lines(Metrics("abc123-7-1"))
    assert 'http_requests_total{code="200",version="abc123-7-1"} 0.0' in text
    assert 'http_requests_total{code="500",version="abc123-7-1"} 0.0' in text
    assert 'http_request_duration_seconds_count{version="abc123-7-1"} 0.0' in text


def test_a_request_is_counted_by_its_code() -> None:
    metrics = Metrics("v1")
    metrics.observe(503, 0.01)
    metrics.observe(503, 0.01)
    assert 'http_requests_total{code="503",version="v1"} 2.0' in lines(metrics)


def test_a_duration_falls_into_every_bucket_from_its_own_up() -> None:
    metrics = Metrics("v1")
    metrics.observe(200, 0.18)
    text = lines(metrics)
    assert 'http_request_duration_seconds_bucket{le="0.15",version="v1"} 0.0' in text
    assert 'http_request_duration_seconds_bucket{le="0.2",version="v1"} 1.0' in text
    assert 'http_request_duration_seconds_bucket{le="+Inf",version="v1"} 1.0' in text


def test_the_limits_of_the_deploys_are_bucket_bounds() -> None:
    # Between two bounds Prometheus interpolates: a limit of 200ms or 500ms must be a bound itself.
    text = "\n".join(lines(Metrics("v1")))
    assert 'le="0.2"' in text
    assert 'le="0.5"' in text


def test_two_apps_in_one_process_do_not_mix() -> None:
    first, second = Metrics("v1"), Metrics("v2")
    first.observe(200, 0.1)
    assert "v1" not in second.exposition().decode()


def test_creation_times_are_not_exported() -> None:
    assert "_created" not in Metrics("v1").exposition().decode()
