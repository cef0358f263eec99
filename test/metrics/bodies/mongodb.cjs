'use strict';
const { createServer } = require('node:http');
const net = require('node:net');
const requests = require('../../instrumentations/apps/libraries/bodies/requests.cjs');

/** A server that has nothing and takes no writes: OP_QUERY of the first handshake, and OP_MSG. */
function startServer({ BSON }) {
  const answer = (document) => {
    if (document.find)
      return { ok: 1, cursor: { id: BSON.Long.fromNumber(0), ns: `test.${document.find}`, firstBatch: [] } };
    if (document.insert) return { ok: 0, code: 112, codeName: 'WriteConflict', errmsg: 'write conflict' };
    return {
      ok: 1,
      isWritablePrimary: true,
      helloOk: true,
      minWireVersion: 0,
      maxWireVersion: 25,
      maxBsonObjectSize: 1e7,
      maxMessageSizeBytes: 4e7,
      maxWriteBatchSize: 1e5,
    };
  };
  const reply = (message) => {
    const isQuery = message.readInt32LE(12) === 2004;
    const at = isQuery ? message.indexOf(0, 20) + 9 : 21;
    const body = BSON.serialize(answer(BSON.deserialize(message.subarray(at, at + message.readInt32LE(at)))));
    const head = Buffer.alloc(isQuery ? 36 : 21);
    head.writeInt32LE(head.length + body.length, 0);
    head.writeInt32LE(message.readInt32LE(4), 8);
    head.writeInt32LE(isQuery ? 1 : 2013, 12);
    if (isQuery) head.writeInt32LE(1, 32);
    return Buffer.concat([head, body]);
  };
  const server = net.createServer((socket) => {
    let read = Buffer.alloc(0);
    socket
      .on('error', () => {})
      .on('data', (data) => {
        read = Buffer.concat([read, data]);
        while (read.length >= 4 && read.length >= read.readInt32LE()) {
          const length = read.readInt32LE();
          socket.write(reply(read.subarray(0, length)));
          read = read.subarray(length);
        }
      });
  });
  return new Promise((resolve) => void server.listen(0, '127.0.0.1', () => resolve(server)));
}

module.exports = async (mongodb) => {
  const database = await startServer(mongodb);
  const { port } = database.address();
  const client = new mongodb.MongoClient(`mongodb://127.0.0.1:${port}/test?directConnection=true&retryWrites=false`);
  const things = client.db().collection('things');
  const server = createServer(async (_request, response) => {
    for (let i = 0; i < 12; i++) await things.findOne({ n: i });
    response.end(await things.insertOne({ n: 1 }).catch(({ code }) => String(code)));
  });
  await requests(server, '/');
  await client.close(true);
  database.close();
};
