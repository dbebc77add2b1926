import { expect, test } from 'vitest';
import { config as group, parseConfig } from '#config/schema.ts';
import { testSettings } from '../../test/support/component-settings.ts';
import { ask } from '../../test/support/http.ts';
import { openHttpServer } from './http-server.ts';
import { httpServerShape } from './server-config.ts';

const names = ['origin', 'methods', 'headers', 'credentials'].map((name) => `access-control-allow-${name}`);
const rest = ['access-control-max-age', 'access-control-expose-headers', 'vary'];

/** The status and the CORS headers of the answer to a request. */
async function answer(cors: object, request: { method?: string; headers: Record<string, string> }) {
  const parsed = parseConfig(group('test', httpServerShape({ endpoint: '127.0.0.1:0' })), { cors });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('test');
  const host = { extension: () => undefined, fatal: () => {} };
  const server = openHttpServer({ config: parsed.value, host, name: 'test', ...settings });
  server.app.all('/', (_request, reply) => {
    reply.send('page');
  });
  const port = Number((await server.listen()).split(':').at(-1));
  const { status, headers } = await ask(port, request);
  await server.close(AbortSignal.timeout(1000));
  const shown = [...names, ...rest].flatMap((name) => (headers[name] ? [`${name}: ${headers[name]}`] : []));
  return { status, shown: shown.map((line) => line.replace('access-control-', '')), logged: settings.logged };
}

const preflight = (origin: string, headers?: string, method = 'POST') => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': method,
    ...(headers !== undefined && { 'access-control-request-headers': headers }),
  },
});
const preflightVary = 'vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers';
const refused = { status: 204, shown: [preflightVary] };

test.each([
  ['a known origin', { allowed_origins: ['https://a'] }, 'https://a', true],
  ['another origin', { allowed_origins: ['https://a'] }, 'https://b', false],
  ['a known origin in other case', { allowed_origins: ['https://A'] }, 'HTTPS://a', true],
  ['a wildcard', { allowed_origins: ['https://*.a'] }, 'https://x.y.a', true],
  ['a wildcard that overlaps', { allowed_origins: ['https://a*a'] }, 'https://a', false],
] as const)('preflight of %s', async (_name, cors, origin, isAllowed) => {
  const { status, shown } = await answer(cors, preflight(origin));
  const allowed = [`allow-origin: ${origin}`, 'allow-methods: POST', 'allow-credentials: true', preflightVary];
  expect({ status, shown }).toStrictEqual(isAllowed ? { status: 204, shown: allowed } : refused);
});

test('any origin is answered with *', async () => {
  const { shown } = await answer({ allowed_origins: ['*'] }, preflight('https://a'));
  expect(shown[0]).toBe('allow-origin: *');
});

test.each([
  ['the usual names without a list', [], 'accept,content-type,x-requested-with', true],
  ['another name without a list', [], 'x-mine', false],
  ['a listed name', ['X-Mine'], 'x-mine', true],
  ['content-type together with a list, same as in the Collector', ['X-Mine'], 'content-type', false],
  ['names that are not sorted', ['a', 'b'], 'b,a', false],
  ['a name twice', ['a'], 'a,a', false],
  ['names with blanks between', ['a', 'b'], 'a, b', true],
  ['upper case', ['a'], 'A', false],
  ['sixteen empty elements', ['a'], `${','.repeat(16)}a`, true],
  ['seventeen empty elements', ['a'], `${','.repeat(17)}a`, false],
  ['anything with *', ['*'], 'x-b,x-a', true],
] as const)('request headers: %s', async (_name, allowed_headers, requested, isAllowed) => {
  const { shown } = await answer({ allowed_origins: ['*'], allowed_headers }, preflight('https://a', requested));
  expect(shown.includes(`allow-headers: ${requested}`)).toBe(isAllowed);
});

test('another method is refused', async () => {
  const { status, shown } = await answer({ allowed_origins: ['*'] }, preflight('https://a', undefined, 'PUT'));
  expect({ status, shown }).toStrictEqual(refused);
});

test('max_age is sent when set, a negative one as 0', async () => {
  const asked = async (max_age: number) => {
    const { shown } = await answer({ allowed_origins: ['*'], max_age }, preflight('https://a'));
    return shown.find((line) => line.startsWith('max-age'));
  };
  expect([await asked(0), await asked(600), await asked(-1)]).toStrictEqual([undefined, 'max-age: 600', 'max-age: 0']);
});

test('a request that is no preflight is handled in any case', async () => {
  const cors = { allowed_origins: ['https://a'], exposed_headers: ['x-mine', 'X-other'] };
  expect(await answer(cors, { headers: { origin: 'https://a' } })).toMatchObject({
    status: 200,
    shown: ['allow-origin: https://a', 'allow-credentials: true', 'expose-headers: X-Mine, X-Other', 'vary: Origin'],
  });
  expect(await answer(cors, { headers: { origin: 'https://b' } })).toMatchObject({
    status: 200,
    shown: ['vary: Origin'],
  });
  expect(await answer(cors, { headers: {} })).toMatchObject({ status: 200, shown: ['vary: Origin'] });
});

test('without origins there is no CORS, and headers alone are warned of', async () => {
  const { shown, logged } = await answer({ allowed_headers: ['a'] }, { headers: { origin: 'https://a' } });
  expect(shown).toStrictEqual([]);
  expect(logged).toContain(
    'warn The CORS configuration specifies allowed headers but no allowed origins, and is therefore ignored.',
  );
});
