//! `completions` and `man`.

use crate::support::{Project, program};

#[test]
fn completions_are_of_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = Project::empty().run(["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{shell}");
        for word in ["generate", "explain", "deny-warnings"] {
            assert!(ran.out.contains(word), "{shell}: no {word}");
        }
    }
    assert_eq!(Project::empty().run(["completions", "cmd"]).code, 2);
}

#[test]
#[cfg(unix)]
fn bash_reads_its_completions() {
    let project = Project::empty();
    project.write("complete.sh", project.run(["completions", "bash"]).out);
    let script = "source complete.sh; COMP_WORDS=(pipewright ge); COMP_CWORD=1; _pipewright pipewright ge pipewright; echo \"${COMPREPLY[@]}\"";
    let mut bash = std::process::Command::new("bash");
    let ended = bash.args(["--norc", "-c", script]).current_dir(project.root()).output().expect("there is a bash");
    assert_eq!(String::from_utf8_lossy(&ended.stdout).trim(), "generate", "{ended:?}");
}

#[test]
fn a_manual_page_has_every_option() {
    let ran = Project::empty().run(["man"]);
    assert!(ran.code == 0 && ran.out.contains(".TH pipewright 1") && ran.out.contains("generate"), "{ran:?}");
    let ran = Project::empty().run(["man", "check"]);
    assert!(ran.code == 0 && ran.out.contains("pipewright\\-check") && ran.out.contains("\\-\\-full"), "{ran:?}");
    let ran = Project::empty().run(["man", "pins", "add"]);
    assert!(
        ran.code == 0 && ran.out.contains("pipewright\\-pins\\-add") && ran.out.contains(".SH SYNOPSIS"),
        "{ran:?}"
    );
    let ran = Project::empty().run(["man", "pins", "ad"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (2, "error: there is no command `pins ad`\n  = help: did you mean `add`?\n")
    );
    let ran = Project::empty().run(["man", "chekc"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (2, "error: there is no command `chekc`\n  = help: did you mean `check`?\n")
    );
}

#[test]
fn every_command_has_a_help_text() {
    let ended = program().arg("--help").output().expect("the program starts");
    let help = String::from_utf8(ended.stdout).expect("it is text");
    let commands = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a list");
    assert!(commands.lines().count() >= 10, "{commands}");
    for line in commands.lines() {
        let (name, about) = line.trim().split_once(' ').unwrap_or((line, ""));
        assert!(!about.trim().is_empty() && !about.ends_with('.'), "{line}");
        assert_eq!(Project::empty().run([name, "--help"]).code, 0, "{name}");
    }
}
