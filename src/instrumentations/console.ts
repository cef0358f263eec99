import { format, inspect, stripVTControlCharacters } from 'node:util';
import { context, SeverityNumber, type Logger } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { InstrumentationBase, type InstrumentationConfig } from '@opentelemetry/instrumentation';
import * as diag from '../diag.ts';

/**
 * The methods that all others of the console end in: `table`, `count` and `group` print through `log`, `assert`
 * through `warn`, `trace` through `error`, with a stack in which a wrapper of ours would show.
 */
const METHODS = {
  debug: SeverityNumber.DEBUG,
  log: SeverityNumber.INFO,
  info: SeverityNumber.INFO,
  dir: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
} as const;

/** Characters of a body; a line of the console may be of any length. */
const LONGEST = 65_536;

type Method = keyof typeof METHODS;
type Print = (...args: unknown[]) => void;

interface Config extends InstrumentationConfig {
  /** Records below it are not made. */
  readonly logSeverity?: number;
}

/** Makes a log record of what the application prints on its console, which stays as it is to the byte. */
export class ConsoleInstrumentation extends InstrumentationBase<Config> {
  declare private originals: Map<Method, Print> | undefined;

  constructor(config: Config = {}) {
    super('firstlight/console', FIRSTLIGHT_VERSION, config);
  }

  protected override init(): undefined {}

  override enable(): void {
    super.enable();
    if (this.originals !== undefined) return;
    this.originals = new Map();
    const least = this.getConfig().logSeverity ?? SeverityNumber.UNSPECIFIED;
    for (const method of Object.keys(METHODS) as Method[]) {
      if (METHODS[method] < least) continue;
      const original = console[method] as Print;
      this.originals.set(method, original);
      console[method] = wrap(method, original, () => this.logger);
    }
  }

  override disable(): void {
    super.disable();
    for (const [method, original] of this.originals ?? []) console[method] = original;
    this.originals = undefined;
  }
}

/** True while a record is made: what is printed meanwhile is ours, or a processor's. */
let recording = false;

function wrap(method: Method, original: Print, logger: () => Logger): Print {
  // A method of this name, for it is shown where a stack or the console is inspected.
  const wrapped = {
    [method](this: unknown, ...args: unknown[]): void {
      original.apply(this, args);
      if (recording) return;
      recording = true;
      try {
        record(logger(), method, args);
      } catch (cause) {
        diag.limited('console', 'a line of the console could not be recorded', cause);
      } finally {
        recording = false;
      }
    },
  };
  return wrapped[method] as Print;
}

function record(logger: Logger, method: Method, args: readonly unknown[]): void {
  // Exporters print under suppression; recording that would feed what they print to themselves, for ever.
  if (isTracingSuppressed(context.active())) return;
  const severityNumber = METHODS[method];
  if (!logger.enabled({ severityNumber })) return;
  const exception = args.find((arg) => arg instanceof Error);
  logger.emit({
    severityNumber,
    severityText: method === 'dir' ? 'log' : method,
    body: bounded(textOf(method, args)),
    context: context.active(),
    ...(exception !== undefined && { exception }),
  });
}

/**
 * What the console prints, which it tells nobody: objects are inspected a second time. Their own `toString` and
 * `inspect.custom` take part, for they are there to show less (no password), and the body must not show more.
 */
function textOf(method: Method, args: readonly unknown[]): string {
  if (method === 'dir') return inspect(args[0], args[1] ?? {});
  return args.length === 1 && typeof args[0] === 'string' ? args[0] : format(...args);
}

function bounded(text: string): string {
  const rest = text.length - LONGEST;
  const shown = stripVTControlCharacters(text.slice(0, LONGEST));
  return rest > 0 ? `${shown}... ${rest} more characters` : shown;
}
