import pytest
from orders.models import Order
from sqlalchemy import func, select, text


@pytest.mark.parametrize("_", range(4))
def test_an_order_is_gone_after_its_test(_, db_session, worker_name):
    db_session.add(Order(what="tea"))
    db_session.commit()
    assert db_session.scalar(select(func.count(Order.id))) == 1
    assert worker_name in db_session.scalar(text("SELECT current_database()"))
