package api

import "testing"

func TestAnswer(t *testing.T) {
	if Answer(100) != 110 {
		t.Fatal("100 is 110 there")
	}
}
