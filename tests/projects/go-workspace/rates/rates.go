package rates

// Convert converts an amount by a rate in percent.
func Convert(amount, rate int) int {
	return amount * rate / 100
}
