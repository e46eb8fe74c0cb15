class Invoice
  def initialize
    @lines = []
  end

  def add(cents)
    @lines << cents
    self
  end

  def total
    @lines.sum
  end
end
