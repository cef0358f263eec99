/** What is sent: a body, compressed for those who want it so, once for all who ask for the same at a time. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Page {
  readonly plain: Buffer;
  gzipped(): Promise<Buffer>;
}

export function createPage(plain: Buffer): Page {
  let gzipped: Promise<Buffer> | undefined;
  return { plain, gzipped: () => (gzipped ??= gzip(plain)) };
}

function gzip(plain: Buffer): Promise<Buffer> {
  // Not a module of every process: fetched when the first scraper asks for it.
  const zlib = process.getBuiltinModule('node:zlib');
  return new Promise((resolve, reject) =>
    zlib.gzip(plain, { level: 1 }, (error, result) => (error ? reject(error) : resolve(result))),
  );
}

export async function send(
  page: Page,
  contentType: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const compress = acceptsGzip(request.headers['accept-encoding']);
  const body = compress ? await page.gzipped() : page.plain;
  response.setHeader('Content-Type', contentType);
  response.setHeader('Vary', 'Accept, Accept-Encoding');
  if (compress) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', body.length);
  response.end(body);
}

/** `gzip` or `*`, unless its weight is 0. */
const acceptsGzip = (header: string | undefined): boolean =>
  /(?:^|,)\s*(?:gzip|\*)\s*(?:,|$|;\s*q=(?:1|0?\.0*[1-9]))/i.test(header ?? '');
