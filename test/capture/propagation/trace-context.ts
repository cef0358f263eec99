/** The rules of https://www.w3.org/TR/trace-context-2/ for who receives a request and sends others. */
import type { Headers } from './service.ts';

export const TRACE = '0af7651916cd43dd8448eb211c80319c';
export const CALLER = 'b7ad6b7169203331';

export interface Rule {
  readonly name: string;
  readonly headers: Headers;
  /** Whether the trace of the caller goes on. */
  readonly continues: boolean;
  /** What is sent on. */
  readonly tracestate?: string;
  readonly flags?: string;
}

const traceparent = (value: string): Headers => [['traceparent', value]];
const given = `${TRACE}-${CALLER}`;

const VALID: Readonly<Record<string, string>> = {
  'the version 00': `00-${given}-01`,
  'a later version': `cc-${given}-01`,
  'a later version with more': `cc-${given}-01-what-is-to-come`,
  'a later version with a dash and no more': `cc-${given}-01-`,
  'blanks around it': ` \t 00-${given}-01 \t `,
};

const INVALID: Readonly<Record<string, string>> = {
  'version 00 with more': `00-${given}-01-what-is-to-come`,
  'version 00 with a dot': `00-${given}-01.`,
  'a later version with more, not after a dash': `cc-${given}-01.what-is-to-come`,
  'version ff': `ff-${given}-01`,
  'version of a dot and a digit': `.0-${given}-01`,
  'version of a digit and a dot': `0.-${given}-01`,
  'version in upper case': `CC-${given}-01`,
  'version of one digit': `0-${given}-01`,
  'version of three digits': `000-${given}-01`,
  'version of four digits': `0000-${given}-01`,
  'trace id of zeroes': `00-${'0'.repeat(32)}-${CALLER}-01`,
  'trace id in upper case': `00-${TRACE.toUpperCase()}-${CALLER}-01`,
  'trace id that begins with a dot': `00-.${TRACE.slice(1)}-${CALLER}-01`,
  'trace id that ends with a dot': `00-${TRACE.slice(1)}.-${CALLER}-01`,
  'trace id of 33 digits': `00-${TRACE}3-${CALLER}-01`,
  'trace id of 31 digits': `00-${TRACE.slice(1)}-${CALLER}-01`,
  'parent id of zeroes': `00-${TRACE}-${'0'.repeat(16)}-01`,
  'parent id in upper case': `00-${TRACE}-${CALLER.toUpperCase()}-01`,
  'parent id that begins with a dot': `00-${TRACE}-.${CALLER.slice(1)}-01`,
  'parent id that ends with a dot': `00-${TRACE}-${CALLER.slice(1)}.-01`,
  'parent id of 17 digits': `00-${TRACE}-${CALLER}3-01`,
  'parent id of 15 digits': `00-${TRACE}-${CALLER.slice(1)}-01`,
  'flags of a dot and a digit': `00-${given}-.0`,
  'flags of a digit and a dot': `00-${given}-0.`,
  'flags of three digits': `00-${given}-001`,
  'flags of one digit': `00-${given}-1`,
  'flags in upper case': `00-${given}-0A`,
  'flags that are missing': `00-${given}`,
  nothing: '',
  underscores: `00_${TRACE}_${CALLER}_01`,
  'blanks within': `00- ${given}-01`,
  'bytes beyond ASCII': `00-${given}-0\u00b9`,
};

const FLAGS: readonly Rule[] = [
  { name: 'not sampled', headers: traceparent(`00-${given}-00`), continues: true, flags: '00' },
  { name: 'sampled', headers: traceparent(`00-${given}-01`), continues: true, flags: '01' },
  {
    name: 'flags nobody knows are not sent on',
    headers: traceparent(`00-${given}-fd`),
    continues: true,
    flags: '01',
  },
  {
    name: 'flags nobody knows do not sample',
    headers: traceparent(`00-${given}-fc`),
    continues: true,
    flags: '00',
  },
  ...['02', '03'].map((flags) => ({
    name: `the random flag is sent on: ${flags}`,
    headers: traceparent(`00-${given}-${flags}`),
    continues: true,
    flags,
  })),
];

const NAMES: readonly Rule[] = [
  ...['TraceParent', 'TrAcEpArEnT', 'TRACEPARENT'].map((name) => ({
    name: `the header ${name}`,
    headers: [[name, `00-${given}-01`]] as const,
    continues: true,
  })),
  ...['trace-parent', 'trace.parent'].map((name) => ({
    name: `the header ${name}`,
    headers: [[name, `00-${given}-01`]] as const,
    continues: false,
  })),
  { name: 'no header', headers: [], continues: false },
  {
    name: 'the header twice',
    headers: [...traceparent(`00-${given}-01`), ...traceparent(`00-${'1'.repeat(32)}-${CALLER}-01`)],
    continues: false,
  },
  {
    name: 'the header twice, the same',
    headers: [...traceparent(`00-${given}-01`), ...traceparent(`00-${given}-01`)],
    continues: false,
  },
];

export const traceparents: readonly Rule[] = [
  ...Object.entries(VALID).map(([name, value]) => ({
    name: `traceparent with ${name}`,
    headers: traceparent(value),
    continues: true,
  })),
  ...Object.entries(INVALID).map(([name, value]) => ({
    name: `traceparent with ${name}`,
    headers: traceparent(value),
    continues: false,
  })),
  ...FLAGS,
  ...NAMES,
];
