import os
def sing() -> int:
    return 'tweet'
