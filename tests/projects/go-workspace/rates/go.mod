module example.com/ledger/rates

go 1.26
