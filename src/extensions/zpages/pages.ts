import { collectorVersion, pitotVersion } from '#build-info.ts';
import type { ServiceDescription } from '#component/component.ts';

/** Escapes a text for HTML: IDs come from the configuration. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const style =
  'body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1c2430;background:#fff}' +
  'table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem;border-bottom:1px solid #d5dbe3}' +
  'nav a{margin-right:1rem}a{color:#0b5cad}@media(prefers-color-scheme:dark){body{background:#12161c;color:#dfe6ee}' +
  'th,td{border-color:#333c48}a{color:#7fb8f0}}';

/** Names and paths of the status pages. */
export const pagePaths = {
  Service: '/debug/servicez',
  Pipelines: '/debug/pipelinez',
  Extensions: '/debug/extensionz',
  Components: '/debug/componentz',
  Features: '/debug/featurez',
} as const;

function page(title: string, content: string): string {
  const links = Object.entries(pagePaths).map(([name, path]) => `<a href="${path}">${name}</a>`);
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>${title} · pitot</title><style>${style}</style></head>` +
    `<body><nav>${links.join('')}</nav><h1>${title}</h1>${content}</body></html>\n`
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]) =>
    `<tr>${row.map((cell) => `<${tag}>${escaped(cell) || '–'}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table>`;
}

/** Returns the page with version, start, and runtime. `startedMs`: milliseconds since the epoch. */
export function servicePage(startedMs: number): string {
  return page(
    'Service',
    table(
      ['', ''],
      [
        ['Version', `pitot ${pitotVersion}`],
        ['Answers as', `otelcol-contrib ${collectorVersion}`],
        ['Started', new Date(startedMs).toISOString()],
        ['Runtime', `Node ${process.versions.node} (${process.platform}/${process.arch})`],
      ],
    ),
  );
}

/** Returns the status page of the pipelines. */
export function pipelinesPage({ pipelines }: ServiceDescription): string {
  const rows = pipelines.map(({ id, receivers, processors, exporters }) => [
    id,
    receivers.join(', '),
    processors.join(' → '),
    exporters.join(', '),
  ]);
  return page('Pipelines', table(['Pipeline', 'Receivers', 'Processors', 'Exporters'], rows));
}

/** Returns the status page of the extensions. */
export function extensionsPage({ extensions }: ServiceDescription): string {
  return page(
    'Extensions',
    table(
      ['Extension'],
      extensions.map((id) => [id]),
    ),
  );
}

/** Returns the page with the status tables of components. The Collector has no such page. */
export function componentsPage({ status }: ServiceDescription): string {
  const sections = status.map(({ kind, id, tables }) => {
    const shown = tables.map(({ title, head, rows }) => `<h3>${escaped(title)}</h3>${table(head, rows)}`);
    return `<h2>${kind} ${escaped(id)}</h2>${shown.join('')}`;
  });
  return page('Components', sections.join('') || '<p>No component has a status table.</p>');
}

/** Returns the status page of the feature gates. */
export function featuresPage({ featureGates }: ServiceDescription): string {
  const rows = featureGates.map(({ id, enabled, description }) => [id, String(enabled), description]);
  return page('Feature Gates', table(['Id', 'Enabled', 'Description'], rows));
}
