"""What tests of passwords share."""

from core.passwords import Cost

# Far below what protects a password: a test that logs in should not pay for it.
CHEAP = Cost(n=2**4, r=1, p=1)
PASSWORD = "a password for tests"
