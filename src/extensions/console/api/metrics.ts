import type { Family, Metrics } from '#api/series.ts';
import type { FamilyView } from '#component/views/series-view.ts';
import { Slices } from '../observe/slices.ts';
import { BestOf } from './best-of.ts';
import { type ApiContext, offered } from './context.ts';
import type { Parameters } from './parameters.ts';

/** `GET metrics`: a part of the metric families. */
export async function metricsOf({ views }: ApiContext, parameters: Parameters): Promise<Metrics> {
  const words = parameters.text('search').toLowerCase().split(/\s+/).filter(Boolean);
  const offset = parameters.count('offset', { fallback: 0, max: 1_000_000 });
  const limit = parameters.count('limit', { fallback: 200, max: 1_000 });
  const sort = parameters.choice('sort', ['name', '-name', 'series', '-series', 'points', '-points', 'type', '-type']);
  const best = new BestOf<Family>(offset + limit, ordersOf(sort));
  const slices = new Slices();
  let total = 0;
  for (const { component, view } of offered(views, 'series')) {
    for (const family of view.families()) {
      if (slices.isOver()) await slices.next();
      const text = `${family.name} ${family.help}`.toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
      total += 1;
      best.add(familyForApi(component.id, family));
    }
  }
  return { total, families: best.sorted().slice(offset) };
}

/** Converts a family for a response. Help is cut after 2,000 characters. */
export function familyForApi(
  exporter: string,
  { name, type, help, seriesCount, points, hiddenBy }: FamilyView,
): Family {
  return { exporter, name, type, help: help.slice(0, 2_000), seriesCount, points, hiddenBy: hiddenBy ?? null };
}

function ordersOf(sort: string): (a: Family, b: Family) => number {
  const direction = sort.startsWith('-') ? -1 : 1;
  const byName = (a: Family, b: Family) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  switch (sort.replace('-', '')) {
    case 'series':
      return (a, b) => direction * (a.seriesCount - b.seriesCount) || byName(a, b);
    case 'points':
      return (a, b) => direction * (a.points - b.points) || byName(a, b);
    case 'type':
      return (a, b) => direction * (a.type < b.type ? -1 : a.type > b.type ? 1 : 0) || byName(a, b);
    default:
      return (a, b) => direction * byName(a, b);
  }
}
