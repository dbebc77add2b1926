import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grpcCall, grpcFrame } from '../support/grpc.ts';
import { ask, postMetrics } from '../support/http.ts';
import { field, keyValue } from '../support/wire.ts';
import { behaviors } from './behaviors.ts';
import { type Kind, kinds } from './kinds.ts';
import { moreKinds } from './more-kinds.ts';
import { Observer } from './observer.ts';
import { Target } from './target.ts';
import { correctAnswers, type Transport, transportsOf } from './transports.ts';
import { unfinishedRequests } from './unfinished.ts';

/*
 * Legal requests that fill the largest body with one kind of content, and clients that hold resources, against the bundle with the image's
 * flags in a cgroup of a container's size. `npm run bundle` first. By default, each kind is sent once, to one target, with one of the
 * transports in turn. PITOT_ATTACK=full sends each kind to each target with every transport, from 25 clients, and PITOT_ATTACK_KINDS
 * selects kinds by a part of their name.
 */

const isFull = process.env.PITOT_ATTACK === 'full';
const program = join(import.meta.dirname, '../../dist');
/** Requests at the same time. */
const clients = isFull ? 25 : 2;
/** A health answer that takes longer has waited for a request, also on a machine that is busy. */
const slowestHealthMs = 20_000;

let tried = 0;
let held = 0;
afterAll(() => console.log(`attack: ${tried} tried, ${held} held`));

/** Share of the memory limit that may be in use a minute after the attacks. What they have stored is part of it. */
const shareAfterwards = 0.75;

const targets = [
  { mebibytes: 512, hasStorage: false },
  { mebibytes: 256, hasStorage: true },
  ...(isFull ? [{ mebibytes: 512, hasStorage: true }] : []),
];

const chosen = (isFull ? [...kinds, ...moreKinds] : kinds).filter(({ name }) =>
  name.includes(process.env.PITOT_ATTACK_KINDS ?? ''),
);

/** What a target is attacked with. */
function attacksOf(place: number): { readonly kind: Kind; readonly transport: Transport }[] {
  return chosen.flatMap((kind, i) => {
    const transports = transportsOf(kind);
    if (isFull) return transports.map((transport) => ({ kind, transport }));
    if (i % targets.length !== place) return [];
    return [{ kind, transport: transports[Math.floor(i / targets.length) % transports.length]! }];
  });
}

describe.each(targets.map((options, place) => ({ ...options, place })))(
  '$mebibytes MiB, with storage: $hasStorage',
  ({ mebibytes, hasStorage, place }) => {
    let target: Target;
    let observer: Observer;
    const sockets: Socket[] = [];

    beforeAll(async () => {
      expect(existsSync(join(program, 'otelcol-contrib'))).toBe(true);
      target = await Target.start({ program, mebibytes, hasStorage });
      observer = new Observer([{ port: target.ports.health, path: '/' }]);
      const limit = target.cgroup ? 'cgroup' : "Node's heap flag: this machine allows no cgroup";
      console.log(`attack target: ${mebibytes} MiB (${limit}), with storage: ${hasStorage}`);
    });
    afterAll(async () => {
      for (const socket of sockets) socket.destroy();
      await observer?.stop();
      await target?.remove();
    });

    /** The process runs, its output can be read in each format, and health was answered all the time. */
    async function expectWell(what: string): Promise<void> {
      expect(target.isRunning, `${what}\n${target.output.slice(-2_000)}`).toBe(true);
      for (const accept of ['text/plain', 'application/openmetrics-text; version=1.0.0', protobuf]) {
        const headers = { accept, 'accept-encoding': 'gzip' };
        expect((await ask(target.ports.page, { path: '/metrics', headers })).status, what).toBe(200);
      }
      expect((await ask(target.ports.own, { path: '/metrics' })).status, what).toBe(200);
      const { failed, slowestMs } = await observer.take();
      expect([failed, target.cgroup?.kills() ?? 0], what).toEqual([0, 0]);
      expect(slowestMs).toBeLessThan(slowestHealthMs);
      const used = Math.round((target.cgroup?.used() ?? target.resident()) / 2 ** 20);
      console.log(`${what}: slowest health answer ${Math.round(slowestMs)} ms, memory ${used} MiB`);
    }

    async function opened(port: number, bytes: string | Buffer): Promise<void> {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      socket.on('error', () => {});
      await new Promise((resolve) => socket.once('connect', resolve).once('error', resolve));
      socket.write(bytes);
      socket.resume();
    }

    test.each(unfinishedRequests)('$name: 300 are bounded, and other clients are served', async ({ name, begin }) => {
      tried += 1;
      const close = await begin(target.ports, 300);
      await expect.poll(async () => (await postMetrics(target.ports.http, small('m'))).status, patient).toBe(200);
      const call = async () => (await grpcCall(target.ports.grpc, { body: grpcFrame(small('m')) })).code;
      await expect.poll(call, patient).toBe(0);
      await expectWell(`300 ${name}`);
      close();
      held += 1;
    });

    test('25 compressed bodies at the same time are decompressed within the budget', async () => {
      tried += 1;
      const bomb = zlib.gzipSync(Buffer.alloc(19 * 2 ** 20));
      const headers = { 'content-encoding': 'gzip' };
      const answers = await Promise.all(
        Array.from({ length: 25 }, () =>
          postMetrics(target.ports.http, bomb, headers).then(({ status }) => String(status)),
        ),
      );
      expect(answers.filter((answer) => !correctAnswers.has(answer))).toEqual([]);
      await expectWell('25 compressed bodies');
      held += 1;
    });

    test.each(isFull ? behaviors : [])('$name', async ({ name, run }) => {
      tried += 1;
      await run(target.ports);
      await expect.poll(async () => (await postMetrics(target.ports.http, small('m'))).status, patient).toBe(200);
      await expectWell(name);
      held += 1;
    });

    test('a body that is cut off is not applied', async () => {
      tried += 1;
      const body = small('cut_off');
      const head = `POST /v1/metrics HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${body.length + 1}\r\n\r\n`;
      await opened(target.ports.http, Buffer.concat([Buffer.from(head), body]));
      sockets.pop()?.end();
      await expect
        .poll(async () => (await postMetrics(target.ports.http, small('complete'))).status, patient)
        .toBe(200);
      const page = (await ask(target.ports.page, { path: '/metrics' })).body.toString();
      expect(page).toContain('complete');
      expect(page).not.toContain('cut_off');
      held += 1;
    });

    // Last of those that expect a small request to be accepted: what the kinds store can fill the memory up to the limiter's limit.
    test('legal requests of every kind are answered', async () => {
      const attacks = attacksOf(place);
      const wrong: string[] = [];
      const next = attacks[Symbol.iterator]();
      const worker = async () => {
        for (const { kind, transport } of next) {
          tried += 1;
          const answer = await transport.send(target.ports, kind, kind.body()).catch(String);
          if (correctAnswers.has(answer) && target.isRunning) held += 1;
          else {
            console.log(`wrong: ${kind.name} (${transport.name}): ${answer}`);
            wrong.push(`${kind.name} (${transport.name}): ${answer}`);
          }
          if (!target.isRunning) return;
        }
      };
      await Promise.all(Array.from({ length: clients }, worker));
      expect(wrong).toEqual([]);
      await expectWell(`${attacks.length} kinds`);
    });

    test('many scrapes at the same time are bounded', async () => {
      tried += 1;
      const scrapes = await Promise.all(Array.from({ length: 60 }, () => ask(target.ports.page, { path: '/metrics' })));
      expect(scrapes.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
      expect(scrapes.some(({ status }) => status === 200)).toBe(true);
      await expectWell('60 scrapes at the same time');
      held += 1;
    });

    test('the memory is given back', async () => {
      tried += 1;
      const limit = shareAfterwards * mebibytes * 2 ** 20;
      await expect.poll(() => target.cgroup?.used() ?? target.resident(), patient).toBeLessThan(limit);
      await expectWell('afterwards');
      held += 1;
    });

    test('the process still stops, and starts with what it has stored', async () => {
      tried += 1;
      await observer.stop();
      expect(await target.stop()).toBe(0);
      await target.launch();
      observer = new Observer([{ port: target.ports.health, path: '/' }]);
      await expectWell('after a restart');
      held += 1;
    });
  },
);

const protobuf = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';
/** A refusal for now ends when the memory limiter has looked again. */
const patient = { timeout: 60_000, interval: 250 };

/** One gauge. */
function small(name: string): Buffer {
  const point = field(1, field(7, keyValue('k', 'v')), Buffer.from([0x31, 1, 0, 0, 0, 0, 0, 0, 0]));
  return field(1, field(2, field(2, field(1, name), field(5, point))));
}
