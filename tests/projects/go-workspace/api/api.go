// Package api answers with amounts.
package api

import "example.com/ledger/rates"

// Answer is an amount in another currency.
func Answer(amount int) int {
	return rates.Convert(amount, 110)
}
