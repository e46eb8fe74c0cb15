"""record.py: the same record, from JUnit XML."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from conftest import Bench, Done, read_record

# As nextest 0.9.143 writes it, shortened.
NEXTEST = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="4" failures="1" errors="0" time="0.131">
  <testsuite name="nx" tests="3" failures="1">
    <testcase name="tests::one" classname="nx" time="0.004"/>
    <testcase name="tests::flaky" classname="nx" time="0.005">
      <flakyFailure time="0.064" message="thread panicked at src/lib.rs:8:60"
        type="test failure">thread panicked at src/lib.rs:8:60:
first</flakyFailure>
    </testcase>
    <testcase name="tests::two" classname="nx" time="0.064">
      <failure message="thread panicked at src/lib.rs:4:24"
        type="test failure">thread panicked at src/lib.rs:4:24:
boom &lt;&amp;&gt; two</failure>
      <rerunFailure time="0.062" message="thread panicked at src/lib.rs:4:24"/>
    </testcase>
  </testsuite>
  <testsuite name="nx::it" tests="1"><testcase name="outer" classname="nx::it" time="1,000.5"/>
  </testsuite>
</testsuites>
"""


def listing(shard: int) -> str:
    """As `cargo nextest list --message-format json --partition` prints it, shortened."""

    def test(home: int, ignored: bool = False) -> dict[str, Any]:
        match: dict[str, Any] = {"status": "matches"}
        if ignored:
            match = {"status": "mismatch", "reason": "ignored"}
        elif home != shard:
            match = {"status": "mismatch", "reason": "partition"}
        return {"kind": "test", "ignored": ignored, "filter-match": match}

    return json.dumps(
        {
            "rust-suites": {
                "nx": {
                    "testcases": {
                        "tests::one": test(1),
                        "tests::two": test(1),
                        "tests::flaky": test(1),
                        "tests::other": test(2),
                        "tests::ignored": test(1, ignored=True),
                    }
                },
                "nx::it": {"testcases": {"outer": test(1)}},
            }
        }
    )


def record(bench: Bench, junit: str | None, **env: Any) -> Done:
    if junit is not None:
        bench.write("out/junit.xml", junit)
    return bench.script("record", **{"RECORD": "record", "JUNIT": "out/*.xml", **env})


def suite(*cases: str) -> str:
    return f"<testsuite>{''.join(cases)}</testsuite>"


def test_nextest(bench: Bench) -> None:
    bench.write("src/lib.rs", "")
    bench.write("list.json", listing(1))
    names = {"LISTED": "list.json", "SELECTED": "list.json", "RUNNER": "nextest"}
    done = record(bench, NEXTEST, **names, EXIT="100", SHARD="1", SHARDS="2", VERSION="1.95")
    assert done.code == 0, done.text
    described, lines = read_record(bench.root / "record")
    ran = ["nx::it::outer", "nx::tests::flaky", "nx::tests::one", "nx::tests::two"]
    assert described["selected"] == ran
    assert (described["collected"], described["isolated"]) == (5, True)
    assert [(line["id"], line["attempt"], line["outcome"], line["duration"]) for line in lines] == [
        ("nx::tests::one", 1, "passed", 0.004),
        ("nx::tests::flaky", 1, "rerun", 0.064),
        ("nx::tests::flaky", 2, "passed", 0.005),
        ("nx::tests::two", 1, "rerun", 0.062),
        ("nx::tests::two", 2, "failed", 0.064),
        ("nx::it::outer", 1, "passed", 1000.5),
    ]
    failed = lines[4]
    assert (failed["file"], failed["line"]) == ("src/lib.rs", 4)
    assert failed["message"].endswith("boom <&> two")
    assert failed["select"] == ["-E", "binary_id(=nx) & test(=tests::two)"]
    assert json.loads((bench.root / "record/finished.json").read_text())["exit"] == 1


def test_an_empty_shard_of_nextest(bench: Bench) -> None:
    bench.write("list.json", listing(3))
    names = {"LISTED": "list.json", "SELECTED": "list.json", "SHARD": "3", "SHARDS": "3"}
    for junit in (None, "<testsuites></testsuites>"):
        done = record(bench, junit, **names, EXIT="4")
        assert done.code == 0, done.text
        described, lines = read_record(bench.root / "record")
        assert (described["collected"], described["selected"], lines) == (5, [], [])
        assert json.loads((bench.root / "record/finished.json").read_text())["exit"] == 0


def test_repeated_cases_are_attempts(bench: Bench) -> None:
    failure = '<testcase name="a"><failure message="no"/></testcase>'
    assert record(bench, suite(failure, '<testcase name="a"/>', '<testcase name="b"/>')).code == 0
    described, lines = read_record(bench.root / "record")
    assert [(line["id"], line["outcome"]) for line in lines] == [
        ("a", "rerun"),
        ("a", "passed"),
        ("b", "passed"),
    ]
    assert (described["collected"], described["selected"]) == (2, ["a", "b"])


def started(bench: Bench) -> str:
    """The file that the command's step makes before it starts the tests."""
    file = bench.write("started", "")
    os.utime(file, (2_000_000_000, 2_000_000_000))
    return str(file)


def report(bench: Bench, path: str, *cases: str, age: int = 0) -> None:
    """A report that is written after the tests started, or so many seconds before."""
    moment = 2_000_000_000 - age
    os.utime(bench.write(path, suite(*cases)), (moment, moment))


PASSED = '<testcase classname="c" name="a"/>'
FAILED = '<testcase classname="c" name="a"><failure message="no"/></testcase>'


def test_a_test_in_several_reports_is_several_tests(bench: Bench) -> None:
    report(bench, "one/out/TEST-c.xml", FAILED, '<testcase classname="c" name="b"/>')
    report(bench, "two/out/TEST-c.xml", PASSED)
    done = record(bench, None, JUNIT="*/out/*.xml", STARTED=started(bench), EXIT="1")
    assert done.code == 0, done.text
    _, lines = read_record(bench.root / "record")
    assert [(line["id"], line["outcome"]) for line in lines] == [
        ("one/out/TEST-c.xml: c::a", "failed"),
        ("c::b", "passed"),
        ("two/out/TEST-c.xml: c::a", "passed"),
    ]


def test_a_report_from_before_does_not_count(bench: Bench) -> None:
    report(bench, "out/TEST-c.xml", PASSED, age=1)
    done = record(bench, None, STARTED=started(bench))
    assert "no file at `out/*.xml`" in done.annotations("error")[0]
    report(bench, "out/TEST-d.xml", '<testcase classname="d" name="a"/>')
    assert record(bench, None, STARTED=started(bench)).code == 0
    described, _ = read_record(bench.root / "record")
    assert described["selected"] == ["d::a"]


def test_every_pattern_has_a_report_where_the_command_passed(bench: Bench) -> None:
    report(bench, "out/TEST-c.xml", FAILED)
    given = {"JUNIT": "out/*.xml\nmore/*.xml", "STARTED": started(bench)}
    done = record(bench, None, **given, EXIT="0")
    assert "no file at `more/*.xml`" in done.annotations("error")[0]
    assert record(bench, None, **given, EXIT="1").code == 0


def test_outcomes_and_places(bench: Bench) -> None:
    cases = suite(
        '<testcase classname="c" name="a" file="x.js" line="7"><error message="e"/></testcase>',
        '<testcase classname="c" name="b"><skipped message="later"/></testcase>',
    )
    assert record(bench, cases, EXIT="3").code == 0
    _, lines = read_record(bench.root / "record")
    assert [(line["id"], line["outcome"], line["message"]) for line in lines] == [
        ("c::a", "error", "e"),
        ("c::b", "skipped", "later"),
    ]
    assert (lines[0]["file"], lines[0]["line"]) == ("x.js", 7)


def test_without_a_list_shards_cannot_be_proven(bench: Bench) -> None:
    record(bench, suite('<testcase name="a"/>'), SHARD="1", SHARDS="2")
    described, _ = read_record(bench.root / "record")
    assert (described["collected"], described["digest"]) == (None, None)


@pytest.mark.parametrize(
    ("status", "cases", "recorded"),
    [
        ("0", '<testcase name="a"/>', 0),
        ("1", '<testcase name="a"/>', 1),
        ("101", '<testcase name="a"/>', 101),
        ("2", '<testcase name="a"><failure/></testcase>', 1),
        ("137", '<testcase name="a"><failure/></testcase>', 137),
        ("", '<testcase name="a"><failure/></testcase>', 1),
        ("", '<testcase name="a"/>', 0),
    ],
)
def test_an_exit_status_that_the_report_does_not_explain_stays(
    bench: Bench, status: str, cases: str, recorded: int
) -> None:
    assert record(bench, suite(cases), EXIT=status).code == 0
    assert json.loads((bench.root / "record/finished.json").read_text())["exit"] == recorded


BOMB = """<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>"""


@pytest.mark.parametrize(
    ("junit", "said"),
    [
        (None, "no file at"),
        ("", "is empty"),
        ("  \n", "is empty"),
        ("<testsuites/>", "holds no test"),
        ("<testsuites><testsuite>", "no well-formed XML"),
        ("<html/>", "no JUnit report"),
        ("not xml", "no well-formed XML"),
        (suite("<testcase/>"), "without a name"),
        (suite('<testcase name="a" time="soon"/>'), "`soon`"),
        (suite('<testcase name="a" time="nan"/>'), "`nan`"),
        (BOMB, "DOCTYPE"),
    ],
)
def test_an_unusable_report_is_named(bench: Bench, junit: str | None, said: str) -> None:
    bench.write("record/finished.json", '{"exit": 0}')  # Of an earlier run.
    done = record(bench, junit)
    assert done.code == 1
    assert said in done.annotations("error")[0]
    assert not (bench.root / "record/finished.json").exists()


def test_a_bomb_in_another_encoding_is_refused(bench: Bench) -> None:
    (bench.root / "out").mkdir()
    (bench.root / "out/junit.xml").write_bytes(
        BOMB.replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16")
    )
    assert "DOCTYPE" in record(bench, None).annotations("error")[0]


@pytest.mark.parametrize(
    "content", ["{", '{"rust-suites": []}', '{"rust-suites": {"a": {}}}', "a\na\n"]
)
def test_an_unusable_list_is_named(bench: Bench, content: str) -> None:
    bench.write("list", content)
    done = record(bench, suite('<testcase name="a"/>'), LISTED="list")
    assert done.code == 1
    assert "PIPEWRIGHT_LISTED" in done.annotations("error")[0]
