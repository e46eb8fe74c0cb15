from django.db import models


class Order(models.Model):
    book = models.ForeignKey("catalogue.Book", on_delete=models.PROTECT)
    copies = models.PositiveIntegerField(default=1)

    @property
    def total(self):
        return self.copies * self.book.price
