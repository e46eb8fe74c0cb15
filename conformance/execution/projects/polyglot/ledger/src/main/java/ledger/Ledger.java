package ledger;

public final class Ledger {
    private long balance;

    public void book(long cents) {
        balance += cents;
    }

    public long balance() {
        return balance;
    }
}
