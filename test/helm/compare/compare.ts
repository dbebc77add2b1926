/**
 * Renders the values in ../fixtures with pitot's chart, and compares the objects with those of the upstream chart (rendered.json).
 *
 * node test/helm/compare/compare.ts HELM [--check]
 *
 * Writes docs/chart-compatibility.md; with `--check`, compares it. Each difference must belong to a class of classes.yaml, and each
 * class must occur. In addition, each rendering must contain nothing that the API server refuses, and pitot must accept its
 * configuration unless a component is missing. Exits with status 1 and one line per problem otherwise.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { violations } from '../api-server-rules.ts';
import { type Difference, differences } from './difference.ts';
import { type Case, cases, type Manifest, render } from './render.ts';
import { starts } from './starts.ts';

/** Class of intended differences. `where` contains regular expressions; a difference matches if all parts of one entry match. */
interface Class {
  readonly id: string;
  /** Whether the difference occurs with almost all values, so that the table omits it. */
  readonly common?: boolean;
  readonly upstream: string;
  readonly pitot: string;
  readonly reason: string;
  readonly where: readonly {
    readonly kind: string;
    readonly path: string;
    readonly upstream?: string;
    readonly ours?: string;
  }[];
}

interface Recorded {
  readonly cases: Readonly<
    Record<string, { readonly error?: string; readonly objects?: Readonly<Record<string, string>> }>
  >;
  readonly objects: Readonly<Record<string, Manifest>>;
}

const [helm, ...flags] = process.argv.slice(2);
if (!helm) throw new Error('usage: compare.ts HELM [--check]');
const root = new URL('../../../', import.meta.url).pathname;
const here = import.meta.dirname;
const classes: readonly Class[] = parse(readFileSync(join(here, 'classes.yaml'), 'utf8'));
const recorded: Recorded = JSON.parse(readFileSync(join(here, '../fixtures/upstream/rendered.json'), 'utf8'));
const occurred = new Set<string>();
const problems: string[] = [];
const work = mkdtempSync(join(tmpdir(), 'pitot-compare-'));

const tables = [table('upstream'), table('real')];
for (const { id } of classes) if (!occurred.has(id)) problems.push(`classes.yaml: ${id} no longer occurs`);
rmSync(work, { recursive: true });

const text = page(tables[0]!, tables[1]!);
const file = join(root, 'docs/chart-compatibility.md');
if (!flags.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text)
  problems.push('docs/chart-compatibility.md is out of date: run compare.ts without --check');
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

function table(group: 'upstream' | 'real'): string[] {
  return cases(group).map((each) => `| ${each.name} | ${row(each).join(' | ')} |`);
}

/** Returns the cells of one case: the result, whether pitot starts, and the classes that are not common. */
function row(each: Case): string[] {
  const upstream = recorded.cases[each.name];
  if (!upstream) throw new Error(`rendered.json has no ${each.name}: run record-upstream.ts`);
  const ours = render(
    helm!,
    join(root, 'helm'),
    each.path,
    '--set',
    'image.override.repository=registry.example/pitot',
  );
  if ('error' in ours) {
    if (!/^(presets|replicaCount|values don't meet)/.test(ours.error)) problems.push(`${each.name}: ${ours.error}`);
    return [`Refused: ${firstSentence(ours.error)}`, '', ''];
  }
  const manifests = parseAllDocuments(ours.text).flatMap((document) => document.toJS() ?? []);
  for (const violation of violations(manifests)) problems.push(`${each.name}: ${violation}`);
  if (upstream.error)
    return [`Renders. Upstream refuses: ${firstSentence(upstream.error)}`, started(each, ours.objects), ''];

  const objects = Object.fromEntries(Object.entries(upstream.objects!).map(([key, id]) => [key, recorded.objects[id]]));
  const found = new Set<Class>();
  for (const difference of differences(objects, ours.objects)) {
    const matching = classes.find((each) => matches(each, difference));
    if (matching) {
      found.add(matching);
      occurred.add(matching.id);
    } else problems.push(`${each.name}: unlisted difference ${JSON.stringify(difference)}`);
  }
  const ids = classes.filter((each) => found.has(each) && !each.common).map(({ id }) => `[${id}](#${id})`);
  return ['Renders', started(each, ours.objects), ids.join(', ')];
}

function firstSentence(text: string): string {
  return text.split(/[;.] |\n/)[0]!.replaceAll('|', '\\|');
}

function matches({ where }: Class, { kind, path, upstream, ours }: Difference): boolean {
  const fits = (pattern: string | undefined, value: string | undefined) =>
    pattern === undefined || new RegExp(`^(${pattern})$`, 's').test(value ?? '');
  return where.some(
    (each) => fits(each.kind, kind) && fits(each.path, path) && fits(each.upstream, upstream) && fits(each.ours, ours),
  );
}

/** Whether pitot starts with the rendered configuration. */
function started({ name }: Case, objects: Readonly<Record<string, Manifest>>): string {
  const config = Object.values(objects).find(({ kind, data }) => kind === 'ConfigMap' && data?.relay)?.data.relay;
  if (!config) return 'Configuration is not in the chart';
  try {
    return starts(config, work);
  } catch (error) {
    problems.push(`${name}: ${(error as Error).message}`);
    return 'No';
  }
}

function page(upstream: string[], real: string[]): string {
  const head = '| Values | Result | pitot starts | Differences |\n|---|---|---|---|';
  const description = (common: boolean) =>
    classes
      .filter((each) => Boolean(each.common) === common)
      .map(
        (each) =>
          `| ${common ? each.id : `<a id="${each.id}"></a>${each.id}`} | ${each.upstream} | ${each.pitot} | ${each.reason} |`,
      )
      .join('\n');
  return `<!-- Generated by test/helm/compare/compare.ts. -->

# Chart compatibility

This page compares what pitot's chart and the upstream chart (opentelemetry-collector 0.170.0) render from the same values. It helps you to
predict what changes when you replace the chart. [Kubernetes](kubernetes.md) explains the options.

\`.ci/kubernetes.sh\` makes the comparison with every build. It fails if an object differs in a way that is not listed here. It also checks
every rendered object against three versions of Kubernetes, and against rules of the API server that no schema contains: each port,
variable, volume, and mount appears once.

## Differences with almost all values

| Difference | Upstream chart | pitot's chart | Reason |
|---|---|---|---|
${description(true)}

## Differences with some values

| Difference | Upstream chart | pitot's chart | Reason |
|---|---|---|---|
${description(false)}

## Values in the form of real ones

The values are in [test/helm/fixtures/real](../test/helm/fixtures/real). "pitot starts" says whether \`pitot validate\` accepts the rendered
configuration. A missing component in traces or logs pipelines is ignored; in a metrics pipeline, pitot does not start, because the metrics would
differ.

${head}
${real.join('\n')}

## The upstream chart's own values

These are the values in \`ci/\` and \`examples/\` of the upstream chart.

${head}
${upstream.join('\n')}
`;
}
