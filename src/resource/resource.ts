import { defaultResource, emptyResource, resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { applicationOf } from './application.ts';
import { loadChunk } from '../chunk.ts';
import type { Env } from '../config/env.ts';
import { CLOUDS } from '../config/names.ts';
import type { ResourcePlan } from '../config/pipeline.ts';
import * as diag from '../diag.ts';
import { detectors } from './detectors.ts';

export interface Surroundings {
  readonly env: Env;
  /** The main script, `process.argv[1]`. */
  readonly script: string | undefined;
}

/**
 * Who is speaking. What is set wins over what is detected, and that over what the application's package.json says.
 * https://opentelemetry.io/docs/specs/otel/resource/sdk/
 */
export function createResource(plan: ResourcePlan, { env, script }: Surroundings): Resource {
  const application = applicationOf(script, process.cwd);
  const own = resourceFromAttributes({
    'telemetry.distro.name': 'firstlight',
    'telemetry.distro.version': FIRSTLIGHT_VERSION,
    'service.name': application.name ?? 'unknown_service:node',
    ...(application.version !== undefined && { 'service.version': application.version }),
  });
  const detected = plan.detectors.map((name) =>
    detect(name, () => resourceFromAttributes(present(detectors[name]?.(env) ?? {}))),
  );
  const clouds = plan.detectors.filter((name) => (CLOUDS as readonly string[]).includes(name));
  if (clouds.length > 0) {
    const load = () => loadChunk<typeof import('./cloud-detectors.ts')>('cloud-detectors');
    detected.push(detect(clouds.join(', '), () => load().detectClouds(clouds)));
  }
  const { attributes, schemaUrl } = plan;
  const set = resourceFromAttributes(attributes, schemaUrl === undefined ? {} : { schemaUrl });
  return [own, ...detected, set].reduce((all, next) => all.merge(next), defaultResource());
}

/** One that fails costs what it would have found. */
function detect(name: string, run: () => Resource): Resource {
  try {
    return run();
  } catch (cause) {
    diag.warn(`the resource detector ${name} failed`, cause);
    return emptyResource();
  }
}

/** To the SDK an undefined attribute is one that is set, and hides what was found elsewhere. */
const present = (found: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
