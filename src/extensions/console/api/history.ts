import type { History, Scrapes } from '#api/overview.ts';
import { stepMs } from '../observe/sampler.ts';
import { type ApiContext, finite } from './context.ts';
import { recentScrapes, scrapeForApi } from './scrapers.ts';

/** `GET history`: the last hour. */
export function historyOf({ sampler, views }: ApiContext): History {
  const { samples } = sampler;
  return {
    stepMs,
    unixMs: samples.map(({ unixMs }) => unixMs),
    pointsPerSecond: samples.map(({ pointsPerSecond }) => finite(pointsPerSecond)),
    series: samples.map(({ series }) => finite(series)),
    scrapeMs: samples.map(({ scrapeMs }) => finite(scrapeMs)),
    rssBytes: samples.map(({ rssBytes }) => finite(rssBytes)),
    errorsPerSecond: samples.map(({ errorsPerSecond }) => finite(errorsPerSecond)),
    marks: views.events().map(({ unixMs, kind, text }) => ({ unixMs, kind, text })),
  };
}

/** `GET scrapes`. */
export function scrapesOf({ views }: ApiContext): Scrapes {
  return { recent: recentScrapes(views).slice(0, 100).map(scrapeForApi) };
}
