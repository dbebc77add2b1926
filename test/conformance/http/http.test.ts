import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, ask } from '../../support/http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../../support/pitot.ts';
import { readDivergences } from '../divergences.ts';
import { Score } from '../score.ts';

/** One request that was sent to the Collector. `config`: settings of `protocols.http` in addition to the endpoint. */
interface HttpCase {
  readonly name: string;
  readonly config?: object;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body_base64: string;
  readonly expect: { readonly status: number; readonly headers: Record<string, string>; readonly body_base64: string };
}

const cases: readonly HttpCase[] = JSON.parse(readFileSync(join(import.meta.dirname, 'cases.json'), 'utf8'));
const settings = [...new Set(cases.map(({ config = {} }) => JSON.stringify(config)))];
/** Cases in which the message differs from the Collector's on purpose. */
const otherMessages = new Set(readDivergences().flatMap(({ http = [] }) => http));
const score = new Score();
let pitot: RunningPitot;
let ports: readonly number[];

beforeAll(async () => {
  ports = await freePorts(settings.length);
  const receivers = Object.fromEntries(
    settings.map((text, index) => [
      `otlp/${index}`,
      { protocols: { http: { endpoint: `127.0.0.1:${ports[index]}`, ...JSON.parse(text) } } },
    ]),
  );
  const config = {
    receivers,
    exporters: { debug: {} },
    service: {
      telemetry: { metrics: { level: 'none' }, logs: { level: 'error' } },
      pipelines: { metrics: { receivers: Object.keys(receivers), exporters: ['debug'] } },
    },
  };
  pitot = startPitot([`--config=${configFile(config)}`]);
  await untilListening(pitot, ports);
});

afterAll(async () => {
  await pitot?.stop();
  score.print('HTTP requests');
});

/** Returns the parts of a response that must be equal: status, recorded headers, and body. */
function compared({ status, headers, body }: Answer, expected: HttpCase['expect']): object {
  const names = Object.keys(expected.headers).filter((name) => name !== 'content-length');
  const shown = Object.fromEntries(names.map((name) => [name, headers[name]]));
  return { status, headers: shown, body: body.toString('latin1') };
}

/** Returns the same without the message: of a JSON Status the code, of any other body nothing. */
function withoutMessage(answer: Answer, expected: HttpCase['expect']): object {
  const isJson = expected.headers['content-type'] === 'application/json';
  return { ...compared(answer, expected), body: isJson ? JSON.parse(answer.body.toString()).code : undefined };
}

test('lists only cases that exist', () => {
  expect([...otherMessages].filter((name) => !cases.some((which) => which.name === name))).toEqual([]);
});

describe('answers single HTTP requests like the Collector', () => {
  test.each(cases.map((which) => [which.name, which] as const))('%s', async (_name, which) => {
    const { method, path, headers, config = {}, expect: expected } = which;
    const body = Buffer.from(which.body_base64, 'base64');
    const hasBody = body.length > 0 || method === 'POST' || method === 'PUT' || method === 'PATCH';
    const answer = await ask(ports[settings.indexOf(JSON.stringify(config))]!, {
      method,
      path,
      headers: { ...headers, ...(hasBody && { 'content-length': String(body.length) }) },
      body: hasBody ? body : undefined,
    });
    const wanted = { ...expected, body: Buffer.from(expected.body_base64, 'base64') };
    if (otherMessages.has(which.name)) {
      // If the messages become equal, the case must be removed from the list.
      expect(answer.body.toString()).not.toBe(wanted.body.toString());
      score.compare('http, other message', withoutMessage(wanted, expected), withoutMessage(answer, expected));
    } else {
      score.compare('http', compared(wanted, expected), compared(answer, expected));
    }
    expect(score.take()).toEqual([]);
  });
});
