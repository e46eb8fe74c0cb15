module quote

go 1.26
