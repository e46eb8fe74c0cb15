module github.com/acme/beacon

go 1.26
