//! Trees, texts and back.

use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    Access, Comparison, Error, Expr, ExprKind, Literal, Span, contexts, parse, parse_condition, parse_embedded,
    segments,
};

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}

fn context(name: &str) -> Expr {
    expr(ExprKind::Context(name.to_owned()))
}

fn text(value: &str) -> Expr {
    expr(ExprKind::Literal(Literal::Text(value.to_owned())))
}

fn access(of: Expr, path: Vec<Access>) -> Expr {
    expr(ExprKind::Access { of: Box::new(of), path })
}

fn name(name: &str) -> Access {
    Access::Name(name.to_owned())
}

fn compare(op: Comparison, left: Expr, right: Expr) -> Expr {
    expr(ExprKind::Compare { op, left: Box::new(left), right: Box::new(right) })
}

fn failure(source: &str) -> Error {
    parse(source).expect_err(source)
}

#[test]
fn each_kind_of_expression() {
    let number = |number| expr(ExprKind::Literal(Literal::Number(number)));
    for (source, expected) in [
        ("null", expr(ExprKind::Literal(Literal::Null))),
        ("true", expr(ExprKind::Literal(Literal::Bool(true)))),
        ("True", context("True")),
        ("0xff", number(255.0)),
        ("-2.5e-1", number(-0.25)),
        (".5", number(0.5)),
        ("'it''s'", text("it's")),
        ("''", text("")),
        ("github", context("github")),
        ("github.event_name", access(context("github"), vec![name("event_name")])),
        ("a.true.null", access(context("a"), vec![name("true"), name("null")])),
        ("a [ 'b c' ] . d-e", access(context("a"), vec![name("b c"), name("d-e")])),
        ("a.*[*].b", access(context("a"), vec![Access::Every, Access::Every, name("b")])),
        ("a[0]", access(context("a"), vec![Access::Index(number(0.0))])),
        ("(a).b", access(context("a"), vec![name("b")])),
        ("(a.b).c", access(access(context("a"), vec![name("b")]), vec![name("c")])),
        ("f()", expr(ExprKind::Call { name: "f".to_owned(), args: vec![] })),
        ("f (a, 'b')", expr(ExprKind::Call { name: "f".to_owned(), args: vec![context("a"), text("b")] })),
        ("((a))", context("a")),
    ] {
        assert_eq!(parse(source).expect(source), expected, "{source}");
    }
}

#[test]
fn operators_bind_as_in_the_runner() {
    use Comparison::{Equal, Less};
    let (a, b, c) = (context("a"), context("b"), context("c"));
    let not = |inner: &Expr| expr(ExprKind::Not(Box::new(inner.clone())));
    let and = |parts: &[&Expr]| expr(ExprKind::And(parts.iter().copied().cloned().collect()));
    let or = |parts: &[&Expr]| expr(ExprKind::Or(parts.iter().copied().cloned().collect()));
    for (source, expected) in [
        ("a && b || c", or(&[&and(&[&a, &b]), &c])),
        ("a || b && c", or(&[&a, &and(&[&b, &c])])),
        ("a && b && c", and(&[&a, &b, &c])),
        ("a && (b && c)", and(&[&a, &and(&[&b, &c])])),
        ("!a == b", compare(Equal, not(&a), b.clone())),
        ("!a.b", not(&access(a.clone(), vec![name("b")]))),
        ("!!a", not(&not(&a))),
        ("a < b == c", compare(Equal, compare(Less, a.clone(), b.clone()), c.clone())),
        ("a == b < c", compare(Equal, a.clone(), compare(Less, b.clone(), c.clone()))),
        ("a == b == c", compare(Equal, compare(Equal, a.clone(), b.clone()), c.clone())),
        ("a == b && c", and(&[&compare(Equal, a.clone(), b.clone()), &c])),
    ] {
        assert_eq!(parse(source).expect(source), expected, "{source}");
    }
}

#[test]
fn a_tree_knows_where_it_stands() {
    let source = " a.b == f( 'é' ,c) ";
    let tree = parse(source).expect("parses");
    let ExprKind::Compare { left, right, .. } = &tree.kind else { panic!("{tree:?}") };
    let at = |span: Span| &source[span.start..span.end];
    assert_eq!(at(tree.span), "a.b == f( 'é' ,c)");
    assert_eq!(at(left.span), "a.b");
    assert_eq!(at(right.span), "f( 'é' ,c)");
}

#[test]
fn an_error_says_what_and_where() {
    for (source, message, start, end) in [
        ("", "the expression is empty", 0, 0),
        ("  ", "the expression is empty", 0, 2),
        ("a ==", "the expression ends too early", 4, 4),
        ("a b", "unexpected `b`", 2, 3),
        ("a == \"b\"", "unexpected `\"b\"`", 5, 8),
        ("a = b", "unexpected `=`", 2, 3),
        ("a & b", "unexpected `&`", 2, 3),
        ("'a", "a text is not closed", 0, 2),
        ("f(a,)", "unexpected `)`", 4, 5),
        ("f(,a)", "unexpected `,`", 2, 3),
        ("f(a b)", "unexpected `b`", 4, 5),
        ("(a", "the expression ends too early", 2, 2),
        ("a)", "unexpected `)`", 1, 2),
        ("a[", "the expression ends too early", 2, 2),
        ("a[]", "unexpected `]`", 2, 3),
        ("a.", "the expression ends too early", 2, 2),
        ("a.'b'", "unexpected `'b'`", 2, 5),
        ("'a'.b", "`.b` is not a number", 3, 5),
        ("'a'[0]", "unexpected `[`", 3, 4),
        ("a.b(c)", "unexpected `(`", 3, 4),
        ("*", "unexpected `*`", 0, 1),
        ("1.2.3", "`1.2.3` is not a number", 0, 5),
        ("a\u{a0}b", "unexpected `\\u{a0}b`", 1, 4),
        ("é", "unexpected `é`", 0, 2),
        ("${{ a }}", "unexpected `${{`", 0, 3),
    ] {
        let error = failure(source);
        assert!(error.message == message, "{source:?}: {error:?}");
        assert_eq!((error.span.start, error.span.end), (start, end), "{source:?}: {error:?}");
    }
    assert_eq!(failure("\"a\"").help.as_deref(), Some("write texts in single quotes"));
    assert_eq!(failure("f(a").help.as_deref(), Some("expected `,` or `)`"));
}

#[test]
fn depth_is_limited_in_every_direction() {
    let deep = |open: &str, close: &str, times: usize| format!("{}a{}", open.repeat(times), close.repeat(times));
    for (open, close, most) in
        [("(", ")", 50), ("f(", ")", 49), ("!", "", 49), ("a[", "]", 49), ("", ".b", 49), ("", " == a", 49)]
    {
        assert!(parse(&deep(open, close, most)).is_ok(), "{most} times {open}{close}");
        for times in [most + 1, 4_000] {
            let error = failure(&deep(open, close, times));
            assert_eq!(error.message, "the expression is nested more than 50 deep", "{times} times {open}{close}");
        }
    }
    assert!(parse(&deep("", " || a", 3_000)).is_ok(), "a flat chain is not deep");
    assert!(parse(&deep("", " || (f(!a[b]))", 1_000)).is_ok(), "side by side is not deep");
    assert!(failure(&"x".repeat(21_001)).message.contains("longer than 21000"));
    assert!(parse(&"x".repeat(21_000)).is_ok());
}

#[test]
fn a_condition_stands_with_or_without_braces() {
    let expected = parse("a == 'b'").expect("parses");
    for source in ["a == 'b'", "${{ a == 'b' }}", "  ${{a == 'b'}}\n"] {
        assert_eq!(parse_condition(source).expect(source), expected, "{source}");
    }
    assert_eq!(parse_condition("${{ a }}").expect("parses").span, Span::new(4, 5));
    let mixed = parse_condition("${{ a }} == 'b'").expect_err("mixed");
    assert_eq!(mixed.message, "a condition with text beside `${{ }}` is always true");
    assert_eq!(parse_condition("${{ a }}${{ b }}").expect_err("two"), Error { span: Span::new(0, 16), ..mixed });
    assert_eq!(parse_condition(" ").expect_err("empty").message, "the condition is empty");
    assert_eq!(parse_condition("${{ }}").expect_err("empty").message, "the expression is empty");
}

#[test]
fn embedded_expressions_count_from_the_start_of_the_text() {
    let found = parse_embedded("x-${{ a }}-${{ f(b)[c] == !d.e && g }}").expect("parses");
    assert_eq!(found.iter().map(|expr| expr.span.start).collect::<Vec<_>>(), [6, 15]);
    let text = "x-${{ f(a)[b] == !c.d && e }}";
    let expr = parse_embedded(text).expect("parses").remove(0);
    let places = contexts(&expr);
    let found: Vec<_> = places.iter().map(|place| &text[place.span.start..place.span.end]).collect();
    assert_eq!(found, ["a", "b", "c.d", "e"]);
    let error = parse_embedded("x-${{ a }}-${{ b c }}").expect_err("two names");
    assert_eq!(error.span, Span::new(17, 18));
}

fn word() -> impl Strategy<Value = String> {
    "[A-Za-z_][A-Za-z0-9_-]{0,6}"
        .prop_filter("not a literal", |word| !["null", "true", "false", "NaN", "Infinity"].contains(&word.as_str()))
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        any::<f64>().prop_map(Literal::Number),
        "[a'{} é\n]{0,5}".prop_map(Literal::Text),
    ]
}

fn step(index: impl Strategy<Value = Expr>) -> impl Strategy<Value = Access> {
    prop_oneof![
        prop_oneof![word(), "[a '.]{0,3}", Just("true".to_owned())].prop_map(Access::Name),
        Just(Access::Every),
        index
            .prop_filter("a text is a name", |index| !matches!(index.kind, ExprKind::Literal(Literal::Text(_))))
            .prop_map(Access::Index),
    ]
}

fn tree() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![literal().prop_map(ExprKind::Literal), word().prop_map(ExprKind::Context)].prop_map(expr);
    leaf.prop_recursive(5, 40, 4, |inner| {
        let operator = select(vec![
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::LessOrEqual,
            Comparison::Greater,
            Comparison::GreaterOrEqual,
        ]);
        prop_oneof![
            (inner.clone(), vec(step(inner.clone()), 1..4))
                // Parentheses around a literal are not kept, and it has no properties without them.
                .prop_map(|(of, path)| access(of, path)),
            (word(), vec(inner.clone(), 0..4)).prop_map(|(name, args)| expr(ExprKind::Call { name, args })),
            inner.clone().prop_map(|inner| expr(ExprKind::Not(Box::new(inner)))),
            vec(inner.clone(), 2..4).prop_map(|parts| expr(ExprKind::And(parts))),
            vec(inner.clone(), 2..4).prop_map(|parts| expr(ExprKind::Or(parts))),
            (operator, inner.clone(), inner).prop_map(|(op, left, right)| compare(op, left, right)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_tree_parses_to_itself(tree in tree()) {
        let printed = tree.to_string();
        let parsed = parse(&printed).map_err(|error| TestCaseError::fail(format!("{error}: {printed}")))?;
        prop_assert_eq!(&parsed, &tree, "{}", printed);
        prop_assert_eq!(parsed.to_string(), printed);
    }

    #[test]
    fn no_text_stops_the_parser(text in any::<String>()) {
        check_spans(&text)?;
    }

    #[test]
    fn no_heap_of_tokens_stops_the_parser(parts in vec(select(TOKENS), 0..40)) {
        check_spans(&parts.concat())?;
    }
}

const TOKENS: &[&str] = &[
    "(", ")", "[", "]", ",", ".", "*", "!", "!=", "==", "=", "<", "<=", "&&", "&", "||", "a", "b-c", "null", "1", "0x",
    "-", "'", "'a'", "''", " ", "\n", "${{", "}}", "}", "f(", "é", "\"", "\0",
];

/// Checks that spans of results and errors are within the text.
fn check_spans(text: &str) -> Result<(), TestCaseError> {
    for span in
        [parse(text), parse_condition(text)].map(|result| result.map_or_else(|error| error.span, |expr| expr.span))
    {
        prop_assert!(text.get(span.start..span.end).is_some(), "{span:?} in {text:?}");
    }
    if let Ok(pieces) = segments(text) {
        let length: usize = pieces
            .iter()
            .map(|piece| match piece {
                super::Segment::Text { text, .. } => text.len(),
                super::Segment::Expression { source, .. } => source.len() + "${{}}".len(),
            })
            .sum();
        prop_assert_eq!(length, text.len());
    }
    let _ = parse_embedded(text);
    Ok(())
}
