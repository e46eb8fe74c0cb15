fn main() {
    println!("{}", env!("CARGO_PKG_VERSION"));
}

#[cfg(test)]
mod tests {
    #[test]
    fn prints_the_version() {
        super::main();
    }
}
