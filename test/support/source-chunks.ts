/**
 * In the place of src/chunk.ts where tests run the sources: what the build makes a file of its own is a module here.
 * `vi.mock('../src/chunk.ts', () => import('./support/source-chunks.ts'))`
 */
import * as cloudDetectors from '../../src/resource/cloud-detectors.ts';
import * as configFile from '../../src/config/file.ts';
import * as propagators from '../../src/propagation/rare-propagators.ts';
import * as group from '../../src/group/siblings.ts';
import * as encodeMetrics from '../../src/delivery/otlp/metrics.ts';
import * as measureSpans from '../../src/metrics/measure-spans.ts';
import * as spool from '../../src/delivery/spool/spool.ts';
import * as transportGrpc from '../../src/delivery/transport-grpc.ts';
import * as transportHttp from '../../src/delivery/transport-http.ts';
import * as samplers from '../../src/signals/rare-samplers.ts';

const chunks: Readonly<Record<string, unknown>> = {
  'cloud-detectors': cloudDetectors,
  'config-file': configFile,
  'encode-metrics': encodeMetrics,
  group,
  'measure-spans': measureSpans,
  spool,
  'transport-grpc': transportGrpc,
  'transport-http': transportHttp,
  'rare-propagators': propagators,
  'rare-samplers': samplers,
};

export const loadChunk: <T>(name: string) => T = (name) => chunks[name] as never;
