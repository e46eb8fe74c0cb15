module github.com/acme/gateway/v2

go 1.25.4

require (
	github.com/jackc/pgx/v5 v5.7.6
	github.com/redis/go-redis/v9 v9.17.0 // indirect
)

tool gotest.tools/gotestsum
