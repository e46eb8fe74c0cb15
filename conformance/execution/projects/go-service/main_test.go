package main

import (
	"net"
	"os"
	"testing"
)

func TestRedisAnswers(t *testing.T) {
	connection, err := net.Dial("tcp", os.Getenv("REDIS_ADDR"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if _, err := connection.Write([]byte("PING\r\n")); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 5)
	if _, err := connection.Read(answer); err != nil || string(answer) != "+PONG" {
		t.Fatalf("%q, %v", answer, err)
	}
}
