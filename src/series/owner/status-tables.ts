import type { StatusTable } from '#component/component.ts';
import type { SeriesStore } from '../series-store.ts';

/** Maximum number of rows in a table. */
const maxRows = 100;

/** Returns the tables of the status page: stored, dropped, and hidden data, by name. */
export function statusTablesOf(store: SeriesStore): StatusTable[] {
  return [
    {
      title: 'Stored',
      head: ['Series', 'Metric names', 'Targets'],
      rows: [[store.seriesCount, store.familyCount, store.targetCount].map(String)],
    },
    {
      title: 'Recently dropped data points',
      head: ['Metric', 'Target', 'Reason', 'Time'],
      rows: store.drops.recent.map(({ metric, target, reason, timeUnixMs }) => [
        metric,
        target,
        reason,
        new Date(timeUnixMs).toISOString(),
      ]),
    },
    {
      title: 'Hidden metric names',
      head: ['Name', 'Type', 'Reason'],
      rows: store
        .hiddenFamilies()
        .slice(0, maxRows)
        .map(({ name, type, reason }) => [name, type, reason ?? '']),
    },
  ];
}
