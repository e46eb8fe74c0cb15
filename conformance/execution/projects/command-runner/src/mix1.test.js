const { mix } = require("./mix");

test("mixes 1", () => {
  expect(mix(1, 1)).toBe(1);
});
