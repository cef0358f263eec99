/** The guides' queries, put to a Prometheus, and whether each got what it should. */
import { readFileSync } from 'node:fs';
import type { Prometheus } from '../backends/backends.ts';
import { root } from '../support/run.ts';
import { JOB } from './monitored-shop.ts';

export interface GuideQuery {
  readonly guide: string;
  readonly place: string;
  readonly query: string;
  /** Its steps are multiples of five minutes, and the last one is now only at such a time. */
  readonly at?: 'next 5 minutes';
  /** Whose metrics it asks for, where that is not the application. */
  readonly job?: 'node';
  /** Why no application can answer it. */
  readonly unanswerable?: string;
}

export interface Answer extends GuideQuery {
  /** Series whose value is a number, without those of other jobs: they say nothing of the application. */
  readonly series: number;
  /** The others: a ratio or a quantile of what did not happen within the time it looks at is not a number. */
  readonly withoutValue: number;
}

interface Vector {
  readonly result: readonly {
    readonly metric: { readonly job?: string };
    readonly value: readonly [time: number, value: string];
  }[];
}

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly health: string }[] }[];
}

/** Seconds. */
const STEP = 300;

export const guideQueries = JSON.parse(
  readFileSync(`${import.meta.dirname}/guide-queries.json`, 'utf8'),
) as readonly GuideQuery[];

const PAGE = 'docs/guides/metrics.md';

/** Those that our own page shows. */
export const ownQueries: readonly GuideQuery[] = [
  ...readFileSync(`${root}/${PAGE}`, 'utf8').matchAll(/```promql\n(.*)\n```/g),
].map(([, query], index) => ({ guide: PAGE, place: `${index + 1}`, query: query! }));

/** In their order. */
export const askAll = (prometheus: Prometheus, queries: readonly GuideQuery[]): Promise<Answer[]> =>
  Promise.all(queries.map((query) => ask(prometheus, query)));

async function ask(prometheus: Prometheus, guideQuery: GuideQuery): Promise<Answer> {
  const { query, at, job = JOB } = guideQuery;
  const search = new URLSearchParams({ query });
  if (at !== undefined) search.set('time', String(Math.ceil(Date.now() / 1000 / STEP) * STEP));
  const { result } = (await prometheus.get(`query?${search.toString()}`)) as Vector;
  // A query may have summed the job away.
  const values = result.filter(({ metric }) => (metric.job ?? job) === job).map(({ value }) => value[1]);
  const series = values.filter((value) => value !== 'NaN').length;
  return { ...guideQuery, series, withoutValue: values.length - series };
}

/** Every rule with its health: `unknown` until it has run. */
export async function rules(prometheus: Prometheus): Promise<readonly { name: string; health: string }[]> {
  const { groups } = (await prometheus.get('rules')) as Rules;
  return groups.flatMap((group) => group.rules.map(({ name, health }) => ({ name, health })));
}

/** A line for each query that has no data although an application can give it, or has some although none can. */
export const wrong = (answers: readonly Answer[]): string[] =>
  answers.filter(({ series, unanswerable }) => series > 0 === (unanswerable !== undefined)).map(line);

export function line({ guide, place, query, series, withoutValue, unanswerable }: Answer): string {
  const none = withoutValue > 0 ? `, ${withoutValue} not a number` : '';
  const reason = unanswerable === undefined ? '' : ` (${unanswerable})`;
  return `${guide} ${place.padEnd(33)} ${String(series).padStart(3)} series${none}${reason}  ${query}`;
}
