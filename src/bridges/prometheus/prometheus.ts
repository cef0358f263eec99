/**
 * Metrics for a scraper to fetch. Where the official exporter serves names without units, breaks on colliding labels
 * and hangs with a callback that hangs, this one follows the specification and always answers.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Collect } from '../../collected.ts';
import type { Component } from '../../component.ts';
import type { PrometheusReader } from '../../config/pipeline.ts';
import * as diag from '../../diag.ts';
import { families } from './families.ts';
import { CONTENT_TYPE, text } from './text.ts';

/** Milliseconds for asynchronous observable callbacks, so that a scrape is answered within 2 s, whatever they do. */
const COLLECT_TIMEOUT = 1500;

export function prometheus(plan: PrometheusReader, collect: Collect): Component {
  const page = shared(async () => {
    const { errors, ...metrics } = await collect(COLLECT_TIMEOUT);
    if (errors.length > 0) {
      diag.limited(
        'observable callbacks',
        `${errors.length} observable callbacks failed; /metrics goes on without`,
        errors[0],
      );
    }
    return createPage(text(families(metrics, plan)));
  });
  return {
    name: 'prometheus',
    routes: [
      {
        path: '/metrics',
        access: 'public',
        handle: async (request, response) => send(await page(), request, response),
      },
    ],
  };
}

/** One run for all who ask while it lasts. */
function shared<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () =>
    (running ??= run().finally(() => {
      running = undefined;
    }));
}

interface Page {
  readonly plain: Buffer;
  gzipped(): Promise<Buffer>;
}

function createPage(body: string): Page {
  const plain = Buffer.from(body);
  let gzipped: Promise<Buffer> | undefined;
  return { plain, gzipped: () => (gzipped ??= gzip(plain)) };
}

function gzip(plain: Buffer): Promise<Buffer> {
  // Not a module of every process: fetched when the first scraper asks for it.
  const zlib = process.getBuiltinModule('node:zlib');
  return new Promise((resolve, reject) =>
    zlib.gzip(plain, (error, result) => (error ? reject(error) : resolve(result))),
  );
}

async function send(page: Page, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const compress = acceptsGzip(request.headers['accept-encoding']);
  const body = compress ? await page.gzipped() : page.plain;
  response.setHeader('Content-Type', CONTENT_TYPE);
  response.setHeader('Vary', 'Accept-Encoding');
  if (compress) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', body.length);
  response.end(body);
}

/** `gzip` or `*`, unless its weight is 0. */
const acceptsGzip = (header: string | undefined): boolean =>
  /(?:^|,)\s*(?:gzip|\*)\s*(?:,|$|;\s*q=(?:1|0?\.0*[1-9]))/i.test(header ?? '');
