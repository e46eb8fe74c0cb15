import unittest

from catalogue.models import Book
from django.test import TestCase, TransactionTestCase

from orders.models import Order


class OrderTests(TestCase):
    def test_total(self):
        book = Book.objects.create(title="Persuasion", price=700)
        self.assertEqual(Order.objects.create(book=book, copies=3).total, 2100)

    @unittest.skip("there are no vouchers yet")
    def test_voucher(self):
        pass


class CommitTests(TransactionTestCase):
    def test_is_committed(self):
        book = Book.objects.create(title="Emma", price=800)
        Order.objects.create(book=book)
        self.assertEqual(Order.objects.count(), 1)
