import { FAMILY, suggestion } from './instrumentation-options.ts';
import { nearest } from './nearest.ts';
import type { Problems } from './problems.ts';

/** Variables that look like ours and are none: most likely a slip of the hand that would otherwise go unnoticed. */

/** Real variables of other languages and tools, which share machines and containers with us. */
const OTHERS =
  /^OTEL_(PYTHON|JAVAAGENT|JAVA|DOTNET|GO|PHP|RUBY|RUST|CPP|ERLANG|SWIFT|COLLECTOR|AWS|K8S|OPERATOR|INJECTOR|LAMBDA|EBPF|PROFILING|PROFILER)_/;

/** First words near enough to be ours; most variables of a process are told apart by their first letter. */
function looksLikeOurs(variable: string): boolean {
  if (!/^[otf]/i.test(variable)) return false;
  const [first = ''] = variable.split(/[_.-]/, 1);
  return first.length > 2 && nearest(first, ['OTEL', 'FIRSTLIGHT']) !== undefined;
}

export function reportUnknown(
  variables: Iterable<string>,
  known: ReadonlyMap<string, unknown>,
  problems: Problems,
): void {
  for (const variable of variables) {
    if (known.has(variable) || !looksLikeOurs(variable) || variable.startsWith(FAMILY) || OTHERS.test(variable))
      continue;
    const meant = nearest(variable, known.keys()) ?? nearestFamily(variable);
    if (meant !== undefined) problems.add(variable, `${variable} is not a setting${suggestion(meant)}`);
    else if (variable.startsWith('FIRSTLIGHT_')) {
      problems.add(variable, `${variable} is not a setting; \`firstlight config --all\` lists them`);
    }
  }
}

function nearestFamily(variable: string): string | undefined {
  const start = variable.split('_').slice(0, 2).join('_');
  const rest = variable.slice(start.length + 1);
  return rest !== '' && nearest(`${start}_`, [FAMILY]) !== undefined ? `${FAMILY}${rest}` : undefined;
}
