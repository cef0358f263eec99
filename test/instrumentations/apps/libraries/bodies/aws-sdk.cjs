'use strict';
const { createServer } = require('node:http');
const { once } = require('node:events');

module.exports = async ({ S3Client, ListBucketsCommand }) => {
  const server = createServer((request, response) => {
    response
      .setHeader('content-type', 'application/xml')
      .end('<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = new S3Client({
    region: 'nowhere-1',
    endpoint: `http://127.0.0.1:${server.address().port}`,
    credentials: { accessKeyId: 'id', secretAccessKey: 's3cr3t' },
  });
  console.log((await client.send(new ListBucketsCommand({}))).$metadata.httpStatusCode);
  client.destroy();
  server.close();
  server.closeAllConnections();
};
