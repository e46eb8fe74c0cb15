const { mkdirSync } = require("node:fs");
const { expect, test } = require("@playwright/test");

test("shade 2", () => {
  mkdirSync("test-results", { recursive: true });
  expect(2 + 2).toBe(4);
});
