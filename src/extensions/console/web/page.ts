import type { GettingStarted, Problems, Status } from '#api/overview.ts';
import type { Metrics } from '#api/series.ts';
import type { Pipelines, Sources } from '#api/service.ts';
import { type Html, html } from './html.ts';

/** Facts in the HTML page before any script runs. */
export interface Facts {
  readonly status: Status;
  readonly start: GettingStarted;
  readonly problems: Problems;
  readonly metrics: Metrics;
  readonly sources: Sources;
  readonly pipelines: Pipelines;
}

const maxRows = 100;

/**
 * Returns the HTML page: facts as plain tables, which the script replaces with the live view. `version` is that of the
 * assets; undefined if there are none.
 */
export function pageOf(facts: Facts, version: string | undefined): string {
  const { status } = facts;
  const assets =
    version === undefined
      ? html``
      : html`<link rel="stylesheet" href="assets/${version}.css"><script type="module" src="assets/${version}.js"></script>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>pitot: ${status.verdict.text}</title>
<link rel="icon" href="${icon}">
${assets}
</head>
<body>
<div id="app"><main class="plain">${factsOf(facts)}</main></div>
</body>
</html>
`.source;
}

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M1 9h9V4h2v7H1z' fill='%230b6e8a'/%3E%3Ccircle cx='13' cy='4' r='2' fill='%230b6e8a'/%3E%3C/svg%3E";

function factsOf({ status, start, problems, metrics, sources, pipelines }: Facts): Html {
  const { verdict, clients, output, errors, scrapers } = status;
  return html`<h1>pitot</h1>
<p role="status"><strong>${verdict.level}</strong>: ${verdict.text}</p>
${table(
  ['Fact', 'Value'],
  [
    ['Clients that sent in the last five minutes', clients.active],
    ['Data points received', clients.points],
    ['Series', output.series],
    ['Latest scrape', scrapers[0] ? `${when(scrapers[0].unixMs)} by ${scrapers[0].userAgent}` : 'none'],
    ['Points refused', errors.refusedPoints],
    ['Points dropped', errors.droppedPoints],
    ['Requests rejected', errors.rejectedRequests],
    ['Memory', `${Math.round(status.process.rssBytes / 1e6)} MB`],
    ['Version', `${status.pitotVersion}, started ${when(status.startedUnixMs)}`],
  ],
)}
<p>This page lists facts. With JavaScript, it is live and shows more.</p>
${start.isDone ? null : startedOf(start)}
<h2>Problems</h2>
${
  problems.problems.length === 0
    ? html`<p>None.</p>`
    : table(
        ['Level', 'Problem', 'Subject', 'Client', 'Count', 'Remedy'],
        problems.problems
          .slice(0, maxRows)
          .map((each) => [
            each.level,
            `${each.title} ${each.text}`,
            each.subject,
            each.client,
            each.count,
            each.remedy,
          ]),
      )
}
<h2>Metrics</h2>
${table(
  ['Name', 'Type', 'Series'],
  metrics.families.slice(0, maxRows).map(({ name, type, seriesCount }) => [name, type, seriesCount]),
)}
<p>${metrics.total} in total.</p>
<h2>Sources</h2>
${table(
  ['Job', 'Process', 'Address', 'Points', 'Last seen'],
  sources.sources
    .slice(0, maxRows)
    .map(({ job, process, address, points, lastUnixMs }) => [job, process, address, points, when(lastUnixMs)]),
)}
<h2>Pipelines</h2>
${table(
  ['Pipeline', 'Receivers', 'Processors', 'Exporters'],
  pipelines.pipelines.map((each) => [
    each.id,
    ...[each.receivers, each.processors, each.exporters].map((nodes) => nodes.map(({ id }) => id).join(', ')),
  ]),
)}`;
}

function startedOf({ steps, causes, airflow }: GettingStarted): Html {
  return html`<h2>Getting started</h2>
<ol>${steps.map(({ state, title, text }) => html`<li><strong>${state}</strong>: ${title}. ${text}</li>`)}</ol>
${causes.map(({ title, observed, remedy }) => html`<p><strong>${title}.</strong> ${observed}. ${remedy}</p>`)}
${airflow.map(({ versions, variables }) => html`<h3>Airflow ${versions}</h3><pre>${variables.map(([name, value]) => `${name}=${value}`).join('\n')}</pre>`)}`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): Html {
  return html`<table><thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table>`;
}

function when(unixMs: number): string {
  return new Date(unixMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
