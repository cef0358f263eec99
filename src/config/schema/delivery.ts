import { delay, integer, LONGEST, text } from '../rules.ts';
import { setting } from '../setting.ts';

const MIB = 1_048_576;
/** What is smaller could not hold a batch. */
const bytes = integer(65_536, undefined, 'bytes');

export const delivery = {
  FIRSTLIGHT_QUEUE_SIZE: setting({
    rule: bytes,
    default: 32 * MIB,
    unit: 'bytes',
    doc: 'What may wait for a receiver, for each signal and place it goes to; further items are dropped and counted',
    file: 'distribution.firstlight.queue_size',
  }),
  FIRSTLIGHT_QUEUE_MAX_AGE: setting({
    rule: delay,
    default: 600_000,
    unit: 'ms',
    doc: 'How long something is tried again; then it is dropped and counted',
    file: 'distribution.firstlight.queue_max_age',
  }),
  FIRSTLIGHT_EXIT_TIMEOUT: setting({
    rule: integer(0, LONGEST, 'milliseconds'),
    default: 2000,
    unit: 'ms',
    doc: 'How long the end of the process may be held up to send what is left; with 0 nothing is sent then',
    file: 'distribution.firstlight.exit_timeout',
  }),
  FIRSTLIGHT_SPOOL_DIR: setting({
    rule: text,
    fallback: 'nothing is written to disk',
    doc: 'Folder that keeps what is undelivered, so that it survives a death without an end (`SIGKILL`, out of memory)',
    file: 'distribution.firstlight.spool_dir',
  }),
  FIRSTLIGHT_SPOOL_SIZE: setting({
    rule: bytes,
    default: 256 * MIB,
    unit: 'bytes',
    doc: 'What the spool may hold, of all processes that share it',
    file: 'distribution.firstlight.spool_size',
  }),
  FIRSTLIGHT_SPOOL_MAX_AGE: setting({
    rule: delay,
    default: 86_400_000,
    unit: 'ms',
    doc: 'How long something is kept in the spool, and tried again while there is one',
    file: 'distribution.firstlight.spool_max_age',
  }),
} as const;
