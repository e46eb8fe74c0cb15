//! Makes the files that all pipelines of a repository share. They are the same in every run, so that no run spends time
//! on them: the program holds their texts and their hashes.

#![allow(clippy::print_stdout, reason = "a build script speaks to cargo by its output")]

mod bundle;
mod make;
#[path = "../src/seal.rs"]
#[allow(dead_code, unreachable_pub, reason = "the program uses the rest of it")]
mod seal;

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=templates");
    println!("cargo::rerun-if-changed=src/seal.rs");
    let is = |key: &str, value: &str| env::var(key).is_ok_and(|all| all.split(',').any(|one| one == value));
    // At a fixed address nothing is relocated when the program starts. A static program decides by its own flags.
    if is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && !is("CARGO_CFG_TARGET_FEATURE", "crt-static")
    {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut table = String::from("[\n");
    for (name, text) in make::files(Path::new("templates"))? {
        fs::write(out.join(name), &text)?;
        let (file, hash) = (format!("/{name}"), seal::hash(&text));
        let text = format!("include_str!(concat!(env!(\"OUT_DIR\"), {file:?}))");
        writeln!(table, "    Shared {{ name: {name:?}, text: {text}, hash: {hash:?} }},")?;
    }
    table.push_str("]\n");
    fs::write(out.join("shared.rs"), table)?;
    let modules: Vec<String> = bundle::texts(Path::new("templates/scripts"))?.into_keys().collect();
    fs::write(out.join("modules.rs"), format!("{modules:?}"))?;
    let mut steps = String::from("[\n");
    for (name, text) in bundle::texts(Path::new("templates/steps"))? {
        writeln!(steps, "    ({:?}, {text:?}),", format!("steps/{name}"))?;
    }
    steps.push_str("]\n");
    fs::write(out.join("steps.rs"), steps)?;
    Ok(())
}
