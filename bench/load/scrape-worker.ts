import { workerData } from 'node:worker_threads';
import { scrape } from './scrape.ts';

/* Scrapes the port in `workerData` once. */
await scrape(workerData);
