import { workerData } from 'node:worker_threads';
import { scrape } from './scrape.ts';

/* Scrapes once, on the port that it was given. */
await scrape(workerData);
