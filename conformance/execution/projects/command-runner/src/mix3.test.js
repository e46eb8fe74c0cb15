const { mix } = require("./mix");

test("mixes 3", () => {
  expect(mix(3, 3)).toBe(3);
});
