import { readFileSync, statSync } from 'node:fs';
import { parseConfigFile } from '@opentelemetry/configuration';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';

/** A step from a node of the file to one below it. */
export type Path = readonly (string | number)[];

export interface ConfigDocument {
  /** As the schema of OpenTelemetry accepted it, `${VARIABLES}` filled in; as it stands in the file if it did not. */
  readonly content: unknown;
  /** The line of the key or entry a path leads to, or of the last part of the path that is there. */
  lineOf(path: Path): number;
  /** Why the schema refused it. */
  readonly refusal?: { readonly path: Path; readonly reason: string };
}

/** Reads and validates. Throws with one sentence, in which `line` says where, if the file is no YAML at all. */
export function readDocument(path: string): ConfigDocument {
  const lines = new LineCounter();
  const source = readRegularFile(path);
  const document = parseDocument(source, { version: '1.2', lineCounter: lines, prettyErrors: false });
  // The parser of OpenTelemetry reads on past a syntax error and makes something else of the rest.
  const [error] = document.errors;
  if (error !== undefined) throw new SyntaxFault(lines.linePos(error.pos[0]).line, error.message);
  const lineOf = (to: Path): number => lines.linePos(offsetOf(document, to)).line;
  try {
    return { content: parseConfigFile(path), lineOf };
  } catch (fault) {
    const substitution = /invalid env var substitution: (.*)/.exec(String(fault))?.[1];
    if (substitution !== undefined) {
      const { line } = lines.linePos(source.indexOf(substitution));
      throw new SyntaxFault(line, `expected \${NAME} or \${NAME:-default} instead of ${substitution}`);
    }
    return { content: document.toJS(), lineOf, refusal: explain(fault, document) };
  }
}

/** Bytes; a configuration written by people is a thousandth of it. */
const LARGEST = 1_000_000;

/** A pipe or a device would hold the application's start for as long as nobody ends it. */
function readRegularFile(path: string): string {
  const file = statSync(path);
  // A directory is told apart by reading it.
  if (!file.isFile() && !file.isDirectory()) throw new Error('it is a pipe or a device, not a file');
  if (file.size > LARGEST) throw new Error(`it is larger than ${LARGEST} bytes`);
  return readFileSync(path, 'utf8');
}

export class SyntaxFault extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

function offsetOf(document: Document, path: Path): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
      if (pair === undefined) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node) && typeof step === 'number') {
      node = (node.items[step] ?? null) as Node | null;
      offset = node?.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}

/** `Invalid OpenTelemetry config file: <path>: /tracer_provider/processors/0 must be object` and its like. */
function explain(fault: unknown, document: Document): { path: Path; reason: string } {
  const message = fault instanceof Error ? fault.message : String(fault);
  const [, pointer, reason] = /(?:: |\n {2})((?:\/[^/\s]*)*) (must [^\n]*)/.exec(message) ?? [];
  if (pointer !== undefined && reason !== undefined) return { path: fromPointer(pointer), reason };
  if (!message.includes('Unsupported file_format')) return { path: [], reason: message };
  const found = isMap(document.contents) ? document.get('file_format') : undefined;
  return { path: ['file_format'], reason: `expected "1.0" or "1.1", found ${JSON.stringify(found) ?? 'none'}` };
}

/** https://www.rfc-editor.org/rfc/rfc6901 */
const fromPointer = (pointer: string): Path =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
