from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=200)
    price = models.PositiveIntegerField()

    def reduced(self, percent):
        if percent > 100:
            raise ValueError("a book is not given away with money")
        return self.price * (100 - percent) // 100
