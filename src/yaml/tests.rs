//! Exact texts.

use super::{Entry, Error, Item, Node, write};

fn written(root: &Node<'_>) -> String {
    write(&[], root).expect("the tree is legal")
}

fn value(value: impl Into<Node<'static>>) -> String {
    written(&Node::map([Entry::new("k", value)]))
}

fn workflow() -> Node<'static> {
    let checkout = Node::map([
        Entry::new("uses", "actions/checkout@0123456789abcdef0123456789abcdef01234567").tail("v7.0.1"),
        Entry::new("with", Node::map([Entry::new("persist-credentials", false)])),
    ]);
    let test = Node::map([
        Entry::new("name", "Test"),
        Entry::new("run", "set -u\n\npytest -q\n"),
        Entry::new("if", "!cancelled()"),
    ]);
    let job = |needs: &[&'static str]| {
        Node::map([
            Entry::new("needs", Node::flow(needs.iter().copied())),
            Entry::new("runs-on", "ubuntu-24.04"),
            Entry::new("permissions", Node::map([Entry::new("contents", "read").tail("checkout")])),
            Entry::new("timeout-minutes", 10_i64),
            Entry::new("steps", Node::seq([Item::new(checkout.clone()), Item::new(test.clone()).spaced()])),
        ])
    };
    Node::map([
        Entry::new("name", "CI"),
        Entry::new(
            "on",
            Node::map([
                Entry::new("push", Node::map([Entry::new("branches", Node::flow(["main", "v*"]))])),
                Entry::new("workflow_dispatch", Node::Null),
            ]),
        )
        .spaced(),
        Entry::new("permissions", Node::map([])).spaced(),
        Entry::new(
            "jobs",
            Node::map([
                Entry::new("plan", job(&[])).spaced(),
                Entry::new("test", job(&["plan"])).spaced().head("Every shard, on every version."),
            ]),
        )
        .spaced(),
    ])
}

#[test]
fn a_workflow_reads_as_people_write_it() {
    let header = ["Generated from pipeline.toml.".to_owned(), String::new(), "Do not edit.".to_owned()];
    let expected = "\
# Generated from pipeline.toml.
#
# Do not edit.

name: CI

on:
  push:
    branches: [main, v*]
  workflow_dispatch:

permissions: {}

jobs:
  plan:
    needs: []
    runs-on: ubuntu-24.04
    permissions:
      contents: read # checkout
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@0123456789abcdef0123456789abcdef01234567 # v7.0.1
        with:
          persist-credentials: false

      - name: Test
        run: |
          set -u

          pytest -q
        if: '!cancelled()'

  # Every shard, on every version.
  test:
    needs: [plan]
    runs-on: ubuntu-24.04
    permissions:
      contents: read # checkout
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@0123456789abcdef0123456789abcdef01234567 # v7.0.1
        with:
          persist-credentials: false

      - name: Test
        run: |
          set -u

          pytest -q
        if: '!cancelled()'
";
    assert_eq!(write(&header, &workflow()).expect("the tree is legal"), expected);
}

#[test]
fn each_form_of_a_text() {
    assert_eq!(value("${{ github.ref }}"), "k: ${{ github.ref }}\n");
    assert_eq!(value("3.11"), "k: '3.11'\n");
    assert_eq!(value("it's: here"), "k: 'it''s: here'\n");
    assert_eq!(value("tab\there"), "k: \"tab\\there\"\n");
    assert_eq!(value("a\"\\\r\u{7}\u{2028}\u{e0001}"), "k: \"a\\\"\\\\\\r\\x07\\u2028\\U000E0001\"\n");
    assert_eq!(value("a\nb\n"), "k: |\n  a\n  b\n");
    assert_eq!(value("a\n\nb"), "k: |-\n  a\n\n  b\n");
    assert_eq!(value("a\n\n"), "k: \"a\\n\\n\"\n");
    assert_eq!(value("x".repeat(300)), format!("k: {}\n", "x".repeat(300)));
}

#[test]
fn each_other_value() {
    assert_eq!(value(Node::Null), "k:\n");
    assert_eq!(value(true), "k: true\n");
    assert_eq!(value(-7_i64), "k: -7\n");
    assert_eq!(value(Node::Map(vec![])), "k: {}\n");
    assert_eq!(value(Node::Seq(vec![])), "k: []\n");
    assert_eq!(value(Node::flow(["main", "3.11", "a b"])), "k: [main, '3.11', a b]\n");
    assert_eq!(value(Node::seq(["a", "b"])), "k:\n  - a\n  - b\n");
    assert_eq!(value(Node::seq([Node::Null, "a\nb".into()])), "k:\n  - null\n  - |-\n    a\n    b\n");
    let nested =
        Node::FlowSeq(vec![Node::map([Entry::new("a", Node::Null), Entry::new("b", "c\nd")]), Node::flow([1_i64])]);
    assert_eq!(value(nested), "k: [{a: null, b: \"c\\nd\"}, [1]]\n");
}

#[test]
fn a_root_of_any_kind() {
    assert_eq!(written(&Node::Null), "null\n");
    assert_eq!(written(&"a".into()), "a\n");
    assert_eq!(written(&"a\nb\n".into()), "|\n  a\n  b\n");
    assert_eq!(written(&Node::map([])), "{}\n");
    assert_eq!(written(&Node::seq([Node::seq(["a", "b"]), Node::seq(["c"])])), "- - a\n  - b\n- - c\n");
}

#[test]
fn on_is_bare_at_the_root_only() {
    let root = Node::map([Entry::new("on", Node::map([Entry::new("on", "on")]))]);
    assert_eq!(written(&root), "on:\n  'on': 'on'\n");
}

#[test]
fn a_tail_without_a_line_to_stand_behind_goes_above() {
    let root = Node::map([
        Entry::new("a", "x\ny\n").head("head").tail("tail"),
        Entry::new("b", Node::seq([Item::new("x").tail("x"), Item::new("y\nz").tail("y")])).tail("of b"),
        Entry::new("c", Node::Null).tail("nothing"),
        Entry::new("d", Node::map([])).tail("empty"),
    ]);
    let expected = "\
# head
# tail
a: |
  x
  y
# of b
b:
  - x # x
  # y
  - |-
    y
    z
c: # nothing
d: {} # empty
";
    assert_eq!(written(&root), expected);
}

#[test]
fn what_stands_above_a_first_child_stands_above_its_dash() {
    let inner =
        Node::map([Entry::new("a", "x\ny").head("of a").tail("behind a"), Entry::new("b", "c").tail("behind b")]);
    let first = Node::seq([Item::new(inner.clone()).head("of the inner item")]);
    let root = Node::map([Entry::new("k", Node::seq([Item::new(first).head("of the outer item"), Item::new(inner)]))]);
    let expected = "\
k:
  # of the outer item
  # of the inner item
  # of a
  # behind a
  - - a: |-
        x
        y
      b: c # behind b
  # of a
  # behind a
  - a: |-
      x
      y
    b: c # behind b
";
    assert_eq!(written(&root), expected);
}

#[test]
fn a_comment_cannot_end_early() {
    let root = Node::map([
        Entry::new("a", "b").head("one\ntwo: 2\r\n\n\u{85}x\u{2028}y\u{feff}\0").tail("one\n two:\u{2029}2 \t"),
        Entry::new("c", "d").tail(" \n"),
    ]);
    let expected = "\
# one
# two: 2
#
#
# x
# y\u{fffd}\u{fffd}
a: b # one two: 2
c: d #
";
    assert_eq!(written(&root), expected);
}

#[test]
fn a_blank_line_stands_between_two_children() {
    let map = Node::map([Entry::new("a", 1_i64).spaced(), Entry::new("b", 2_i64).spaced().head("b")]);
    assert_eq!(written(&map), "a: 1\n\n# b\nb: 2\n");
    let seq = Node::seq([Item::new("a").spaced(), Item::new("b\nc").spaced(), Item::new("d").spaced()]);
    assert_eq!(written(&seq), "- a\n\n- |-\n  b\n  c\n\n- d\n");
}

#[test]
fn a_key_of_1024_characters_is_the_longest() {
    let key = |length: usize, character: &str| write(&[], &Node::map([Entry::new(character.repeat(length), 1_i64)]));
    assert!(key(1024, "k").is_ok());
    assert!(key(1024, "é").is_ok());
    assert_eq!(key(1025, "k"), Err(Error::LongKey("k".repeat(1025))));
    assert_eq!(key(1023, " "), Err(Error::LongKey(" ".repeat(1023))), "its quotes count");
}

#[test]
fn a_repeated_key_is_refused() {
    for length in [2_u32, 100] {
        let mut entries: Vec<Entry> = (1..length).map(|n| Entry::new(n.to_string(), n)).collect();
        assert!(write(&[], &Node::map(entries.clone())).is_ok());
        entries.push(Entry::new("1", true));
        let repeated = Node::map(entries);
        assert_eq!(write(&[], &repeated), Err(Error::RepeatedKey("1".to_owned())));
        assert_eq!(write(&[], &Node::FlowSeq(vec![repeated])), Err(Error::RepeatedKey("1".to_owned())));
    }
}
