import io
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from core import documents
from core.documents import WORD, read_document
from core.errors import InvalidInput, UnsupportedDocument


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "text/markdown", "text/csv", "TEXT/PLAIN", "text/plain; charset=utf-8"],
)
def test_plain_documents_are_their_own_text(content_type: str) -> None:
    assert read_document("Grüße".encode(), content_type) == "Grüße"


def test_a_byte_order_mark_is_not_text() -> None:
    assert read_document(b"\xef\xbb\xbfhello", "text/plain") == "hello"


def test_a_document_in_another_encoding_is_refused() -> None:
    with pytest.raises(InvalidInput, match="UTF-8"):
        read_document("Grüße".encode("latin-1"), "text/plain")


@pytest.mark.parametrize("content_type", ["", "application/pdf", "image/png", "text/html"])
def test_a_document_of_another_kind_is_unsupported(content_type: str) -> None:
    with pytest.raises(UnsupportedDocument):
        read_document(b"data", content_type)


def test_word_without_docling_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "find_spec", lambda _: None)
    with pytest.raises(UnsupportedDocument, match="without Docling"):
        read_document(b"PK", WORD)


class WordReader:
    """Stands for Docling's: reads what begins like a ZIP archive, as a Word document does."""

    def __init__(self, in_doc: SimpleNamespace, path_or_stream: io.BytesIO) -> None:
        assert in_doc.valid
        self._data = path_or_stream.read()

    def convert(self) -> SimpleNamespace:
        return SimpleNamespace(export_to_text=lambda: f"{len(self._data)} bytes of Word")


def input_document(path_or_stream: io.BytesIO, **options: Any) -> SimpleNamespace:
    assert options == {"filename": "document.docx", "format": "docx", "backend": WordReader}
    return SimpleNamespace(valid=path_or_stream.read().startswith(b"PK"))


@pytest.fixture
def docling(monkeypatch: pytest.MonkeyPatch) -> None:
    modules: dict[str, dict[str, Any]] = {
        "docling.datamodel.base_models": {"InputFormat": SimpleNamespace(DOCX="docx")},
        "docling.datamodel.document": {"InputDocument": input_document},
        "docling.backend.msword_backend": {"MsWordDocumentBackend": WordReader},
    }
    for name, members in modules.items():
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(documents, "find_spec", lambda _: object())


@pytest.mark.usefixtures("docling")
def test_word_is_read_by_docling() -> None:
    assert read_document(b"PK..", WORD) == "4 bytes of Word"


@pytest.mark.usefixtures("docling")
def test_a_broken_word_document_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Word"):
        read_document(b"no archive", WORD)
