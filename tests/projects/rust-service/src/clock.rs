pub fn tick() -> u8 {
    1
}

#[cfg(test)]
mod tests {
    #[test]
    fn ticks() {
        assert_eq!(super::tick(), 1);
    }
}
