//! scratch
use pipewright::*;
fn main() {
    let file = std::env::args().nth(1).unwrap_or("pipeline.toml".into());
    let sources = sources::Sources::read(std::path::Path::new("."), &file).expect("r");
    let read = compile(&sources);
    println!("{}", diagnostics::human(&read.diagnostics, &sources.locator()));
}
