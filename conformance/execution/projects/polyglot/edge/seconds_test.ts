import { seconds } from "./seconds.ts";

Deno.test("reads minutes", () => {
  if (seconds("2m") !== 120) throw new Error("not 120");
});

Deno.test("reads seconds", async (test) => {
  await test.step("of one digit", () => {
    if (seconds("5s") !== 5) throw new Error("not 5");
  });
});
