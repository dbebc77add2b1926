/**
 * The parts of Grafana's dashboard model (schema version 39) that the dashboards use. A dashboard consists of rows of panels. Positions in
 * the grid of 24 columns are computed, so that a panel can be added anywhere.
 */
export interface Query {
  /** PromQL. `$job`, `$dag`, and `$count` are dashboard variables; `$__rate_interval` and `$__range` are Grafana's. */
  readonly expr: string;
  /** Name of the line, with placeholders `{{label}}`. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  readonly kind: 'timeseries' | 'stat' | 'table' | 'bargauge';
  /** ID of a Grafana unit, for example `ms`, `short`, `percentunit`, or `bytes`. */
  readonly unit: string;
  /** Number of columns, at most 24. */
  readonly width: number;
  readonly description?: string;
  /** Draws bars instead of lines, for events that are rare. */
  readonly hasBars?: boolean;
  readonly queries: readonly Query[];
  /** Value from which the panel is red. Below, it is green. */
  readonly redFrom?: number;
  /** Value below which the panel is red. At or above, it is green. */
  readonly redBelow?: number;
}

export interface Row<P = Panel> {
  readonly title: string;
  /** Height in grid units of 30 pixels. */
  readonly height: number;
  readonly panels: readonly P[];
}

interface Variable {
  readonly name: string;
  readonly label: string;
  /** PromQL query `label_values(…)`. `choices` has fixed values instead, by text. */
  readonly query?: string;
  readonly choices?: Readonly<Record<string, string>>;
  readonly description?: string;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}

/** Returns a function that creates line panels of this width from a title, a unit, and pairs of legend and PromQL. */
export function lines(width: number) {
  return (title: string, unit: string, ...queries: [legend: string, expr: string][]): Panel => ({
    title,
    kind: 'timeseries',
    unit,
    width,
    queries: queries.map(([legend, expr]): Query => ({ legend, expr })),
  });
}

const datasource = { type: 'prometheus', uid: '${datasource}' };

/** Returns the dashboard as Grafana's JSON model. */
export function toGrafana(dashboard: Dashboard): object {
  return {
    uid: dashboard.uid,
    title: dashboard.title,
    description: dashboard.description,
    tags: [...dashboard.tags],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    timezone: 'browser',
    time: { from: 'now-6h', to: 'now' },
    annotations: { list: [] },
    links: [],
    templating: { list: [datasourceVariable, ...dashboard.variables.map(variable)] },
    panels: placed(dashboard.rows),
  };
}

const datasourceVariable = {
  type: 'datasource',
  name: 'datasource',
  label: 'Prometheus',
  query: 'prometheus',
  hide: 0,
  refresh: 1,
  regex: '',
  multi: false,
  includeAll: false,
};

function variable({ name, label, query, choices, description = '' }: Variable): object {
  const common = { name, label, description, hide: 0, skipUrlSync: false };
  if (choices) {
    const options = Object.entries(choices).map(([text, value], index) => ({ text, value, selected: index === 0 }));
    const list = Object.entries(choices).map(([text, value]) => `${text} : ${value}`);
    return {
      ...common,
      type: 'custom',
      query: list.join(','),
      options,
      current: options[0],
      multi: false,
      includeAll: false,
    };
  }
  return {
    ...common,
    type: 'query',
    datasource,
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    regex: '',
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: ['All'], value: ['$__all'] },
  };
}

function placed(rows: readonly Row[]): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: 24, h: 1 },
      id: panels.length + 1,
      panels: [],
    });
    y += 1;
    let x = 0;
    for (const panel of row.panels) {
      if (x + panel.width > 24) {
        x = 0;
        y += row.height;
      }
      panels.push({ id: panels.length + 1, gridPos: { x, y, w: panel.width, h: row.height }, ...visual(panel) });
      x += panel.width;
    }
    y += row.height;
  }
  return panels;
}

function visual(panel: Panel): object {
  const instant = panel.kind !== 'timeseries';
  const table = panel.kind === 'table';
  return {
    type: panel.kind,
    title: panel.title,
    description: panel.description ?? '',
    datasource,
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat: legend,
      instant,
      range: !instant,
      ...(table ? { format: 'table' } : {}),
    })),
    fieldConfig: {
      defaults: {
        unit: panel.unit,
        thresholds: { mode: 'absolute', steps: thresholds(panel) },
        ...(panel.kind === 'timeseries' ? { custom: timeseriesStyle(panel) } : {}),
      },
      overrides: [],
    },
    options: options(panel.kind),
    ...(table ? { transformations: [{ id: 'organize', options: { excludeByName: { Time: true } } }] } : {}),
  };
}

function timeseriesStyle({ hasBars }: Panel): object {
  if (hasBars) return { drawStyle: 'bars', fillOpacity: 60, showPoints: 'never' };
  return { fillOpacity: 10, showPoints: 'never', spanNulls: true };
}

function thresholds({ redFrom, redBelow }: Panel): object[] {
  if (redBelow !== undefined)
    return [
      { color: 'red', value: null },
      { color: 'green', value: redBelow },
    ];
  return [{ color: 'green', value: null }, ...(redFrom === undefined ? [] : [{ color: 'red', value: redFrom }])];
}

function options(kind: Panel['kind']): object {
  const reduceOptions = { calcs: ['lastNotNull'], fields: '', values: false };
  switch (kind) {
    case 'timeseries':
      return {
        legend: { calcs: [], displayMode: 'list', placement: 'bottom', showLegend: true },
        tooltip: { mode: 'multi', sort: 'desc' },
      };
    case 'stat':
      return {
        reduceOptions,
        colorMode: 'value',
        graphMode: 'none',
        justifyMode: 'auto',
        textMode: 'auto',
        orientation: 'auto',
      };
    case 'bargauge':
      return { reduceOptions, displayMode: 'basic', orientation: 'horizontal', showUnfilled: true };
    case 'table':
      return { showHeader: true, cellHeight: 'sm' };
  }
}
