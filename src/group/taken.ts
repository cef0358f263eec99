/** Who has the port that is not ours, as far as it can be known. */
import type { Refusal } from './identity.ts';
import { holderOf } from './holder.ts';
import type { Owner } from './proc-net.ts';

/** `of` is its answer, `owner` that of its socket. */
export async function namesOf(of: Refusal | undefined, owner: Owner | undefined): Promise<string> {
  if (of !== undefined) {
    const version = of.version === '' ? '' : ` ${of.version}`;
    return ` by ${JSON.stringify(of.service)}${version} (pid ${of.pid}; ${of.why})`;
  }
  const holder = owner && (await holderOf(owner));
  if (holder === undefined) return '';
  return holder.pid === process.pid ? ' by this application itself' : ` by ${holder.command} (pid ${holder.pid})`;
}
