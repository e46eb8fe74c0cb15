const { mix } = require("./mix");

test("mixes 2", () => {
  expect(mix(2, 2)).toBe(2);
});
