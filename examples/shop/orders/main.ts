import { fulfilmentQueue, noQueue } from '../fulfilment/queue.ts';
import { stopGracefully } from '../graceful-stop.ts';
import { createApp } from './app.ts';
import { openDatabase } from './database.ts';

const { PORT = '3001', DATABASE_URL, DATABASE_POOL = '10', REDIS_URL } = process.env;

const database = await openDatabase(DATABASE_URL, Number(DATABASE_POOL));
const queue = REDIS_URL === undefined ? noQueue : fulfilmentQueue(REDIS_URL);
const app = createApp({ database, queue });
await app.listen({ port: Number(PORT), host: '127.0.0.1' });

stopGracefully(async () => {
  await app.close();
  await queue.close();
  await database.end();
});
