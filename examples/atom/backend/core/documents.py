"""Documents as text: plain formats by themselves, Word by Docling where the image includes it."""

import io
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from core.errors import InvalidInput, UnsupportedDocument

PLAIN = frozenset({"text/plain", "text/markdown", "text/csv"})
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def read_document(data: bytes, content_type: str) -> str:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in PLAIN:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InvalidInput("the document is not UTF-8 text") from None
    if media_type == WORD:
        return _read_word(data)
    raise UnsupportedDocument(f"no reader for {media_type or 'a document without a type'}")


def _read_word(data: bytes) -> str:
    if find_spec("docling") is None:
        raise UnsupportedDocument("this service was built without Docling")
    formats: Any = import_module("docling.datamodel.base_models")
    documents: Any = import_module("docling.datamodel.document")
    # Its reader for Word alone: the general converter imports the models for every other format.
    word: Any = import_module("docling.backend.msword_backend")
    reader = word.MsWordDocumentBackend
    source = documents.InputDocument(
        path_or_stream=io.BytesIO(data),
        filename="document.docx",
        format=formats.InputFormat.DOCX,
        backend=reader,
    )
    if not source.valid:
        raise InvalidInput("the document cannot be read as Word")
    document = reader(in_doc=source, path_or_stream=io.BytesIO(data)).convert()
    return str(document.export_to_text())
