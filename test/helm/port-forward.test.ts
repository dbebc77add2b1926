import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { renderedContainer } from '../deploy/image/rendered-container.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';

/**
 * `kubectl port-forward` connects to localhost in the pod's network namespace. Here, the pod's address is 127.0.0.2, so a listener on that
 * address alone does not answer on 127.0.0.1. The renderings are those of render-golden.sh with other port numbers.
 */
let running: RunningPitot | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

test.each(['pitot-defaults', 'pitot-seed', 'pitot-airflow'])('%s answers on localhost', async (golden) => {
  const { config, env } = renderedContainer(`${import.meta.dirname}/golden/${golden}.yaml`);
  const numbers = ['4317', '4318', '8888', '8889', '13133'];
  const ports = await freePorts(numbers.length);
  const port = (number: string) => ports[numbers.indexOf(number)]!;
  const text = config
    .replace(/(?<=:\s?)(4317|4318|8888|8889|13133)(?='?$)/gm, (number) => String(port(number)))
    .replace('/var/lib/pitot', mkdtempSync(join(tmpdir(), 'pitot-state-')));
  running = startPitot([`--config=${configFile(text)}`], { ...env, NODE_OPTIONS: '' });
  await untilListening(running, [port('13133'), port('8889'), port('8888')]);
  const body = async (number: string, path: string) => {
    const response = await fetch(`http://127.0.0.1:${port(number)}${path}`);
    return [response.status, await response.text()];
  };
  expect(env.MY_POD_IP).toBe('127.0.0.2');
  expect(await body('13133', '/')).toEqual([200, expect.stringContaining('Server available')]);
  expect(await body('8889', '/metrics')).toEqual([200, '']);
  expect(await body('8888', '/metrics')).toEqual([200, expect.stringContaining('otelcol_process_uptime')]);
});
