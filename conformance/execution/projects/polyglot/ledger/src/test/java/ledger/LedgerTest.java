package ledger;

import static org.junit.Assert.assertEquals;

import org.junit.Test;

public class LedgerTest {
    @Test
    public void adds() {
        Ledger ledger = new Ledger();
        ledger.book(250);
        ledger.book(-50);
        assertEquals(200, ledger.balance());
    }

    @Test
    public void startsAtZero() {
        assertEquals(0, new Ledger().balance());
    }
}
