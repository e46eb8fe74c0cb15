// The `run` scripts of a workflow, each with the shell that GitHub would start.
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";

export function scriptsOf(content) {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines });
  const jobs = document.get("jobs");
  if (!isMap(jobs)) {
    return [];
  }
  const scripts = [];
  for (const { value: job } of jobs.items) {
    if (!isMap(job)) {
      continue;
    }
    const shell = shellOf(job) ?? shellOf(document) ?? defaultShell(job);
    for (const step of stepsOf(job)) {
      scripts.push(scriptOf(step, shell, lines));
    }
  }
  return scripts;
}

function shellOf(node) {
  return node.getIn(["defaults", "run", "shell"]);
}

/** Windows runners start PowerShell where no shell is named. */
function defaultShell(job) {
  return JSON.stringify(job.get("runs-on") ?? "").includes("windows") ? "pwsh" : "";
}

function stepsOf(job) {
  const steps = job.get("steps");
  const maps = isSeq(steps) ? steps.items.filter(isMap) : [];
  return maps
    .flatMap((step) => (step.has("parallel") ? stepsIn(step.get("parallel")) : [step]))
    .filter((step) => isScalar(step.get("run", true)));
}

function stepsIn(parallel) {
  return isSeq(parallel) ? parallel.items.filter(isMap) : [];
}

function scriptOf(step, shell, lines) {
  const run = step.get("run", true);
  const { line } = lines.linePos(run.range[0]);
  const onNextLine = run.type === "BLOCK_LITERAL" || run.type === "BLOCK_FOLDED";
  return { line: onNextLine ? line + 1 : line, shell: step.get("shell") ?? shell, text: String(run.value) };
}
