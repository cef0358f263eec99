/** Prints the headers that its requests arrive with. The context has a trace state and baggage, the application too. */
const http = require('node:http');
const api = require('@opentelemetry/api');

const OWN = [
  ['X-Own', '1'],
  ['traceparent', '00-11111111111111111111111111111111-2222222222222222-01'],
  ['TraceState', 'theirs=1'],
  ['BAGGAGE', 'theirs=1'],
  ['X-Own', '2'],
];

const remote = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
  traceState: api.createTraceState('ours=1'),
};
const context = api.propagation.setBaggage(
  api.trace.setSpanContext(api.ROOT_CONTEXT, remote),
  api.propagation.createBaggage({ ours: { value: '1' }, 'no name\r\nX-Evil: 1\r\n': { value: '1' } }),
);

const server = http.createServer({ requireHostHeader: false }, ({ rawHeaders }, response) =>
  response.end(JSON.stringify(rawHeaders)),
);

server.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}/`;
  const byHttp = (headers) =>
    new Promise((resolve, reject) => {
      const request = http.request(url, { headers }, (response) => resolve(new Response(response).json()));
      request.once('error', reject).end();
    });
  const arrived = await api.context.with(context, async () => ({
    object: await byHttp(Object.fromEntries(OWN)),
    list: await byHttp(OWN.flat()),
    pairs: await byHttp(OWN),
    'empty list': await byHttp([]),
    fetch: await (await fetch(url, { headers: OWN })).json(),
  }));
  console.log(JSON.stringify(arrived));
  server.close();
  server.closeAllConnections();
});
