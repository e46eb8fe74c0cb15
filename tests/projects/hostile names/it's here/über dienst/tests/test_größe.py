def test_maß():
    assert True
