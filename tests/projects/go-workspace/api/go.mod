module example.com/ledger/api

go 1.26

require example.com/ledger/rates v0.0.0
