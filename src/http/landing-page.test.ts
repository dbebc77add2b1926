import fastify from 'fastify';
import { expect, test } from 'vitest';
import type { ServiceViews } from '#component/views/service-views.ts';
import { addLandingPage } from './landing-page.ts';

const listening = (ports: Readonly<Record<string, number>>) =>
  ({
    components: () =>
      Object.entries(ports).map(([purpose, port]) => ({
        ...{ kind: 'extension', id: purpose, pipeline: undefined },
        views: {
          listeners: () => [{ purpose, address: `127.0.0.1:${port}`, path: '/', hasTls: false, hasAuth: false }],
        },
      })),
  }) as unknown as ServiceViews;

test('a browser gets links, every other client the answer of the Collector', async () => {
  const app = fastify();
  addLandingPage(app, () => listening({ console: 8890 }));
  const answer = (accept: string, host = 'localhost:8889') =>
    app.inject({ method: 'GET', url: '/', headers: { accept, host } });
  const page = await answer('text/html,application/xhtml+xml');
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('<a href="http://localhost:8890/">Console</a>');
  expect((await answer('*/*')).body).toBe('404 page not found\n');
  expect((await answer('text/plain; version=0.0.4')).statusCode).toBe(404);
  expect((await answer('text/html', '"><script>')).body).not.toContain('<script>');
});

test.each([
  [{ otlp_http: 4444, console: 8890 }, 'OTLP clients send to port 4444.'],
  [{ otlp_http: 4444, otlp_grpc: 4445 }, 'OTLP clients send to port 4444 or 4445.'],
])('names the ports on which receivers listen: %o', async (ports, sentence) => {
  const app = fastify();
  addLandingPage(app, () => listening(ports));
  const { body } = await app.inject({ method: 'GET', url: '/', headers: { accept: 'text/html' } });
  expect(body).toContain(sentence);
});
