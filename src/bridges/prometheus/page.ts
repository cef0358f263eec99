/** What is sent: a body, compressed for those who want it so, once for all who ask for the same at a time. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Collect, Collected } from '../../collected.ts';
import { createTurns, paced } from './paced.ts';

/** Milliseconds for asynchronous observable callbacks, so that a page is answered within 2 s, whatever they do. */
const TIMEOUT = 1200;
/** Milliseconds after which a page is sent as far as it is made. */
const LATE = 1900;

export interface Page {
  readonly contentType: string;
  readonly plain: Buffer;
  gzipped(): Promise<Buffer>;
}

/** Makes what stands on a page of what was collected; `isLate`: what is not there yet is left out. */
type Make = (metrics: Collected, isLate: () => boolean) => Promise<Buffer>;

/** Whoever asks for a page gets one of a collection that he shares with all who ask meanwhile, for whichever page. */
export function createCollection(collect: Collect): (contentType: string, make: Make, name?: string) => Promise<Page> {
  const collection = paced(async () => {
    const late = performance.now() + LATE;
    const isLate = (): boolean => performance.now() > late;
    return { metrics: await collect(TIMEOUT), isLate, pages: new Map<string, Promise<Page>>() };
  });
  return async (contentType, make, name = contentType) => {
    const { metrics, isLate, pages } = await collection.ask();
    const known = pages.get(name);
    if (known !== undefined) return known;
    const begun = performance.now();
    const page = make(metrics, isLate)
      .then((plain) => createPage(contentType, plain))
      .finally(() => collection.spent(performance.now() - begun));
    pages.set(name, page);
    return page;
  };
}

function createPage(contentType: string, plain: Buffer): Page {
  let gzipped: Promise<Buffer> | undefined;
  return { contentType, plain, gzipped: () => (gzipped ??= gzip(plain)) };
}

function gzip(plain: Buffer): Promise<Buffer> {
  // Not a module of every process: fetched when the first scraper asks for it.
  const zlib = process.getBuiltinModule('node:zlib');
  return new Promise((resolve, reject) =>
    zlib.gzip(plain, { level: 1 }, (error, result) => (error ? reject(error) : resolve(result))),
  );
}

const turn = createTurns();

export async function send(page: Page, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const compress = acceptsGzip(request.headers['accept-encoding']);
  const body = compress ? await page.gzipped() : page.plain;
  await turn();
  response.setHeader('Content-Type', page.contentType);
  response.setHeader('Vary', 'Accept, Accept-Encoding');
  if (compress) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', body.length);
  response.end(body);
}

/** `gzip` or `*`, unless its weight is 0. */
const acceptsGzip = (header: string | undefined): boolean =>
  /(?:^|,)\s*(?:gzip|\*)\s*(?:,|$|;\s*q=(?:1|0?\.0*[1-9]))/i.test(header ?? '');
