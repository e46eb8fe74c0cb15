import quill


def test_empty() -> None:
    assert quill.stroke("", 1).startswith("\x1b[31m")
