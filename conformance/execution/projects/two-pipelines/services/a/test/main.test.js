import { describe, expect, test } from "vitest";
import { balance } from "../main.js";

describe("balance", () => {
  test.each([
    [[], 0],
    [[3, -1], 2],
  ])("of %j", (entries, sum) => expect(balance(entries)).toBe(sum));
});
