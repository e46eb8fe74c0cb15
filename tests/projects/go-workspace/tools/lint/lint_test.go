package lint

import "testing"

func TestLint(t *testing.T) {}
