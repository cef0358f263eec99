import { context } from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';
import type { Exchange } from './exchange.ts';

/** For what is not told the request: the exchange that this code runs for. Others may have metadata of their own. */
export function activeExchange(): Exchange | undefined {
  const metadata: object | undefined = getRPCMetadata(context.active());
  return metadata !== undefined && 'prefix' in metadata ? (metadata as Exchange) : undefined;
}
