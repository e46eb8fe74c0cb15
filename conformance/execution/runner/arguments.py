"""Words of a command line as .NET's `ProcessStartInfo.Arguments` splits them, which the runner
uses.

Double quotes alone group words; a single quote is a character like any other; a backslash only
counts before a double quote.

Sources: actions/runner@v2.336.0 src/Runner.Sdk/ProcessInvoker.cs (`StartInfo.Arguments`);
dotnet/runtime@v8.0.0 System.Diagnostics.Process/src/System/Diagnostics/Process.Unix.cs,
`ParseArgumentsIntoList` and `GetNextArgument`.
"""

from __future__ import annotations


def split(text: str) -> list[str]:
    """The words of a line."""
    found: list[str] = []
    at = 0
    while True:
        while at < len(text) and text[at] in " \t":
            at += 1
        if at == len(text):
            return found
        word, at = _next(text, at)
        found.append(word)


def _next(text: str, at: int) -> tuple[str, int]:
    """A word, and where it ends."""
    word, quoted = "", False
    while at < len(text):
        slashes = len(text[at:]) - len(text[at:].lstrip("\\"))
        at += slashes
        if slashes:
            if text[at : at + 1] != '"':
                word += "\\" * slashes
                continue
            word += "\\" * (slashes // 2)
            if slashes % 2:
                word += '"'
                at += 1
            continue
        character = text[at]
        if character == '"':
            if quoted and text[at + 1 : at + 2] == '"':
                word += '"'
                at += 1
            else:
                quoted = not quoted
        elif character in " \t" and not quoted:
            break
        else:
            word += character
        at += 1
    return word, at
