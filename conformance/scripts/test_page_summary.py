"""docs/workflows.md shows the step summary that the gates really write."""

from __future__ import annotations

import os
from pathlib import Path

from conftest import Bench
from test_gates import FIXED, gates, put

PAGE = Path(__file__).resolve().parents[2] / "docs" / "workflows.md"
START, END = "<!-- summary: gates -->\n", "<!-- end of summary -->\n"


def test_page_shows_the_summary_of_the_gates(bench: Bench) -> None:
    """The summary of a run with a failed and a flaky test; PIPEWRIGHT_ACCEPT=1 rewrites it."""
    cart = {"tests/test_cart.py::test_add": "passed", "tests/test_cart.py::test_total": "failed"}
    flaky = [("rerun", 0.2), ("passed", 0.4)]
    mail = {"tests/test_mail.py::test_reply": "passed", "tests/test_mail.py::test_send": flaky}
    both = [*cart, *mail]
    put(bench, cart, shards=2, finished=1, everything=both, run="api")
    put(bench, mail, shard=2, shards=2, everything=both, run="api")
    for lines in bench.root.glob("records/*/tests.jsonl"):
        text = lines.read_text("utf-8")
        lines.write_text(text.replace("why, so: 100%", "assert 20 == 30"), "utf-8")
    limits = {**FIXED, "slowest": 10}
    done = gates(bench, GATES=limits, EXPECTED=[{"version": "", "shards": 2}], RUN="api")
    assert done.code == 1
    quoted = [f"> {line}".rstrip() for line in done.summary.strip().splitlines()]
    expected = "\n".join(quoted) + "\n"
    before, _, rest = PAGE.read_text("utf-8").partition(START)
    shown, _, after = rest.partition(END)
    if os.environ.get("PIPEWRIGHT_ACCEPT") == "1":
        PAGE.write_text(f"{before}{START}{expected}{END}{after}", "utf-8")
        shown = expected
    assert shown == expected
