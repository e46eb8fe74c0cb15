const { mkdirSync } = require("node:fs");
const { expect, test } = require("@playwright/test");

test("shade 1", () => {
  mkdirSync("test-results", { recursive: true });
  expect(1 + 1).toBe(2);
});
