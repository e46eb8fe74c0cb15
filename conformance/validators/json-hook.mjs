// Lets Node load the JSON files that GitHub's packages import without the
// import attribute that Node requires. `--import` this file before they load.
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";
import { fileURLToPath } from "node:url";

// Node runs the hooks below in a thread of their own, which loads this file again.
if (isMainThread) {
  register(import.meta.url);
}

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !url.endsWith(".json")) {
    return next(url, context);
  }
  const text = await readFile(fileURLToPath(url), "utf8");
  return { format: "module", shortCircuit: true, source: `export default ${text}` };
}
