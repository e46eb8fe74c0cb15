// GitHub's own parser and language service.
import { readFile } from "node:fs/promises";
import { FeatureFlags } from "@actions/expressions";
import { registerLogger, validate } from "@actions/languageservice";
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { ErrorPolicy } from "@actions/workflow-parser/model/convert";
import { TemplateContext, TemplateValidationErrors } from "@actions/workflow-parser/templates/template-context";
import { getWorkflowSchema } from "@actions/workflow-parser/workflows/workflow-schema";
import { TextDocument } from "vscode-languageserver-textdocument";

const featureFlags = new FeatureFlags({ all: true });

// The language service logs an exception of its own and goes on with what it has.
let crash;
registerLogger({
  log() {},
  info() {},
  warn() {},
  error(message) {
    crash = message;
  },
});

/** Files of the repository, and the interfaces of workflows of others at the pinned commit. */
function filesBelow(root, workflows) {
  return {
    async getFileContent(reference) {
      if ("repository" in reference) {
        const { owner, repository, path, version } = reference;
        const known = workflows[`${owner}/${repository}/${path}`.toLowerCase()];
        if (known?.sha !== version) {
          throw new Error(`${owner}/${repository}/${path} at ${version} is not recorded`);
        }
        const { inputs, permissions } = known;
        const job = { "runs-on": "ubuntu-24.04", permissions, steps: [{ run: "true" }] };
        // JSON is YAML.
        return { name: path, content: JSON.stringify({ on: { workflow_call: { inputs } }, jobs: { job } }) };
      }
      return { name: reference.path, content: await readFile(`${root}/${reference.path}`, "utf8") };
    },
  };
}

export async function workflowParser(root, path, content, workflows) {
  const trace = new NoOperationTraceWriter();
  const context = new TemplateContext(new TemplateValidationErrors(), getWorkflowSchema(), trace);
  context.state.featureFlags = featureFlags;
  const { value } = parseWorkflow({ name: path, content }, context);
  if (value) {
    await convertWorkflowTemplate(context, value, filesBelow(root, workflows), {
      errorPolicy: ErrorPolicy.TryConversion,
      featureFlags,
      fetchReusableWorkflowDepth: 1,
    });
  }
  return context.errors.getErrors().map((error) => ({
    line: error.range?.start.line ?? 1,
    message: error.rawMessage,
  }));
}

/** The interface of an action at the pinned commit; of an unlisted commit, one that accepts everything. */
function metadataFrom(actions) {
  return {
    async fetchActionMetadata({ owner, name, path, ref }) {
      const known = actions[[owner, name, path].filter(Boolean).join("/").toLowerCase()];
      const listed = known?.sha === ref;
      return { name, description: "", inputs: listed ? withAnyCase(known.inputs) : undefined };
    },
  };
}

/** Input names ignore case; the language service looks them up as they are written. */
function withAnyCase(inputs) {
  return new Proxy(inputs, {
    get: (target, key) =>
      typeof key === "string"
        ? Object.entries(target).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]
        : undefined,
  });
}

export async function languageService(root, path, content, actions, workflows) {
  crash = undefined;
  const document = TextDocument.create(`file://${root}/${path}`, "yaml", 1, content);
  const diagnostics = await validate(document, {
    actionsMetadataProvider: metadataFrom(actions),
    featureFlags,
    fileProvider: filesBelow(root, workflows),
  });
  if (crash !== undefined) {
    throw new Error(`${path}: ${crash}`);
  }
  return diagnostics.map(({ message, range }) => ({ line: range.start.line + 1, message }));
}
