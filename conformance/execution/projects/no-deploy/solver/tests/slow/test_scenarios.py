import gridflow


def test_all_scenarios() -> None:
    assert {gridflow.days(year) for year in range(1900, 2100)} == {365, 366}
