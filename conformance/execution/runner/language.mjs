// GitHub's own parser and evaluator, as a service of one line of JSON a request.
//
// {"op": "parse", "path", "content"}                  the workflow as plain JSON; an expression is {"$": number}
// {"op": "resolve", "node", "contexts", "status"}     the node with every expression evaluated
// {"op": "text", …}                                   the same, every scalar as the text that a step is given
// {"op": "condition", …}                              whether an `if` holds
//
// {"op": "keys"}                                      the keys of every mapping in GitHub's schema, by its name
//
// Answers {"value"} or {"error"}.
import { createInterface } from "node:readline";
import { data, Evaluator, FeatureFlags, Lexer, Parser } from "@actions/expressions";
import { reviver } from "@actions/expressions/data/reviver";
import { replacer } from "@actions/expressions/data/replacer";
import { truthy } from "@actions/expressions/result";
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { ensureStatusFunction } from "@actions/workflow-parser/model/converter/if-condition";
import { splitAllowedContext } from "@actions/workflow-parser/templates/allowed-context";
import { TemplateContext, TemplateValidationErrors } from "@actions/workflow-parser/templates/template-context";
import { TokenType } from "@actions/workflow-parser/templates/tokens/types";
import { getWorkflowSchema } from "@actions/workflow-parser/workflows/workflow-schema";

const expressions = [];

function parse({ path, content }) {
  const context = new TemplateContext(new TemplateValidationErrors(), getWorkflowSchema(), new NoOperationTraceWriter());
  context.state.featureFlags = new FeatureFlags({ all: true });
  const { value } = parseWorkflow({ name: path, content }, context);
  const errors = context.errors.getErrors();
  if (errors.length > 0 || !value) {
    throw new Error(errors.map((error) => `${path}: ${error.message}`).join("\n") || `${path} is empty`);
  }
  return plain(value);
}

function plain(token) {
  switch (token.templateTokenType) {
    case TokenType.Mapping:
      return Object.fromEntries(
        [...token].map(({ key, value }) => [key.toString(), key.toString() === "if" ? condition(value) : plain(value)]),
      );
    case TokenType.Sequence:
      return [...token].map(plain);
    case TokenType.BasicExpression:
      return reference(token.expression, token.definitionInfo);
    default:
      return token.value ?? null;
  }
}

/** An `if`, with the `success()` that GitHub adds where no status function is asked. */
function condition(token) {
  const written = token.templateTokenType === TokenType.BasicExpression ? token.expression : token.toString();
  return reference(ensureStatusFunction(written, token.definitionInfo), token.definitionInfo);
}

function reference(expression, definition) {
  expressions.push({ expression, allowed: definition?.allowedContext ?? [] });
  return { $: expressions.length - 1 };
}

/** Contexts that the bench fills altogether: what they lack is not empty, but unknown. */
const WHOLE = /(?<![\w.-])(github|runner|strategy|job)\.([\w-]+)/g;

function known(expression, contexts) {
  const text = expression.replaceAll(/'(?:[^']|'')*'/g, "''");
  for (const [name, context, key] of text.matchAll(WHOLE)) {
    if (contexts.get(context)?.get(key) === undefined) {
      throw new Error(`\`${name}\` is not modelled`);
    }
  }
}

function evaluated(number, contexts, status) {
  const { expression, allowed } = expressions[number];
  known(expression, contexts);
  const { namedContexts, functions } = splitAllowedContext(allowed);
  const tree = new Parser(new Lexer(expression).lex().tokens, namedContexts, functions).parse();
  return new Evaluator(tree, contexts, statusFunctions(status)).evaluate();
}

function statusFunctions(status) {
  const known = ["always", "success", "failure", "cancelled"].map((name) => [
    name,
    { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(name === "always" || status?.[name] === true) },
  ]);
  const unknown = () => {
    throw new Error("hashFiles is not modelled");
  };
  return new Map([...known, ["hashfiles", { name: "hashFiles", minArgs: 1, maxArgs: 255, call: unknown }]]);
}

function resolved(node, contexts, status, scalar) {
  if (Array.isArray(node)) {
    return node.map((item) => resolved(item, contexts, status, scalar));
  }
  if (node !== null && typeof node === "object") {
    if ("$" in node) {
      return scalar(evaluated(node.$, contexts, status));
    }
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, resolved(value, contexts, status, scalar)]),
    );
  }
  return scalar(JSON.parse(JSON.stringify(node), reviver));
}

function keys() {
  const found = Object.entries(getWorkflowSchema().definitions).filter(
    ([, { properties }]) => Object.keys(properties ?? {}).length > 0,
  );
  return Object.fromEntries(found.map(([name, { properties }]) => [name, Object.keys(properties)]));
}

const operations = {
  parse,
  keys,
  resolve: ({ node, contexts, status }) =>
    resolved(node, contexts, status, (value) => JSON.parse(JSON.stringify(value, replacer))),
  text: ({ node, contexts, status }) => resolved(node, contexts, status, (value) => value.coerceString()),
  condition: ({ node, contexts, status }) => truthy(evaluated(node.$, contexts, status)),
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    const contexts = JSON.parse(JSON.stringify(request.contexts ?? {}), reviver);
    answer = { value: operations[request.op]({ ...request, contexts }) };
  } catch (error) {
    answer = { error: String(error.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
