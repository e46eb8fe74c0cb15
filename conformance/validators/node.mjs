// Runs the validators that are npm packages over every workflow, in one process.
//
// Input, as JSON on standard input:
//   { "actions": "<path of actions.json>", "called-workflows": "<path of workflows.json>",
//     "workflows": [{ "root": "<folder>", "path": "<below it>" }] }
// Output, as JSON on standard output:
//   { "findings": { "<validator>": [{ "workflow": 0, "line": 1, "message": "…" }] },
//     "scripts": [{ "workflow": 0, "line": 1, "shell": "bash", "text": "…" }] }
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { languageService, workflowParser } from "./node-github.mjs";
import { scriptsOf } from "./node-scripts.mjs";

const input = JSON.parse(await text(process.stdin));
const actions = JSON.parse(await readFile(input.actions, "utf8"));
const workflows = JSON.parse(await readFile(input["called-workflows"], "utf8"));
const findings = { "workflow-parser": [], languageservice: [] };
const scripts = [];

for (const [workflow, { root, path }] of input.workflows.entries()) {
  const content = await readFile(`${root}/${path}`, "utf8");
  const found = {
    "workflow-parser": await workflowParser(root, path, content, workflows),
    languageservice: await languageService(root, path, content, actions, workflows),
  };
  for (const [validator, list] of Object.entries(found)) {
    findings[validator].push(...list.map((finding) => ({ workflow, ...finding })));
  }
  scripts.push(...scriptsOf(content).map((script) => ({ workflow, ...script })));
}

process.stdout.write(JSON.stringify({ findings, scripts }));
