/// Adds.
///
/// ```
/// assert_eq!(forge_core::add(1, 1), 2);
/// ```
pub fn add(a: u8, b: u8) -> u8 {
    a + b
}

#[test]
fn adds() {}
