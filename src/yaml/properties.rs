//! Written text is read back unchanged.

use proptest::{collection::vec, prelude::*, sample::select};
use serde_yaml::Value;

use super::{Entry, Item, Node, write};

/// Fragments that some reader, or some writer, gets wrong.
const TRAPS: &[&str] = &[
    "",
    "a",
    "key",
    "yes",
    "No",
    "on",
    "ON",
    "y",
    "n",
    "null",
    "Null",
    "~",
    "true",
    "FALSE",
    "0",
    "-1",
    "+1",
    "007",
    "0x1F",
    "0o17",
    "0b11",
    "1_000",
    "3.11",
    "1.",
    ".5",
    "1e3",
    "6.02e+23",
    ".inf",
    "-.INF",
    ".nan",
    "12:30:45",
    "190:20:30.15",
    "2027-03-31",
    "2027-03-31T10:00:00Z",
    "=",
    "<<",
    "-",
    "--",
    "---",
    "...",
    "?",
    "? ",
    "- ",
    ": ",
    ":",
    " #",
    "#",
    "# c",
    "&a",
    "*a",
    "!a",
    "!!str",
    "|",
    "|-",
    ">",
    ">+2",
    "%YAML 1.1",
    "@",
    "`",
    "'",
    "''",
    "\"",
    "\\",
    "\\n",
    "{",
    "}",
    "[",
    "]",
    ",",
    "{}",
    "[]",
    "${{ x }}",
    "${{ format('{0}: {1} #', a, b) }}",
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "\n  ",
    " \n",
    "\r",
    "\r\n",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{2029}",
    "\u{feff}",
    "\u{200b}",
    "\u{202e}",
    "\0",
    "\x07",
    "\x1b",
    "\x7f",
    "\u{fffe}",
    "é",
    "日本",
    "🦀",
    "e\u{301}",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => vec(select(TRAPS), 0..6).prop_map(|parts| parts.concat()),
        2 => vec(select(TRAPS), 1..5).prop_map(|parts| parts.join("\n")),
        1 => any::<String>(),
        1 => "[-+]?[0-9_]{0,4}[.:eExob-]?[0-9_a-fA-F:.TZ-]{0,6}",
    ]
}

fn comment() -> impl Strategy<Value = (Vec<String>, Option<String>, bool)> {
    (vec(text(), 0..2), proptest::option::of(text()), any::<bool>())
}

fn entries(value: impl Strategy<Value = Node<'static>>) -> impl Strategy<Value = Vec<Entry<'static>>> {
    vec((text(), value, comment()), 0..5).prop_map(|entries| {
        let mut kept: Vec<Entry<'static>> = Vec::new();
        for (key, value, (head, tail, blank_before)) in entries {
            if kept.iter().all(|entry| entry.key != key) {
                kept.push(Entry { key: key.into(), value, head, tail: tail.map(Into::into), blank_before });
            }
        }
        kept
    })
}

fn node() -> impl Strategy<Value = Node<'static>> {
    let leaf = prop_oneof![
        1 => Just(Node::Null),
        1 => any::<bool>().prop_map(Node::Bool),
        1 => any::<i64>().prop_map(Node::Int),
        6 => text().prop_map(Node::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let item = (inner.clone(), comment()).prop_map(|(value, (head, tail, blank_before))| Item {
            value,
            head,
            tail: tail.map(Into::into),
            blank_before,
        });
        prop_oneof![
            vec(item, 0..5).prop_map(Node::Seq),
            vec(inner.clone(), 0..4).prop_map(Node::FlowSeq),
            entries(inner).prop_map(Node::Map),
        ]
    })
}

/// The value of a tree, by a way that shares nothing with the writer.
fn meaning(node: &Node<'_>) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::Bool(*value),
        Node::Int(value) => Value::Number((*value).into()),
        Node::Str(text) => Value::String(text.clone().into_owned()),
        Node::Seq(items) => Value::Sequence(items.iter().map(|item| meaning(&item.value)).collect()),
        Node::FlowSeq(items) => Value::Sequence(items.iter().map(meaning).collect()),
        Node::Map(entries) => Value::Mapping(
            entries.iter().map(|entry| (Value::String(entry.key.to_string()), meaning(&entry.value))).collect(),
        ),
    }
}

/// The same tree without comments and blank lines.
fn bare<'a>(node: &'a Node<'a>) -> Node<'a> {
    match node {
        Node::Seq(items) => Node::Seq(items.iter().map(|item| Item::new(bare(&item.value))).collect()),
        Node::FlowSeq(items) => Node::FlowSeq(items.iter().map(bare).collect()),
        Node::Map(entries) => {
            Node::Map(entries.iter().map(|entry| Entry::new(entry.key.as_ref(), bare(&entry.value))).collect())
        }
        scalar => scalar.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(header in vec(text(), 0..3), root in node()) {
        let written = write(&header, &root).expect("keys are short and differ");
        let read: Value = serde_yaml::from_str(&written).map_err(|error| TestCaseError::fail(format!("{error}\n{written}")))?;
        prop_assert_eq!(read, meaning(&root), "{}", written);
    }

    #[test]
    fn comments_never_change_the_value(header in vec(text(), 0..3), root in node()) {
        let with: Value = serde_yaml::from_str(&write(&header, &root).expect("legal")).expect("readable");
        let without: Value = serde_yaml::from_str(&write(&[], &bare(&root)).expect("legal")).expect("readable");
        prop_assert_eq!(with, without);
    }

    #[test]
    fn the_text_is_tidy(header in vec(text(), 0..3), root in node()) {
        let written = write(&header, &root).expect("legal");
        prop_assert!(written.ends_with('\n') && !written.ends_with("\n\n"), "{:?}", written);
        prop_assert!(!written.contains("\n\n\n") || format!("{root:?}").contains(r"\n\n"), "{:?}", written);
        let hidden = written.chars().find(|c| *c != '\n' && *c != '\t' && !super::style::shown(*c));
        prop_assert_eq!(hidden, None, "{:?}", written);
    }
}
