import { expect, test } from "vitest";
import { total } from "../total";

test("of 1 prices", () => {
  expect(total(Array(1).fill(3))).toBe(1 * 3);
});
