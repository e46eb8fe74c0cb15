package main

import "testing"

func TestMain_returns(t *testing.T) {
	main()
}
