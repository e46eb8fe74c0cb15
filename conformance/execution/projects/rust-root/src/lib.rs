//! A twig.

/// Doubles.
pub fn double(number: u32) -> u32 {
    number * 2
}

#[cfg(test)]
mod tests {
    #[test]
    fn doubles() {
        assert_eq!(super::double(2), 4);
    }

    #[cfg(feature = "extra")]
    #[test]
    fn doubles_more() {
        assert_eq!(super::double(4), 8);
    }
}
