import ts from "typescript";

/** One small change of a source text that its tests should detect. */
export type Mutant = {
  /** The replaced range of the text, and the replacement. */
  start: number;
  end: number;
  text: string;
  line: number;
  /** The old and the new text on one line; with the file it identifies the mutant in the table of equivalents. */
  change: string;
};

const swapped: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.LessThanToken]: "<=",
  [ts.SyntaxKind.LessThanEqualsToken]: "<",
  [ts.SyntaxKind.GreaterThanToken]: ">=",
  [ts.SyntaxKind.GreaterThanEqualsToken]: ">",
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: "!==",
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: "===",
  [ts.SyntaxKind.AmpersandAmpersandToken]: "||",
  [ts.SyntaxKind.BarBarToken]: "&&",
  [ts.SyntaxKind.MinusToken]: "+",
  [ts.SyntaxKind.AsteriskToken]: "/",
};
const swappedNames: Record<string, string> = { some: "every", every: "some", min: "max", max: "min" };

type Edit = { node: ts.Node; text: string };

const isLiteralBoolean = (node: ts.Node) =>
  node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword;

/** Replaces a condition by a constant; a condition that is a literal is left to another operator. */
const decided = (node: ts.Expression, ...texts: string[]): Edit[] =>
  isLiteralBoolean(node) ? [] : texts.map((text) => ({ node, text }));

function editsOfOperator(node: ts.Node): Edit[] {
  if (ts.isBinaryExpression(node)) {
    const text = swapped[node.operatorToken.kind];
    return text === undefined ? [] : [{ node: node.operatorToken, text }];
  }
  if (ts.isConditionalExpression(node)) return decided(node.condition, "true", "false");
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return [{ node, text: `(${node.operand.getText()})` }];
  if (ts.isPropertyAccessExpression(node) && ts.isCallExpression(node.parent)) {
    const text = Object.hasOwn(swappedNames, node.name.text) ? swappedNames[node.name.text] : undefined;
    return text === undefined ? [] : [{ node: node.name, text }];
  }
  return [];
}

function editsOfValue(node: ts.Node): Edit[] {
  if (ts.isNumericLiteral(node)) return [{ node, text: `(${node.text} + 1)` }];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [{ node, text: "false" }];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [{ node, text: "true" }];
  // A string in a list, such as a permission in a table; if the list defines a type, the compiler detects the change.
  if (ts.isArrayLiteralExpression(node) && !ts.isAsExpression(node.parent))
    return node.elements.filter(ts.isStringLiteral).map((element) => ({ node: element, text: "" }));
  return [];
}

function editsOfResult(node: ts.Node): Edit[] {
  const [result, text] = ts.isReturnStatement(node)
    ? [node.expression, "undefined"]
    : ts.isArrowFunction(node) && !ts.isBlock(node.body)
      ? [node.body, "(undefined as never)"]
      : [undefined, ""];
  const isNothing = !result || isLiteralBoolean(result) || result.getText() === "undefined";
  return isNothing ? [] : [{ node: result, text }];
}

function editsOfStatement(node: ts.Node): Edit[] {
  if (ts.isIfStatement(node)) return decided(node.expression, "true", "false");
  if (ts.isWhileStatement(node)) return decided(node.expression, "false");
  if (ts.isForStatement(node) && node.condition) return decided(node.condition, "false");
  const isRemoved =
    ts.isExpressionStatement(node) ||
    ts.isThrowStatement(node) ||
    ts.isContinueStatement(node) ||
    (ts.isBreakStatement(node) && !ts.isCaseOrDefaultClause(node.parent));
  return isRemoved ? [{ node, text: ";" }] : [];
}

// Types do not exist at run time, and a list that only defines a type is part of one.
function isWithoutEffect(node: ts.Node): boolean {
  return (
    ts.isTypeNode(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node)
  );
}

const oneLine = (text: string) => {
  const flat = text.replaceAll(/\s+/g, " ").trim();
  return flat.length > 60 ? `${flat.slice(0, 57)}...` : flat;
};

/** The text around a change, to distinguish two on one line. */
function describe(source: ts.SourceFile, { node, text }: Edit, line: number): string {
  const starts = source.getLineStarts();
  const whole = source.text.slice(starts[line] ?? 0, starts[line + 1]);
  const became = text === "" || text === ";" ? "nothing" : text;
  return `${oneLine(whole)} | ${oneLine(node.getText())} → ${oneLine(became)}`;
}

const edits = (node: ts.Node): Edit[] =>
  [editsOfStatement, editsOfResult, editsOfOperator, editsOfValue].flatMap((kind) => kind(node));

/** Every mutant of a source text, in the order of the text. Pure. */
export function mutantsOf(text: string): Mutant[] {
  const source = ts.createSourceFile("rule.ts", text, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    if (isWithoutEffect(node)) return;
    for (const edit of edits(node)) {
      const start = edit.node.getStart();
      const { line } = source.getLineAndCharacterOfPosition(start);
      const end = edit.node.getEnd();
      // Remove an element together with its comma: otherwise the array has a hole, which is a different mutant.
      const comma = edit.text === "" ? (/^\s*,/.exec(text.slice(end))?.[0].length ?? 0) : 0;
      const change = describe(source, edit, line);
      found.push({ start, end: end + comma, text: edit.text, line: line + 1, change });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The text with one of its mutants applied. Pure. */
export const mutated = (text: string, { start, end, text: instead }: Mutant): string =>
  text.slice(0, start) + instead + text.slice(end);
