from main import greet


def test_it_greets():
    assert greet() == "hello"
