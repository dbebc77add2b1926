import fastify from 'fastify';
import { expect, test } from 'vitest';
import type { ServiceViews } from '#component/views/service-views.ts';
import { addLandingPage } from './landing-page.ts';

const views = {
  components: () => [
    {
      ...{ kind: 'extension', id: 'console', pipeline: undefined },
      views: {
        listeners: () => [{ purpose: 'console', address: '127.0.0.1:8890', path: '/', hasTls: false, hasAuth: false }],
      },
    },
  ],
} as unknown as ServiceViews;

test('a browser gets links, every other client the answer of the Collector', async () => {
  const app = fastify();
  addLandingPage(app, () => views);
  const answer = (accept: string, host = 'localhost:8889') =>
    app.inject({ method: 'GET', url: '/', headers: { accept, host } });
  const page = await answer('text/html,application/xhtml+xml');
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('<a href="http://localhost:8890/">Console</a>');
  expect((await answer('*/*')).body).toBe('404 page not found\n');
  expect((await answer('text/plain; version=0.0.4')).statusCode).toBe(404);
  expect((await answer('text/html', '"><script>')).body).not.toContain('<script>');
});
