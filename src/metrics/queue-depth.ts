/**
 * Depths of queues, asked for when somebody asks for metrics. Who does not answer in time is left out, and not asked
 * again until he does.
 */
import { setTimeout } from 'node:timers';
import type { Meter, ObservableResult } from '@opentelemetry/api';
import { now } from '../clock.ts';
import * as diag from '../diag.ts';
import type { Depth, DepthSource, Observed } from '../observed.ts';
import { observable } from './instrument.ts';

/** Milliseconds; a scrape has two seconds. */
const DEADLINE = 800;
/** An application that makes a queue for each request has one more problem, but not this one. */
const MOST = 1000;

interface Asked {
  readonly source: DepthSource;
  /** Under way; only one at a time, whoever asks. */
  answer?: Promise<readonly Depth[]> | undefined;
  last?: { readonly depths: readonly Depth[]; readonly at: number };
}

export function createDepths(meter: Meter): Observed['depth'] {
  const sources = new Set<Asked>();
  const forgetGone = (): void => {
    for (const asked of sources) if (isGone(asked)) sources.delete(asked);
  };
  observable(meter, 'firstlight.queue.depth').addCallback(async (result) => {
    forgetGone();
    await Promise.all([...sources].map((asked) => observe(asked, result)));
  });
  return (source) => {
    if (sources.size >= MOST) forgetGone();
    if (sources.size >= MOST) {
      diag.limited('queues', `more than ${MOST} queues; the depth of those that are made now is not measured`);
      return () => {};
    }
    const asked = { source };
    sources.add(asked);
    return () => void sources.delete(asked);
  };
}

function isGone({ source }: Asked): boolean {
  try {
    return source.isGone?.() ?? false;
  } catch (cause) {
    source.failed(cause);
    return false;
  }
}

/** What is known at once is observed at once: at the end of a process nobody waits for more. Never rejects. */
async function observe(asked: Asked, result: ObservableResult): Promise<void> {
  const { source, last } = asked;
  const tell = (depths: readonly Depth[]): void => {
    for (const { attributes, messages } of depths) {
      if (Number.isFinite(messages) && messages >= 0) result.observe(messages, attributes);
      else source.failed(new Error(`expected a number from 0 on, got ${String(messages)}`));
    }
  };
  if (last !== undefined && now() - last.at < (source.lasts ?? 0)) {
    tell(last.depths);
    return;
  }
  const answer = asked.answer ?? ask(asked);
  if (!(answer instanceof Promise)) {
    tell(answer);
    return;
  }
  const depths = await Promise.race([answer, deadline()]);
  if (depths === undefined) source.failed(new Error(`no answer within ${DEADLINE} ms`));
  else tell(depths);
}

const deadline = (): Promise<undefined> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(undefined), DEADLINE).unref();
  });

/** Sets `asked.answer` where it takes time. Never throws; what it returns never rejects. */
function ask(asked: Asked): readonly Depth[] | Promise<readonly Depth[]> {
  const { source } = asked;
  const keep = (depths: readonly Depth[]): readonly Depth[] => {
    asked.last = { depths, at: now() };
    return depths;
  };
  const give = (cause: unknown): readonly Depth[] => {
    source.failed(cause);
    return [];
  };
  try {
    const answer = source.read();
    if (!(answer instanceof Promise)) return keep(answer);
    asked.answer = answer.then(keep, give).finally(() => (asked.answer = undefined));
    return asked.answer;
  } catch (cause) {
    return give(cause);
  }
}
