import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { difference, identityIn, refusalOf, type Identity, type Sibling } from './identity.ts';
import { ownerOfPeer } from './proc-net.ts';

/** Who asks to be a member, where it may be one; a stranger is told who serves, and undefined comes back. */
export async function admit(
  identity: Identity,
  { headers }: IncomingMessage,
  socket: Socket,
): Promise<Sibling | undefined> {
  const who = identityIn(headers);
  const why = who === undefined ? 'it does not know you' : await strangeness(identity, who, socket);
  if (who !== undefined && why === undefined) return who;
  socket.end(refusalOf(identity, why ?? ''));
  return undefined;
}

async function strangeness(identity: Identity, who: Identity, socket: Socket): Promise<string | undefined> {
  const reason = difference(identity, who);
  // Elsewhere there is only its word.
  if (reason !== undefined || process.platform !== 'linux') return reason;
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket;
  const owner = await ownerOfPeer({ host: remoteAddress, port: remotePort }, { host: localAddress, port: localPort });
  return owner?.uid === identity.uid ? undefined : 'another user';
}
