// A cluster whose workers count requests; one that dies is replaced. `PRELOAD` is for the workers alone.
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { metrics } from '@opentelemetry/api';

const [port, workers] = process.argv.slice(2).map(Number);

if (cluster.isPrimary) {
  if (process.env.PRELOAD) cluster.setupPrimary({ execArgv: ['--import', process.env.PRELOAD] });
  for (let n = 0; n < workers; n++) cluster.fork();
  cluster.on('listening', ({ process: { pid } }) => console.log(`listening ${pid}`));
  cluster.on('exit', ({ process: { pid } }) => {
    console.log(`exit ${pid}`);
    if (!process.env.NO_RESTART) cluster.fork();
  });
  process.stdin.resume().on('end', () => process.exit(0));
} else {
  const meter = metrics.getMeter('app');
  const requests = meter.createCounter('requests');
  const seconds = meter.createHistogram('request.seconds', { unit: 's' });
  const server = createServer((request, response) => {
    requests.add(1);
    seconds.record(Math.random());
    response.setHeader('Connection', 'close').end(String(process.pid));
  });
  setTimeout(() => server.listen(port, '127.0.0.1'), Number(process.env.LATE ?? 0));
}
