//! Functions of GitHub's expressions.

use super::{
    Expr,
    error::{Error, quoted},
    uses::functions,
};

/// A function and its number of arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name, as GitHub's documentation writes it.
    pub name: &'static str,
    /// The fewest arguments.
    pub min: usize,
    /// The most arguments.
    pub max: usize,
    /// `true` for a status check function, which replaces the implied `success()`.
    pub is_status: bool,
}

/// Every function.
///
/// Source: the runner's `ExpressionConstants` and GitHub's `workflow-v1.0.json`.
pub const FUNCTIONS: &[Function] = &[
    plain("contains", 2, 2),
    plain("startsWith", 2, 2),
    plain("endsWith", 2, 2),
    plain("format", 1, 255),
    plain("join", 1, 2),
    plain("toJSON", 1, 1),
    plain("fromJSON", 1, 1),
    plain("hashFiles", 1, 255),
    plain("case", 3, 255),
    status("success"),
    status("failure"),
    status("always"),
    status("cancelled"),
];

const fn plain(name: &'static str, min: usize, max: usize) -> Function {
    Function { name, min, max, is_status: false }
}

const fn status(name: &'static str) -> Function {
    Function { name, min: 0, max: 0, is_status: true }
}

/// Returns the function with this name, in any case.
#[must_use]
pub fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name.eq_ignore_ascii_case(name))
}

/// Returns the errors of calls: unknown functions, and wrong numbers of arguments.
#[must_use]
pub fn check_functions(expr: &Expr) -> Vec<Error> {
    let mut found = Vec::new();
    for call in functions(expr) {
        let Some(function) = function(call.name) else {
            found.push(Error::new(call.span, format!("there is no function {}", quoted(call.name))));
            continue;
        };
        let Function { name, min, max, .. } = *function;
        let given = call.args.len();
        if !(min..=max).contains(&given) {
            let takes = match (min, max) {
                (0, 0) => "no arguments".to_owned(),
                (1, 1) => "1 argument".to_owned(),
                (min, max) if min == max => format!("{min} arguments"),
                (min, max) => format!("{min} to {max} arguments"),
            };
            found.push(Error::new(call.span, format!("`{name}` takes {takes}, not {given}")));
        } else if name == "case" && given % 2 == 0 {
            found.push(
                Error::new(call.span, format!("`case` takes an odd number of arguments, not {given}"))
                    .help("write pairs of condition and value, and a last value for when none holds"),
            );
        }
    }
    found
}

/// Returns whether a condition calls a status check function: `success`, `failure`, `always` or `cancelled`. GitHub
/// reads a condition without one as `success() && (…)`.
#[must_use]
pub fn has_status_function(expr: &Expr) -> bool {
    functions(expr).iter().any(|call| function(call.name).is_some_and(|function| function.is_status))
}

#[cfg(test)]
mod tests {
    use super::{super::parse, check_functions, has_status_function};

    fn messages(source: &str) -> Vec<String> {
        check_functions(&parse(source).expect("parses")).into_iter().map(|error| error.message).collect()
    }

    #[test]
    fn names_and_numbers_of_arguments() {
        assert!(messages("CONTAINS(tojson(github), 'a') && case(a, 1, b, 2, 3) && always()").is_empty());
        assert_eq!(messages("lower('A')"), ["there is no function `lower`"]);
        assert_eq!(messages("contains('a')"), ["`contains` takes 2 arguments, not 1"]);
        assert_eq!(messages("toJSON()"), ["`toJSON` takes 1 argument, not 0"]);
        assert_eq!(messages("Success('a')"), ["`success` takes no arguments, not 1"]);
        assert_eq!(messages("join(a, b, c)"), ["`join` takes 1 to 2 arguments, not 3"]);
        assert_eq!(messages("case(a, 1, b, 2)"), ["`case` takes an odd number of arguments, not 4"]);
        assert_eq!(messages("f(g(a[h()]))").len(), 3, "at any depth");
    }

    #[test]
    fn a_status_function_is_a_call_and_nothing_else() {
        for source in ["success()", "!Cancelled()", "a && (b || ALWAYS())", "x[failure()]", "format('{0}', failure())"]
        {
            assert!(has_status_function(&parse(source).expect("parses")), "{source}");
        }
        for source in ["true", "'always()'", "github.always", "steps.failure.outcome == 'success'", "contains(a, b)"] {
            assert!(!has_status_function(&parse(source).expect("parses")), "{source}");
        }
    }
}
