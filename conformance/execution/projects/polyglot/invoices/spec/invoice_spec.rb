require_relative "../lib/invoice"

RSpec.describe Invoice do
  it "adds its lines" do
    expect(described_class.new.add(5).add(7).total).to eq 12
  end

  it "is empty at first" do
    expect(described_class.new.total).to eq 0
  end
end
