import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parse } from 'yaml';
import type { Clock, Host } from '#component/component.ts';
import { redirect } from '#http/clean-path.ts';
import { routesOf } from '#http/path-pattern.ts';
import { isHealthy } from './component-health.ts';
import type { HealthCheckV2Config } from './config.ts';
import type { HealthState } from './health-state.ts';
import { statusJson } from './status-json.ts';

interface RoutesOptions {
  readonly config: Pick<HealthCheckV2Config, 'http' | 'componentHealth'>;
  readonly state: HealthState;
  readonly host: Host;
  readonly clock: Clock;
}

type Answer = { readonly code: number; readonly body: string | undefined };

/** Adds the paths `status` and `config` of the block `http`. */
export function addStatusRoutes(app: FastifyInstance, { config, state, host, clock }: RoutesOptions): void {
  const { http, componentHealth: health } = config;
  const startMs = clock.now();
  if (http?.status.enabled) {
    addRoute(app, http.status.path, (request) => {
      const { pipeline = '', verbose } = request.query as Readonly<Record<string, string | undefined>>;
      const status = state.status(pipeline);
      if (status === undefined) return { code: 404, body: undefined };
      const nowMs = clock.now();
      const isUp = status.name === 'StatusOK' || status.name === 'StatusRecoverableError';
      const code = isHealthy(status, health, nowMs) ? (isUp ? 200 : 503) : 500;
      const isVerbose = verbose !== undefined && verbose !== 'false';
      return { code, body: statusJson(status, startMs, { isVerbose, health, nowMs }) };
    });
  }
  if (http?.config.enabled) {
    addRoute(app, http.config.path, () => {
      const text = host.views?.configuration().text;
      return text === undefined
        ? { code: 503, body: undefined }
        : { code: 200, body: JSON.stringify(parse(text, { schema: 'core' })) };
    });
  }
}

function addRoute(app: FastifyInstance, pattern: string, answer: (request: FastifyRequest) => Answer): void {
  const { path, redirectFrom } = routesOf(pattern);
  app.all(path, (request, reply) => {
    const { code, body } = answer(request);
    reply.code(code);
    if (body === undefined) reply.send();
    else reply.type('application/json').send(Buffer.from(body));
  });
  if (redirectFrom === undefined) return;
  app.all(redirectFrom, (request, reply) => {
    reply.hijack();
    redirect(request.raw, reply.raw, pattern);
  });
}
