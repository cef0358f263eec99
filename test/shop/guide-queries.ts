/** The guides' queries, put to a Prometheus, and whether each got what it should. */
import { readFileSync } from 'node:fs';
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

const STEP = 300;

export const guideQueries = JSON.parse(
  readFileSync(`${import.meta.dirname}/guide-queries.json`, 'utf8'),
) as readonly GuideQuery[];

/** In their order. */
export const askAll = (prometheus: string): Promise<Answer[]> =>
  Promise.all(guideQueries.map((query) => ask(prometheus, query)));

async function ask(prometheus: string, guideQuery: GuideQuery): Promise<Answer> {
  const { query, at, job: wanted = JOB } = guideQuery;
  const found = (await instant(prometheus, query, at)).filter(({ job = wanted }) => job === wanted);
  const series = found.filter(({ value }) => !Number.isNaN(value)).length;
  return { ...guideQuery, series, withoutValue: found.length - series };
}

interface Series {
  /** Of the series, where the query has left it there. */
  readonly job: string | undefined;
  readonly value: number;
}

/** What a query has now. */
export async function instant(prometheus: string, query: string, at?: GuideQuery['at']): Promise<Series[]> {
  const search = new URLSearchParams({ query });
  if (at !== undefined) search.set('time', String(Math.ceil(Date.now() / 1000 / STEP) * STEP));
  const { result } = await get<{
    result: readonly { metric: { job?: string }; value: readonly [time: number, value: string] }[];
  }>(`${prometheus}/api/v1/query?${search.toString()}`);
  return result.map(({ metric, value }) => ({
    job: metric.job,
    value: Number(value[1].replace('Inf', 'Infinity')),
  }));
}

interface Rule {
  readonly name: string;
  /** `unknown` until it has run. */
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
}

export async function rules(prometheus: string): Promise<Rule[]> {
  const { groups } = await get<{ groups: readonly { rules: readonly Rule[] }[] }>(`${prometheus}/api/v1/rules`);
  return groups.flatMap((group) => group.rules);
}

async function get<T>(url: string): Promise<T> {
  const { data, error } = (await (await fetch(url)).json()) as { data?: T; error?: string };
  if (data === undefined) throw new Error(`${url}: ${error}`);
  return data;
}

/** A line for each query that has no data although an application can give it, or has some although none can. */
export const wrong = (answers: readonly Answer[]): string[] =>
  answers.filter(({ series, unanswerable }) => series > 0 === (unanswerable !== undefined)).map(line);

export function line({ guide, place, query, series, withoutValue, unanswerable }: Answer): string {
  const none = withoutValue > 0 ? `, ${withoutValue} not a number` : '';
  const reason = unanswerable === undefined ? '' : ` (${unanswerable})`;
  return `${guide} ${place.padEnd(32)} ${String(series).padStart(3)} series${none}${reason}  ${query}`;
}
