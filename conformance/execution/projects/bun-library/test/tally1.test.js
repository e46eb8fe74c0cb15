const { tally } = require("../src/tally.js");

test("adds 1", () => {
  expect(tally([1, 1])).toBe(2);
});
