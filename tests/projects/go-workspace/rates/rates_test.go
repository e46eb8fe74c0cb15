package rates

import "testing"

func TestConvert(t *testing.T) {
	if Convert(200, 50) != 100 {
		t.Fatal("half of 200 is 100")
	}
}
