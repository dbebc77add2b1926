import { fromByteString } from '#bytes/utf8.ts';
import type { Lineage, NameStep } from '#component/views/series-view.ts';
import type { Attributes } from '#pdata/attributes.ts';
import { valueText } from '#pdata/value-text.ts';
import { AccumulatedSeries } from '../accumulation/streams/accumulated-series.ts';
import type { SeriesStoreOptions } from '../series-store.ts';
import type { StoredSeries } from '../stored-series.ts';
import { collectorLines } from './collector-lines.ts';
import { InspectedSeries, type Surroundings } from './inspected-series.ts';
import { labelOrigins } from './label-origins.ts';
import { streamsOf } from './streams.ts';

/** Descriptions of the naming rules. */
const rules: Readonly<Record<string, string>> = {
  characters: 'Characters that Prometheus does not allow become _',
  unit: 'The unit becomes a suffix',
  counter: 'A monotonic sum ends in total',
  ratio: 'A gauge with the unit 1 ends in ratio',
  namespace: 'The namespace of the exporter becomes a prefix',
  final: 'Name in the /metrics output',
};

interface LineageContext extends Surroundings {
  readonly options: SeriesStoreOptions;
  /** Returns whether the Collector makes a label of a resource attribute. */
  readonly isResourceLabel: (key: string) => boolean;
  readonly nowMs: number;
}

/** Returns the steps that lead to a series. */
export function lineageOf(
  series: StoredSeries,
  { options, isResourceLabel, nowMs, ...surroundings }: LineageContext,
): Lineage {
  const { instrument } = series;
  const { descriptor, scope, schemaUrl, target, type, isMonotonic } = instrument;
  const name = descriptor?.name ?? instrument.metricName;
  const unit = descriptor?.unit ?? '';
  const streams = streamsOf(series, nowMs);
  const processAttributes = [...options.policy.processAttributes];
  const shown = new InspectedSeries(series, surroundings);
  return {
    metric: {
      ...{ name, unit, type, isMonotonic },
      description: descriptor?.description ?? '',
      temporality: temporalityOf(type, streams?.listed.some(({ view }) => view.kind === 'delta') ?? false),
    },
    scope: { name: scope?.name ?? '', version: scope?.version ?? '', schemaUrl },
    resource: pairsOf(target.resource.attributes),
    attributes: pairsOf(series.attributes),
    naming: namingOf(
      { name, unit, type, isMonotonic },
      { options, shownAs: fromByteString(series.variant.family.name) },
    ),
    labels: labelOrigins(series, {
      constLabels: [...options.labels.constLabels.keys()],
      labelName: options.labels.labelName,
    }),
    processAttributes,
    mode: streams ? 'accumulation' : 'last value',
    streams: streams && { total: streams.total, listed: streams.listed.map(({ view }) => view) },
    isInitialZero: series instanceof AccumulatedSeries && series.isZeroHeld,
    collector: collectorLines(
      {
        name: fromByteString(series.variant.family.name),
        labels: shown.labels,
        value: shown.value,
        isHistogram: series.kind !== 'number',
        isLatestValue: type === 'Gauge' || type === 'Summary',
      },
      {
        streams: streams?.listed,
        hasProcessAttributes: processAttributes.length > 0,
        resourceLabel: (key) => (isResourceLabel(key) ? options.labels.labelName(key) : undefined),
      },
    ),
  };
}

function temporalityOf(type: string, isDelta: boolean): string {
  if (type === 'Gauge' || type === 'Summary') return '';
  return isDelta ? 'delta' : 'cumulative';
}

function pairsOf({ entries }: Attributes): (readonly [string, string])[] {
  return entries.map(({ key, value }) => [key, valueText(value)] as const);
}

/** Returns the rules that changed something. */
function namingOf(
  metric: { readonly name: string; readonly unit: string; readonly type: string; readonly isMonotonic: boolean },
  { options, shownAs }: { readonly options: SeriesStoreOptions; readonly shownAs: string },
): NameStep[] {
  const { name, unit, type, isMonotonic } = metric;
  const steps: NameStep[] = [];
  let before = name;
  const note = (rule: string, result: string) => {
    if (result !== before) steps.push({ rule: rules[rule] ?? rule, result });
    before = result;
  };
  const kind = type === 'Gauge' ? 'gauge' : type === 'Sum' && isMonotonic ? 'counter' : 'other';
  try {
    options.namer.name({ name, unit, type: kind }, note);
  } catch (error) {
    steps.push({ rule: (error as Error).message, result: '' });
  }
  note('final', shownAs);
  return steps;
}
