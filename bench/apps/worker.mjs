// A worker thread that makes one span.
import { Worker } from 'node:worker_threads';
new Worker(new URL('script.cjs', import.meta.url));
