import type { StatusTable } from '#component/component.ts';
import type { SeriesStore } from '#series/series-store.ts';

/** Rows of a table at most. */
const maxRows = 100;

/** What the exporter tells on status pages: how much it keeps, and by name what it keeps off the page. */
export function statusTablesOf(store: SeriesStore): StatusTable[] {
  return [
    {
      title: 'Stored',
      head: ['Series', 'Metric names', 'Targets'],
      rows: [[store.seriesCount, store.familyCount, store.targetCount].map(String)],
    },
    {
      title: 'Data points left out lately',
      head: ['Metric', 'ResourceIdentity', 'Reason', 'Time'],
      rows: store.drops.recent.map(({ metric, sender, reason, timeUnixMs }) => [
        metric,
        sender,
        reason,
        new Date(timeUnixMs).toISOString(),
      ]),
    },
    {
      title: 'Metric names kept off the page',
      head: ['Name', 'Type', 'Reason'],
      rows: store
        .hiddenFamilies()
        .slice(0, maxRows)
        .map(({ name, type, reason }) => [name, type, reason ?? '']),
    },
  ];
}
