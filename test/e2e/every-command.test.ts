import { once } from 'node:events';
import { cpSync, mkdtempSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';
import { pitotInTerminal, untilShown } from '../support/pseudo-terminal.ts';
import { type CommandResult, runPitot } from '../support/run-command.ts';

/*
 * Every command in a pipe and in a terminal, against a pitot with 100,000 series that is up, down, hanging, or requires credentials. What
 * the commands print is tested next to them; here, only that they answer, with the exit status and stream that scripts expect.
 */

const seriesCount = 100_000;
const fixtures = join(import.meta.dirname, '../fixtures');
let pitot: RunningPitot;
let hanging: Server;
/** Base URLs of the ports of one situation. */
interface Target {
  readonly console: string;
  readonly otlp: string;
  readonly metrics: string;
  readonly health: string;
}
const at = (port: number, credentials = '') => `http://${credentials}127.0.0.1:${port}`;
const one = (url: string): Target => ({ console: url, otlp: url, metrics: url, health: url });
const targets: Record<'up' | 'down' | 'hanging' | 'secret' | 'credentials', Target> = {
  up: one(''),
  down: one(at(1)),
  hanging: one(''),
  secret: one(''),
  credentials: one(''),
};

beforeAll(async () => {
  const ports = (await freePorts(8)) as [number, number, number, number, number, number, number, number];
  const [otlp, metrics, console, health, otlp2, metrics2, console2, health2] = ports;
  const listen = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  const auth = { auth: { authenticator: 'basicauth' } };
  pitot = startPitot([
    `--config=${configFile({
      receivers: {
        otlp: { protocols: { http: listen(otlp) } },
        'otlp/secret': { protocols: { http: { ...listen(otlp2), ...auth } } },
      },
      exporters: {
        prometheus: { ...listen(metrics), accumulation: { enabled: true } },
        'prometheus/secret': { ...listen(metrics2), ...auth },
      },
      extensions: {
        console: listen(console),
        'console/secret': { ...listen(console2), ...auth },
        health_check: listen(health),
        'health_check/secret': { ...listen(health2), ...auth },
        basicauth: { htpasswd: { inline: 'admin:password' } },
      },
      service: {
        extensions: ['basicauth', 'console', 'console/secret', 'health_check', 'health_check/secret'],
        telemetry: { metrics: { level: 'none' } },
        pipelines: {
          metrics: { receivers: ['otlp'], exporters: ['prometheus'] },
          'metrics/secret': { receivers: ['otlp/secret'], exporters: ['prometheus/secret'] },
        },
      },
    })}`,
  ]);
  await untilListening(pitot, ports);
  const dataPoints = Array.from({ length: seriesCount }, (_, i) => ({
    asInt: i,
    attributes: [{ key: 'n', value: { stringValue: `${i}` } }],
  }));
  const body = encodeMetrics({
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'many', gauge: { dataPoints } }] }] }],
  });
  expect((await postMetrics(otlp, body)).status).toBe(200);
  hanging = createServer(() => {}).listen(0, '127.0.0.1');
  await once(hanging, 'listening');
  const set = (name: keyof typeof targets, target: Target) => Object.assign(targets[name], target);
  const all = (credentials: string, [a, b, c, d]: readonly number[]): Target => ({
    otlp: at(a!, credentials),
    metrics: at(b!, credentials),
    console: at(c!, credentials),
    health: at(d!, credentials),
  });
  set('up', all('', ports));
  set('hanging', one(at((hanging.address() as AddressInfo).port)));
  set('secret', all('', ports.slice(4)));
  set('credentials', all('admin:password@', ports.slice(4)));
}, 120_000);
afterAll(async () => {
  hanging?.close();
  await pitot?.stop();
});

interface Case {
  readonly args: (target: Target) => string[];
  /** Part of standard output while pitot is up. */
  readonly up: RegExp;
  /** Exit status while pitot is up; 0 by default. */
  readonly exitCode?: number;
  /** Part of the output without pitot; by default an error about the connection. */
  readonly down?: RegExp;
  readonly hanging?: RegExp;
  readonly secret?: RegExp;
  /** Exit status without credentials; by default as in the other situations. */
  readonly secretExitCode?: number;
  /** Exit status in all these situations; 1 by default. */
  readonly failure?: number;
}
const refused = /connection refused/;
const silent = /no answer within 1 s/;
const unauthorized = /401/;
const ports = (metrics: string) => ['--own-metrics', at(1), '--metrics', metrics];

const remote: Record<string, Case> = {
  status: {
    args: ({ console }) => ['--url', console, ...ports(at(1))],
    up: /^.* Metrics arrive|^ {2}Output /m,
    failure: 2,
  },
  top: { args: ({ console }) => ['--once', '--interval=10ms', '--url', console], up: /^many +gauge +100,000/m },
  explain: { args: ({ console }) => ['many', 'n=7', '--url', console], up: /^many\{n="7"/, failure: 2 },
  cardinality: { args: ({ console }) => ['--url', console], up: /^100,\d\d\d series in / },
  doctor: {
    args: ({ otlp, console, metrics }) => ['--to', otlp, '--console', console, ...ports(`${metrics}/metrics`)],
    up: /✓ Protocol/,
    exitCode: 1,
    failure: 2,
  },
  replay: {
    args: ({ otlp }) => [join(fixtures, 'recordings/airflow-3.2'), '--speed=max', '--to', otlp],
    up: /^Sent 95 requests/,
  },
  load: {
    args: ({ otlp }) => ['--duration=20ms', '--to', otlp],
    up: /^Sent \d+ requests .*Accepted finishes/,
  },
  diff: {
    args: ({ metrics }) => [`${metrics}/metrics`, `${metrics}/metrics`],
    up: /^No differences\.\n$/,
    failure: 2,
  },
  healthcheck: {
    args: ({ health }) => [health],
    up: /Server available/,
    hanging: /no answer within 5 s/,
    // health_check has no authentication.
    secret: /Server available/,
    secretExitCode: 0,
  },
};
const shown = ({ stdout, stderr }: CommandResult) => stdout + stderr;
const withTimeout = (name: string, timeout: string) => (name === 'healthcheck' ? [] : [`--timeout=${timeout}`]);

describe.concurrent.each(Object.entries(remote))('%s', (name, each) => {
  const run = (target: Target, timeout = '60s') =>
    runPitot([name, ...each.args(target), ...withTimeout(name, timeout)]);
  const failure = each.failure ?? 1;

  test('works in a pipe with 100,000 series', async () => {
    const result = await run(targets.up);
    expect(result.stdout).toMatch(each.up);
    expect(result.stdout).not.toContain('\u001b');
    expect(result.exitCode).toBe(each.exitCode ?? 0);
  });

  test('works in a terminal', async () => {
    const session = pitotInTerminal([name, ...each.args(targets.up), ...withTimeout(name, '60s')], { NO_COLOR: '1' });
    expect(await session.exited).toBe(each.exitCode ?? 0);
    expect(session.screen()).toMatch(new RegExp(each.up.source.replaceAll('^', ''), 'm'));
  });

  test('names a pitot that is down, in a pipe and in a terminal', async () => {
    const result = await run(targets.down);
    expect(shown(result)).toMatch(each.down ?? refused);
    expect(result.exitCode).toBe(failure);
    const session = pitotInTerminal([name, ...each.args(targets.down)]);
    expect(await session.exited).toBe(failure);
    expect(session.screen()).toMatch(each.down ?? refused);
  });

  test('does not wait for a pitot that hangs', async () => {
    const result = await run(targets.hanging, '1s');
    expect(shown(result)).toMatch(each.hanging ?? silent);
    expect(result.exitCode).toBe(failure);
  });

  test('says that credentials are missing, and works with them', async () => {
    const without = await run(targets.secret);
    expect(shown(without)).toMatch(each.secret ?? unauthorized);
    expect(without.exitCode).toBe(each.secretExitCode ?? failure);
    expect(shown(without)).not.toContain('admin:password');
    const result = await run(targets.credentials);
    // The store of this port has no 100,000 series.
    const accepted = new Set([0, each.exitCode ?? 0]);
    if (name !== 'explain') expect(accepted).toContain(result.exitCode);
    expect(shown(result)).not.toMatch(unauthorized);
  });
});

describe.concurrent('top and tail until a key ends them', () => {
  test('top shows tables, and follows keys', async () => {
    const session = pitotInTerminal(['top', '--url', targets.up.console, '--interval=200ms'], { NO_COLOR: '1' });
    await untilShown(session, 'Points/s');
    session.type('2');
    await untilShown(session, /many +gauge +100,000/);
    session.type('/nothing\r');
    await untilShown(session, 'nothing matches the filter');
    session.type('q');
    expect(await session.exited).toBe(0);
    // The cursor and the first screen are back.
    expect(session.screen()).toMatch(/\u001b\[\?25h\u001b\[\?1049l$/);
  });

  test('tail says that it waits, and ends with Ctrl-C', async () => {
    const session = pitotInTerminal(['tail', 'nothing', '--url', targets.up.console]);
    await untilShown(session, 'Waiting for data points that match nothing; Ctrl-C ends.');
    session.type('\u0003');
    expect(await session.exited).toBe(0);
  });

  test.each(['down', 'hanging', 'secret'] as const)('tail and record name a pitot that is %s', async (situation) => {
    const folder = join(mkdtempSync(join(tmpdir(), 'pitot-record-')), 'traffic');
    for (const args of [
      ['tail', '--url'],
      ['record', folder, '--from'],
    ]) {
      const { stderr, exitCode } = await runPitot([...args, targets[situation].console, '--timeout=1s']);
      expect(stderr).toMatch({ down: refused, hanging: silent, secret: unauthorized }[situation]);
      expect(exitCode).toBe(1);
    }
  });

  test.each(['down', 'hanging'] as const)(
    'record forwards to a receiver that is %s, and says so',
    async (situation) => {
      const [port] = (await freePorts(1)) as [number];
      const folder = join(mkdtempSync(join(tmpdir(), 'pitot-record-')), 'traffic');
      const session = pitotInTerminal([
        'record',
        folder,
        `--listen=127.0.0.1:${port}`,
        '--to',
        targets[situation].otlp,
      ]);
      await untilShown(session, 'Stop with Ctrl-C');
      const answer = fetch(`http://127.0.0.1:${port}/v1/metrics`, {
        method: 'POST',
        body: 'x',
        signal: AbortSignal.timeout(2_000),
      });
      if (situation === 'down') {
        expect((await answer).status).toBe(502);
        await untilShown(session, 'POST /v1/metrics: connection refused');
      } else await expect(answer).rejects.toThrow();
      session.type('\u0003');
      expect(await session.exited).toBe(0);
      expect(session.screen()).toContain('Recorded 1 requests');
    },
  );
});

describe.concurrent.each<[string, string[], RegExp]>([
  ['completion', ['bash'], /^# bash completion/],
  ['components', [], /^buildinfo:/],
  ['featuregate', [], /^ID/],
  ['gen', ['scrape-config'], /^scrape_configs:/m],
  ['help', [], /^Usage:/],
  ['print-config', [], /^exporters:$/m],
  ['schema', [], /^\{\n {2}"\$schema"/],
  ['snapshot', ['inspect', 'STATE'], /^\S+file_storage\.db /],
  ['validate', [], /^(The configuration is valid\.\n)?/],
])('%s, which needs no pitot', (name, args, output) => {
  // A copy: the test may not depend on the permissions of a checkout.
  const state = join(mkdtempSync(join(tmpdir(), 'pitot-state-')), 'state');
  cpSync(join(fixtures, 'state/version-1'), state, { recursive: true });
  const actual = args.map((arg) => (arg === 'STATE' ? state : arg));

  test('prints the same in a pipe and in a terminal', async () => {
    const result = await runPitot([name, ...actual]);
    expect(result).toMatchObject({ stdout: expect.stringMatching(output), exitCode: 0 });
    const session = pitotInTerminal([name, ...actual]);
    expect(await session.exited).toBe(0);
    const screen = session.screen();
    if (name === 'validate') expect(screen).toContain('The configuration is valid.');
    else expect(screen.split('\n').slice(0, 3)).toEqual(result.stdout.split('\n').slice(0, 3));
  });
});
