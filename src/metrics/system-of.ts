import type { Attributes } from '@opentelemetry/api';
import { nameIn } from './name-in.ts';

/** The database that a span is about, by the stable convention or the one before. */
export const systemOf = (attributes: Attributes): string | undefined =>
  nameIn(attributes['db.system.name'] ?? attributes['db.system']);
