/**
 * Sending when no event loop is left: a helper process, started and waited for at the end. It costs nothing before.
 * Where no process may be started (`--permission`, seccomp, a single executable) a thread does it, as far as that may.
 */
import type { spawnSync as SpawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { now } from '../clock.ts';
import type { Delivery } from '../component.ts';
import type { Env } from '../config/env.ts';
import * as diag from '../diag.ts';
import { hear, pack } from './cargo.ts';
import { sendByThread } from './exit-thread.ts';
import { failed, type Outcome } from './outcome.ts';
import { whereTo } from './fault-report.ts';

/** Milliseconds the helper has less than we wait for it, to tell what it knows and end. */
const MARGIN = 100;
/** Flags of Node that decide whom it trusts and how it finds and reaches them. */
const NETWORK_FLAG =
  /^--(?:use-(?:openssl|bundled|system)-ca|use-env-proxy|tls-[\w.-]+(?:=.*)?|openssl-[\w-]+(?:=.*)?|dns-result-order=.*|(?:no-)?network-family-autoselection.*)$/;
/**
 * Variables that do the same, and what a program needs to start. Nothing else: NODE_OPTIONS would preload the helper, and
 * secrets of the application are none of its business.
 */
const NETWORK_VARIABLE =
  /^(?:(?:no_)?(?:https?|all|grpc|no)_proxy|NODE_(?:EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED|USE_ENV_PROXY|USE_SYSTEM_CA)|SSL_CERT_\w+|OPENSSL_\w+|GRPC_\w+|RES_OPTIONS|LOCALDOMAIN|HOSTALIASES|PATH|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|SystemRoot|windir|TZ)$/i;

let spawnSync: typeof SpawnSync | undefined;

/** No part of a start; but whoever traces or mocks what the application starts should not find it. */
export const spawner = (): typeof SpawnSync => (spawnSync ??= process.getBuiltinModule('node:child_process').spawnSync);

export interface Surroundings {
  readonly env: Env;
  /** Flags that Node was started with. */
  readonly execArgv: readonly string[];
  /** Told at the end; returns what was lost since the start, as half a sentence. */
  ended(): string | undefined;
}

/**
 * Sends and settles all of `deliveries` by `until` (on our own clock), and says in one line what was lost since
 * the start. Synchronous.
 */
export type SendAtExit = (deliveries: readonly Delivery[], until: number) => void;

export function createExitSender(surroundings: Surroundings): SendAtExit {
  let said: string | undefined;
  return (deliveries, until) => {
    const why = sendAndSettle(deliveries, until, surroundings);
    const lost = surroundings.ended();
    if (lost === undefined || lost === said) return;
    said = lost;
    diag.warn(`lost ${lost}${why === undefined ? '' : `; ${why}`}`);
  };
}

/** Why the first that was not taken was not. */
function sendAndSettle(deliveries: readonly Delivery[], until: number, surroundings: Surroundings): string | undefined {
  if (deliveries.length === 0) return undefined;
  let outcomes = new Map<number, Outcome>();
  let reason = 'no answer before the end of the process (FIRSTLIGHT_EXIT_TIMEOUT)';
  try {
    if (until > now()) outcomes = hear(send(deliveries, until, surroundings));
  } catch (cause) {
    reason = `neither a process nor a thread could be started to send it (${diag.describe(cause)})`;
  }
  let why: string | undefined;
  for (const [index, { to, settle }] of deliveries.entries()) {
    const outcome = outcomes.get(index) ?? failed('slow', reason);
    settle(outcome);
    if (outcome.kind !== 'delivered') why ??= `cannot send to ${whereTo(to, outcome.reason)}: ${outcome.reason}`;
  }
  return why;
}

function send(deliveries: readonly Delivery[], until: number, { env, execArgv }: Surroundings): string {
  // Where it lies is asked for at the end: it is no part of a start.
  const helper = createRequire(import.meta.url).resolve('../helper.cjs');
  const timeout = (): number => Math.max(Math.ceil(until - now()), 1);
  const cargo = pack({ within: Math.max(timeout() - MARGIN, 1), parcels: deliveries });
  if (mayStartProcess()) {
    const flags = [...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/\s+/)].filter((flag) => NETWORK_FLAG.test(flag));
    const { error, stdout, status } = spawner()(process.execPath, [...flags, helper], {
      input: cargo,
      timeout: timeout(),
      killSignal: 'SIGKILL',
      env: networkOf(env),
      stdio: ['pipe', 'pipe', 'ignore'],
      maxBuffer: Infinity,
      windowsHide: true,
      // In a group of its own, so that the Ctrl-C that ends the application does not end the helper.
      ...({ detached: true } as object),
    });
    const told = stdout?.toString() ?? '';
    const timedOut = error !== undefined && 'code' in error && error.code === 'ETIMEDOUT';
    if (told !== '' || status === 0 || timedOut) return told;
    diag.debug('no process may be started to send what is left, a thread is tried', error);
  }
  return sendByThread(helper, cargo, networkOf(env), deliveries.length, timeout());
}

/** In a single executable and in Electron the path of Node is that of the application. */
function mayStartProcess(): boolean {
  if (process.permission?.has('child') === false) return false;
  if (process.versions['electron'] !== undefined) return false;
  const sea = process.getBuiltinModule('node:sea') as { isSea(): boolean } | undefined;
  return sea?.isSea() !== true;
}

function networkOf(env: Env): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && NETWORK_VARIABLE.test(entry[0]),
  );
  return Object.fromEntries(kept);
}
