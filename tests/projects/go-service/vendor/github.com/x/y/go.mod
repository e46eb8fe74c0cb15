module github.com/x/y
