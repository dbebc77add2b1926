import { afterEach, expect, test } from 'vitest';
import { ask, postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile, freePorts, startPitot, untilListening, untilLogged } from '../support/pitot.ts';
import { pitotInTerminal, type TerminalSession, untilShown } from '../support/pseudo-terminal.ts';

let session: TerminalSession | undefined;
afterEach(() => session?.process.kill());

async function configuration(): Promise<{ readonly config: string; readonly http: number }> {
  const [http] = (await freePorts(1)) as [number];
  const config = configFile({
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } } },
    exporters: { debug: { verbosity: 'detailed' } },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['debug'] } },
    },
  });
  return { config, http };
}

const points = (count: number) =>
  encodeMetrics({
    resourceMetrics: [
      {
        scopeMetrics: [
          { metrics: [{ name: 'a', gauge: { dataPoints: Array.from({ length: count }, (_, i) => ({ asInt: i })) } }] },
        ],
      },
    ],
  });

test('a person at a terminal reads short lines, and warnings again at the end', async () => {
  const { config, http } = await configuration();
  session = pitotInTerminal([`--config=${config}`], { NO_COLOR: '1', PITOT_CONSOLE: 'off' });
  await untilShown(session, 'Everything is ready');
  expect(session.screen()).toMatch(
    /^\d\d:\d\d:\d\d info {2}Everything is ready\. Begin running and processing data\.$/m,
  );
  expect(session.screen()).toContain(`Send OTLP to http://localhost:${http}.`);
  await ask(http, { method: 'POST', path: '/v1/metrics/v1/metrics' });
  await untilShown(
    session,
    /warn {2}POST \/v1\/metrics\/v1\/metrics from 127\.0\.0\.1 rejected: .*client=127\.0\.0\.1/,
  );
  await postMetrics(http, points(100));
  await untilShown(session, 'NumberDataPoints #99');
  session.type('\u0003');
  expect(await session.exited).toBe(0);
  expect(session.screen()).toMatch(
    /warn {2}Warnings and errors since the start: POST \/v1\/metrics\/v1\/metrics from /,
  );
});

test('a terminal has colors, and PITOT_LOG=collector the layout of the Collector', async () => {
  const { config } = await configuration();
  session = pitotInTerminal([`--config=${config}`], { PITOT_CONSOLE: 'off' });
  await untilShown(session, /\u001b\[36minfo \u001b\[0m Everything is ready/);
  session.type('\u0003');
  await session.exited;
  session = pitotInTerminal([`--config=${config}`], { PITOT_CONSOLE: 'off', PITOT_LOG: 'collector' });
  await untilShown(session, /T\d\d:\d\d:\d\d\.\d+\S*\tinfo\t\S+\tEverything is ready\. .*\{"resource": \{/);
  session.type('\u0003');
  await session.exited;
});

test('a file and a pipe have the layout of the Collector and no summary', async () => {
  const { config, http } = await configuration();
  const pitot = startPitot([`--config=${config}`]);
  await untilListening(pitot, [http]);
  await ask(http, { method: 'POST', path: '/v1/metrics/v1/metrics' });
  await postMetrics(http, points(100));
  await untilLogged(pitot, 'NumberDataPoints #99');
  await pitot.stop();
  const lines = pitot.output().toString().split('\n');
  expect(lines.filter((line) => line.includes('\twarn\t'))).toHaveLength(1);
  expect(pitot.output().toString()).not.toContain('since the start');
});
