import type { TraceState as Interface } from '@opentelemetry/api';

const MEMBER = /^[ \t]*([a-z\d][-_a-z\d*/@]{0,255})=([ -+\--<>-~]{0,255}[!-+\--<>-~])[ \t]*$/;
const MAX_MEMBERS = 32;
const MAX_LENGTH = 512;
/** Characters that are looked at: what as many members as there may be can take up. */
const LARGEST = MAX_MEMBERS * 520;
/** Members beyond this are the first to go where there is too much. */
const LONG = 128;

/** https://www.w3.org/TR/trace-context-2/#tracestate-header, read only when somebody asks: most just send it on. */
export class TraceState implements Interface {
  private readonly header: string;
  private known: ReadonlyMap<string, string> | undefined;
  private text: string | undefined;

  constructor(header: string) {
    this.header = header;
  }

  get(key: string): string | undefined {
    return this.members().get(key);
  }

  /** To the front; of what was there by this key only the first is read. */
  set(key: string, value: string): TraceState {
    const member = `${key}=${value}`;
    const [, first, second] = MEMBER.exec(member) ?? [];
    return first === key && second === value ? new TraceState(`${member},${this.serialize()}`) : this;
  }

  unset(key: string): TraceState {
    const others = new Map(this.members());
    return others.delete(key) ? new TraceState(textOf(others)) : this;
  }

  serialize(): string {
    return (this.text ??= textOf(this.members()));
  }

  private members(): ReadonlyMap<string, string> {
    return (this.known ??= read(this.header));
  }
}

function read(header: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  const given = header.length > LARGEST ? header.slice(0, Math.max(0, header.lastIndexOf(',', LARGEST))) : header;
  for (const text of given.split(',')) {
    const [, key, value] = MEMBER.exec(text) ?? [];
    if (key !== undefined && value !== undefined && !members.has(key)) members.set(key, value);
    if (members.size === MAX_MEMBERS) break;
  }
  shorten(members);
  return members;
}

function shorten(members: Map<string, string>): void {
  let { length } = textOf(members);
  if (length <= MAX_LENGTH) return;
  const sizes = Array.from(members, ([key, value]) => ({ key, size: key.length + value.length + 1 })).toReversed();
  const isLong = ({ size }: { readonly size: number }): boolean => size > LONG;
  for (const { key, size } of [...sizes.filter(isLong), ...sizes.filter((member) => !isLong(member))]) {
    if (length <= MAX_LENGTH) return;
    members.delete(key);
    length -= size + 1;
  }
}

const textOf = (members: ReadonlyMap<string, string>): string =>
  Array.from(members, ([key, value]) => `${key}=${value}`).join(',');
