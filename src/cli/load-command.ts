import { type SdkKind, sdkKinds } from '#load/sdk-kinds.ts';
import { durationOf, requestFlags, requestOptions, urlFlag } from './client-flags.ts';
import type { Command } from './command.ts';
import { lastValue } from './parse-arguments.ts';

const defaults = {
  to: 'http://localhost:4318',
  dags: '10',
  tasks: '5',
  rate: '60',
  duration: '1m',
  failures: '0.05',
  sdk: '1.45',
};

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value <= 1_000_000)) throw new Error('must be a positive number');
  return value;
};
const whole = (text: string): number => {
  if (!Number.isInteger(positive(text))) throw new Error('must be a whole number');
  return Number(text);
};
const ratio = (text: string): number => {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new Error('must be a number from 0 to 1');
  return value;
};
function sdkOf(text: string): SdkKind {
  const found = sdkKinds.find((kind) => kind === text);
  if (found === undefined) throw new Error(`must be one of ${sdkKinds.join(', ')}`);
  return found;
}
const durationMs = (text: string): number => (text === 'forever' ? Number.POSITIVE_INFINITY : durationOf(text));

export const loadCommand: Command = {
  name: 'load',
  about: 'Sends synthetic Airflow traffic to a receiver',
  longAbout: `Sends synthetic Airflow traffic to a receiver, for a demo or to measure how much it can accept.

One scheduler reports every 10 seconds. Each task try is a process of its own, which reports once when it ends. The result says how many
finishes were accepted, by state: airflow_ti_finish_total must have increased by these numbers.

Examples:
  pitot load
  pitot load --processes-per-minute=6000 --duration=5m --dags=100
  pitot load --duration=forever --to http://pitot:4318`,
  exitStatus: '0 if every request was accepted; 1 if one failed',
  flags: [
    { name: 'dags', value: 'number', help: `Number of Dags (default ${defaults.dags})`, check: whole },
    {
      name: 'duration',
      value: 'duration',
      help: `Duration, or forever (default ${defaults.duration})`,
      check: durationMs,
    },
    {
      name: 'failure-ratio',
      value: 'ratio',
      help: `Share of failed tries (default ${defaults.failures})`,
      check: ratio,
    },
    ...requestFlags,
    {
      name: 'processes-per-minute',
      value: 'number',
      help: `Task processes in each minute (default ${defaults.rate})`,
      check: positive,
    },
    {
      name: 'sdk',
      value: 'version',
      help: `SDK for Python: 1.45 (Airflow 3.3), or 1.35 (Airflow 3.2: no instance ID, timers as gauges) (default ${defaults.sdk})`,
      check: sdkOf,
    },
    { name: 'tasks', value: 'number', help: `Number of tasks in each Dag (default ${defaults.tasks})`, check: whole },
    urlFlag('to', `Receiver (default "${defaults.to}")`, defaults.to),
  ],
  execute: async (parsed, _line, { progress, stopped }) => {
    const { flags } = parsed;
    const [{ AirflowTraffic }, { runLoad }] = await Promise.all([
      import('#load/airflow-traffic.ts'),
      import('#load/run-load.ts'),
    ]);
    const value = (name: string, fallback: string) => lastValue(parsed, name) ?? fallback;
    const to = value('to', defaults.to);
    const rate = positive(value('processes-per-minute', defaults.rate));
    const traffic = new AirflowTraffic(
      {
        dags: whole(value('dags', defaults.dags)),
        tasksPerDag: whole(value('tasks', defaults.tasks)),
        failureRatio: ratio(value('failure-ratio', defaults.failures)),
        sdk: sdkOf(value('sdk', defaults.sdk)),
        random: Math.random,
      },
      BigInt(Date.now()) * 1_000_000n,
    );
    if (!flags.has('json')) progress(`Sending ${rate} task processes per minute to ${to}. Stop with Ctrl-C.\n`);
    const { requests, bytes, finishes, failed } = await runLoad(traffic, {
      to,
      processesPerMinute: rate,
      durationMs: durationMs(value('duration', defaults.duration)),
      schedulerIntervalMs: 10_000,
      maxInFlight: 64,
      ...requestOptions(parsed),
      stopped,
    });
    const exitCode = failed.size > 0 ? 1 : 0;
    if (flags.has('json')) {
      return {
        print: `${JSON.stringify({ requests, bytes, finishes, failed: Object.fromEntries(failed), to })}\n`,
        exitCode,
      };
    }
    const accepted = `Accepted finishes: ${finishes.success} success, ${finishes.failed} failed.`;
    const print = `Sent ${requests} requests (${bytes} bytes) to ${to}. ${accepted}\n`;
    return { print, remarks: [...failed].map(([reason, count]) => `${count} requests failed: ${reason}`), exitCode };
  },
};
