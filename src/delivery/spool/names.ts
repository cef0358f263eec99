/**
 * The files of a spool. `<owner>.alive` is the mark of a living process, `<owner>-<number>.<signal>.<lane>.<encoding>.
 * <items>` a body as it would be sent. The owner is `<service>-<hash>-<pid>-<time>`.
 */
import type { Signal } from '../transport.ts';

export type Encoding = 'protobuf' | 'json';

/** Which way it was to take: the signal, and the place of the exporter among those of the signal. */
export interface Way {
  readonly signal: Signal;
  readonly lane: number;
  readonly encoding: Encoding;
}

export interface BodyName extends Way {
  readonly owner: string;
  readonly items: number;
}

export const MARK = '.alive';
/** Follows the name of a body that is not whole yet. */
export const PART = '.part';

export const ownerName = (service: string, pid: number): string =>
  `${service.replace(/[^\w.]+/g, '_').slice(0, 60)}-${hashOf(service)}-${pid}-${Date.now().toString(36)}`;

/** Names that look alike when only plain characters are left are not the same. */
function hashOf(service: string): string {
  let hash = 0;
  for (const character of service) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash.toString(36);
}

/** Nobody sends what another service has left: it may go to another place. */
export const serviceOf = (owner: string): string => owner.replace(/-\d+-\w+$/, '');

export const bodyName = ({ owner, signal, lane, encoding, items }: BodyName, number: number): string =>
  `${owner}-${number}.${signal}.${lane}.${encoding}.${items}`;

export function parseBodyName(name: string): BodyName | undefined {
  const [, owner, signal, lane, encoding, items] =
    /^(.+-\d+-\w+)-\d+\.(traces|metrics|logs)\.(\d+)\.(protobuf|json)\.(\d{1,9})$/.exec(name) ?? [];
  if (owner === undefined) return undefined;
  return { owner, signal: signal as Signal, lane: Number(lane), encoding: encoding as Encoding, items: Number(items) };
}
