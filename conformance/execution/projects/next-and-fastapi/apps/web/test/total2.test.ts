import { expect, test } from "vitest";
import { total } from "../total";

test("of 2 prices", () => {
  expect(total(Array(2).fill(3))).toBe(2 * 3);
});
