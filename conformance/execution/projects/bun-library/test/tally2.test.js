const { tally } = require("../src/tally.js");

test("adds 2", () => {
  expect(tally([2, 1])).toBe(3);
});
