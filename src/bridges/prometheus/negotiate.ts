/** What a scraper understands, as its `Accept` says. Nothing it may say is an error: it gets what all of them read. */
import { ESCAPINGS, type Escaping } from './escaping.ts';

export interface Format {
  readonly kind: 'text' | 'openmetrics';
  readonly escaping: Escaping;
  readonly contentType: string;
}

/** Characters of a header that are looked at. */
const MAX_HEADER = 1000;

const TEXT: Format = { kind: 'text', escaping: 'underscores', contentType: 'text/plain; version=0.0.4; charset=utf-8' };

interface Offer {
  readonly format: Format;
  readonly quality: number;
}

export function negotiate(accept: string | undefined): Format {
  let best: Offer = { format: TEXT, quality: 0 };
  for (const range of (accept ?? '').slice(0, MAX_HEADER).split(',')) {
    const offer = offerFor(range);
    // Of equals the first that was named.
    if (offer !== undefined && offer.quality > best.quality) best = offer;
  }
  return best.format;
}

function offerFor(range: string): Offer | undefined {
  const [type = '', ...rest] = range.split(';').map((part) => part.trim().toLowerCase());
  const parameters = new Map(rest.map((part) => part.split('=', 2).map((word) => word.trim()) as [string, string]));
  const quality = Number(parameters.get('q') ?? 1);
  if (!(quality > 0 && quality <= 1)) return undefined;
  const version = parameters.get('version');
  const escaping = ESCAPINGS.find((name) => name === parameters.get('escaping'));
  switch (type) {
    case 'application/openmetrics-text':
      if (version !== undefined && version !== '1.0.0') return undefined;
      return { quality, format: formatOf('openmetrics', 'application/openmetrics-text; version=1.0.0', escaping) };
    case 'text/plain':
      // Names in quotes came with the version 1.0.0 of the text format.
      if (version === '1.0.0') return { quality, format: formatOf('text', 'text/plain; version=1.0.0', escaping) };
      return version === undefined || version === '0.0.4' ? { quality, format: TEXT } : undefined;
    case 'text/*':
    case '*/*':
      return { quality, format: TEXT };
    default:
      return undefined;
  }
}

function formatOf(kind: Format['kind'], type: string, asked: Escaping | undefined): Format {
  const escaping = asked ?? 'underscores';
  return {
    kind,
    escaping,
    contentType: `${type}; charset=utf-8${asked === undefined ? '' : `; escaping=${escaping}`}`,
  };
}
