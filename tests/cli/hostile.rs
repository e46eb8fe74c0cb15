//! Whatever is named and whatever is read, the program answers: it neither panics nor overflows its stack.

use std::ffi::OsString;
use std::fs;
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use proptest::prelude::*;

use crate::SMALL;
use crate::support::{Project, Ran, compile};

/// Deeper than any stack would bear, were a level of it one call.
const DEEP: usize = 5_000;

/// An answer is one of the exit statuses, and no panic.
fn answered(ran: &Ran) {
    assert!((0..=4).contains(&ran.code), "{ran:?}");
    assert!(!ran.err.contains("panicked"), "{ran:?}");
}

fn status(definition: impl AsRef<[u8]>) -> i32 {
    let ran = Project::empty().with("pipeline.toml", definition).run(["check"]);
    answered(&ran);
    ran.code
}

#[test]
fn no_nesting_is_too_deep() {
    let keys = vec!["a"; DEEP].join(".");
    let definitions = [
        format!("a = {}{}\n", "[".repeat(DEEP), "]".repeat(DEEP)),
        format!("a = {}1{}\n", "{a=".repeat(DEEP), "}".repeat(DEEP)),
        format!("a = {}", "[{a=".repeat(DEEP)),
        format!("{keys} = 1\n"),
        format!("[{keys}]\n"),
        format!("[[{keys}]]\n"),
        format!("extends = \"a\"\n{keys} = 1\n"),
        format!(
            "{SMALL}[smoke.a]\npublic = true\n[[smoke.a.probes]]\nname = \"a\"\nrequest = \"GET /\"\njson.{keys} = 1\n"
        ),
    ];
    for definition in &definitions {
        let status = status(definition);
        assert!(status == 3 || status == 4, "{}", &definition[..40]);
    }
    for (file, text) in [("base.toml", &definitions[0]), ("pipeline.lock", &definitions[3])] {
        let ran = Project::of(&format!("extends = \"base.toml\"\n{SMALL}"))
            .with("base.toml", "")
            .with(file, text)
            .run(["check"]);
        answered(&ran);
        assert_eq!(ran.code, 3, "{file}");
    }
}

#[test]
fn a_body_as_deep_as_the_language_takes_compiles() {
    let body = format!("{}1{}", "[".repeat(60), "]".repeat(60));
    let smoke =
        format!("[smoke.a]\npublic = true\nprobes = [{{ name = \"a\", request = \"GET /\", json = {body} }}]\n");
    let ran = Project::of(&format!("{SMALL}{smoke}")).run(["generate"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn any_bytes_are_answered() {
    assert_eq!(status(""), 3);
    assert_eq!(status([0_u8; 4096]), 3);
    assert_eq!(status([0xff_u8; 4096]), 4);
    assert_eq!(status("\u{feff}"), 3);
    assert_eq!(status(SMALL.replace("small", "sm\0all")), 3);
    assert_eq!(status(SMALL.replace('\n', "\r")), 3);
    assert_eq!(status("\u{202e}\u{2028}é = 1\n"), 3);
    assert_eq!(status(format!("# {}\nversion = \"{}\"\n", "x".repeat(1 << 19), "y".repeat(1 << 18))), 3);
    let many: Vec<String> = (0..1_000).map(|index| format!("[components.c{index}]\nnode = [1]\n")).collect();
    assert_eq!(status(format!("version = 1\n[project]\nname = \"x\"\n{}", many.concat())), 3);
}

#[test]
fn line_ends_of_windows_and_a_byte_order_mark_mean_nothing() {
    let plain = Project::of(SMALL).generated();
    for text in [SMALL.replace('\n', "\r\n"), format!("\u{feff}{SMALL}")] {
        let other = Project::of(&text).generated();
        let path = ".github/workflows/ci.yml";
        assert_eq!(plain.read(path), other.read(path));
    }
}

#[test]
fn a_line_that_is_not_utf8_is_named() {
    let project = Project::of(SMALL).with("pipeline.toml", b"version = 1\n# caf\xe9\n");
    assert_snapshot!(project.run(["check"]).whole(), @"
    stderr:
    error: cannot read `pipeline.toml`: line 2 is not UTF-8
      = help: save it as UTF-8
    status: 4
    ");
}

#[test]
fn what_is_no_file_is_not_read() {
    let project = Project::empty();
    fs::create_dir(project.path("pipeline.toml")).expect("the folder is writable");
    assert_snapshot!(project.run(["check"]).whole(), @"
    stderr:
    error: cannot read `pipeline.toml`: it is not a file
      = help: name a file that can be read
    status: 4
    ");
    assert_eq!(project.run(["pins", "list"]).code, 0);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/dev/zero", project.path("endless.toml")).expect("a link");
        assert_eq!(project.run(["check", "endless.toml"]).code, 4);
        std::os::unix::fs::symlink("loop.toml", project.path("loop.toml")).expect("a link");
        assert_eq!(project.run(["check", "loop.toml"]).code, 4);
    }
}

#[test]
fn any_argument_is_answered() {
    let project = Project::of(SMALL);
    let long = "x".repeat(100_000);
    for argument in
        ["", ".", "..", "/", "-", "--", "--=", "-C", "/dev/null", "a\nb", "$(reboot)", "é", "pipeline.toml/", &long]
    {
        for command in ["generate", "check", "explain", "schema", "pins"] {
            answered(&project.run([command, argument]));
        }
        answered(&project.run([argument]));
        answered(&project.run(["pins", "add", argument]));
        answered(&project.run(["check", "-C", argument]));
    }
}

#[test]
#[cfg(unix)]
fn names_that_are_not_utf8_are_answered() {
    use std::os::unix::ffi::OsStringExt;
    let project = Project::of(SMALL);
    let name = OsString::from_vec(b"caf\xe9.toml".to_vec());
    let folder = OsString::from_vec(b"caf\xe9".to_vec());
    fs::write(project.root().join(&name), SMALL).expect("the file is writable");
    fs::create_dir(project.root().join(&folder)).expect("the folder is writable");
    fs::write(project.root().join(&folder).join("pipeline.toml"), SMALL).expect("the file is writable");
    for arguments in [vec!["check".into(), name.clone()], vec!["check".into(), "-C".into(), folder], vec![name]] {
        let ran = project.run(arguments);
        answered(&ran);
        assert_ne!(ran.code, 0, "{ran:?}");
    }
    // Beside such a name, everything else works.
    assert_eq!(project.run(["generate"]).code, 0);
    assert_eq!(project.run(["check"]).code, 0);
}

#[test]
#[cfg(unix)]
fn a_name_that_would_end_a_comment_is_refused() {
    let project = Project::empty().with_lock();
    for name in ["a\nrun: reboot.toml", "a\"b.toml", "a\\b.toml", "a\u{7f}.toml"] {
        let ran = project.with_text(name).run(["generate", name]);
        assert_eq!(ran.code, 4, "{ran:?}");
        assert!(ran.err.contains("holds a quote, a backslash or a control character"), "{ran:?}");
    }
}

impl Project {
    fn with_text(&self, name: &str) -> &Self {
        self.write(name, SMALL);
        self
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// A real definition with a piece cut out, doubled or put elsewhere: what people have while they type.
    #[test]
    fn what_is_half_typed_is_answered(from in 0_usize..7_000, length in 0_usize..60, to in 0_usize..7_000, kind in 0..3) {
        let text = include_str!("../../pipeline.toml");
        let at = |mut index: usize| {
            index = index.min(text.len());
            while !text.is_char_boundary(index) { index -= 1; }
            index
        };
        let (start, end, other) = (at(from), at(from + length), at(to));
        let changed = match kind {
            0 => format!("{}{}", &text[..start], &text[end..]),
            1 => format!("{}{}{}", &text[..end], &text[start..end], &text[end..]),
            _ => format!("{}{}{}", &text[..other], &text[start..end], &text[other..]),
        };
        compile(&changed, &[]);
    }
}

/// A size that shows work which grows faster than what it is for, in a build without optimisation, too.
fn in_time(definition: &str, files: &[(&str, &str)], most: Duration) -> Ran {
    let project = Project::empty().with("pipeline.toml", definition);
    let project = files.iter().fold(project, |project, (path, text)| project.with(path, text));
    let mut last = None;
    for format in ["human", "json", "github"] {
        let started = Instant::now();
        let ran = project.run(["check", "--format", format]);
        assert!(started.elapsed() < most, "{format}: {:?}", started.elapsed());
        answered(&ran);
        assert_eq!(ran.code, 3, "{format}");
        last = last.or(Some(ran));
    }
    last.expect("a run")
}

#[test]
fn time_grows_with_the_number_of_errors_and_no_faster() {
    let most = Duration::from_mins(2);
    let head = "version = 1\n[project]\nname = \"x\"\n";
    let keys: Vec<String> = (0..1_000).map(|index| format!("k{index} = 1\n")).collect();
    let keys = keys.concat();
    let inline: Vec<String> = (0..200).map(|index| format!("k{index} = 1")).collect();
    in_time(&"=".repeat(100_000), &[], most);
    in_time(&"=\n".repeat(3_000), &[], most);
    in_time(&format!("{head}{keys}"), &[], most);
    in_time(&format!("{head}env = {{ {} }}\n", inline.join(", ")), &[], most);
    in_time(&format!("version = 1\nextends = \"b.toml\"\n{}", "=".repeat(50_000)), &[("b.toml", "")], most);
    in_time(&format!("extends = \"b.toml\"\n{head}"), &[("b.toml", &"=\n".repeat(3_000))], most);
}

#[test]
fn the_first_mistake_of_each_line_is_named() {
    let ran = Project::empty().with("pipeline.toml", "===\nversion = 1\n= =\n").run(["check"]);
    assert_eq!((ran.code, ran.err.matches("error[syntax]").count()), (3, 2), "{ran:?}");
}

#[test]
fn a_definition_has_a_largest_size() {
    for file in ["pipeline.toml", "base.toml"] {
        let project = Project::of(&format!("extends = \"base.toml\"\n{SMALL}")).with("base.toml", "");
        let before = project.read(file);
        let padding = "#".repeat((1 << 20) - before.len());
        assert_eq!(project.run(["generate"]).code, 0);
        project.write(file, format!("{before}{padding}"));
        assert_eq!(project.run(["generate"]).code, 0, "1 MB is allowed");
        project.write(file, format!("{before}{padding}#"));
        let ran = project.run(["check"]);
        assert_eq!(ran.code, 4);
        let first = ran.err.lines().next().expect("a message");
        assert_eq!(first, format!("error: cannot read `{file}`: it is larger than 1 MB"));
    }
}

#[test]
fn init_answers_in_time_whatever_is_nested() {
    for hostile in ["[", "{a: ", "- ", "? ", "a: [", "&a [*a, "] {
        let project = Project::empty()
            .with("k8s/deployment.yaml", format!("kind: Deployment\nspec: {}", hostile.repeat(100_000)))
            .with("compose.yaml", hostile.repeat(100_000))
            .with("requirements.txt", "fastapi\n");
        let started = Instant::now();
        answered(&project.run(["init", "--yes", "--dry-run"]));
        assert!(started.elapsed() < Duration::from_mins(1), "{hostile}: {:?}", started.elapsed());
    }
}
