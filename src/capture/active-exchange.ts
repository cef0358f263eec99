import { context } from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';
import type { Exchange } from './exchange.ts';

/** For what is not told the request: the exchange that this code runs for. */
export const activeExchange = (): Exchange | undefined => getRPCMetadata(context.active()) as Exchange | undefined;
