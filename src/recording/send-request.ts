import type { ClientHttp2Session } from 'node:http2';
import { callGrpc } from '#client/grpc-call.ts';
import { networkReason, requestHttp, TimeoutError } from '#client/http-request.ts';
import { logsJsonToProtobuf, metricsJsonToProtobuf, tracesJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import { isJson, plainBody } from './plain-body.ts';
import type { RecordedBody } from './redact.ts';
import { grpcPathOf, type SignalPath } from './signals.ts';

/** Answer of a receiver. */
interface Answer {
  readonly isAccepted: boolean;
  /** Status, and the beginning of the response. */
  readonly text: string;
  /** Whether the client should repeat the request, and the time to wait before, ms. */
  readonly retryMs: number | undefined;
}

/** Sends one request after the other. */
export interface Sender {
  /** @throws Error if the receiver cannot be reached */
  send(request: RecordedBody): Promise<Answer>;
  close(): void;
}

interface SenderOptions {
  /** Base URL of the receiver. */
  readonly to: string;
  /** Additional headers, such as credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

const defaultRetryMs = 1_000;
const maxText = 200;

/** Sends over HTTP, as the requests were recorded. */
export function httpSender({ to, headers: own, timeoutMs }: SenderOptions): Sender {
  const isTls = to.startsWith('https:');
  const { Agent } = process.getBuiltinModule(isTls ? 'node:https' : 'node:http');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    async send({ path, headers, body }) {
      const url = new URL(path.slice(1), to.endsWith('/') ? to : `${to}/`);
      const { 'content-length': _, host: __, connection: ___, ...kept } = headers;
      const question = { method: 'POST', headers: { ...kept, ...own }, body, timeoutMs, agent };
      const answer = await requestHttp(url, question).catch((error: unknown) => {
        throw unreachable(`POST ${url}`, error);
      });
      const isOverloaded = answer.status === 429 || answer.status === 503;
      const seconds = Number(answer.headers['retry-after'] ?? Number.NaN);
      const retryMs = Number.isNaN(seconds) ? defaultRetryMs : seconds * 1000;
      return {
        isAccepted: answer.status >= 200 && answer.status < 300,
        text: `${answer.status} ${answer.body.toString('utf8', 0, maxText).trim()}`,
        retryMs: isOverloaded ? retryMs : undefined,
      };
    },
    close: () => agent.destroy(),
  };
}

const toProtobuf: Readonly<Record<SignalPath, (body: Buffer) => Buffer>> = {
  '/v1/metrics': metricsJsonToProtobuf,
  '/v1/traces': tracesJsonToProtobuf,
  '/v1/logs': logsJsonToProtobuf,
};
/** Status codes of gRPC after which a client repeats a call: UNAVAILABLE, RESOURCE_EXHAUSTED. */
const overloaded = new Set([14, 8]);

/** Sends over gRPC. JSON becomes protobuf. */
export function grpcSender({ to, headers: own, timeoutMs }: SenderOptions): Sender {
  const { connect } = process.getBuiltinModule('node:http2');
  let session: ClientHttp2Session | undefined;
  return {
    async send({ path, headers, body }) {
      const method = grpcPathOf(path);
      if (method === undefined) return { isAccepted: false, text: `no gRPC method for ${path}`, retryMs: undefined };
      const plain = headers['content-type']?.includes('json') ? plainBody(headers, body) : undefined;
      const json = plain !== undefined && isJson(headers, plain) ? plain : undefined;
      const encoding = json === undefined ? headers['content-encoding'] : undefined;
      if (session === undefined || session.destroyed) {
        session = connect(to);
        // The call reports it.
        session.on('error', () => undefined);
      }
      const call = callGrpc(session, {
        path: method,
        headers: {
          ...own,
          ...(headers['user-agent'] !== undefined && { 'user-agent': headers['user-agent'] }),
          ...(encoding !== undefined && { 'grpc-encoding': encoding }),
        },
        message: json === undefined ? body : toProtobuf[path as SignalPath](json),
        isCompressed: encoding !== undefined && encoding !== 'identity',
      });
      const { code, httpStatus, message } = await within(timeoutMs, session, call).catch((error: unknown) => {
        throw unreachable(`gRPC ${to}`, error);
      });
      const status = code === undefined ? `HTTP ${httpStatus}` : `gRPC status ${code}`;
      return {
        isAccepted: code === 0,
        text: `${status} ${message.slice(0, maxText)}`.trim(),
        retryMs: code !== undefined && overloaded.has(code) ? defaultRetryMs : undefined,
      };
    },
    close: () => session?.destroy(),
  };
}

async function within<Result>(timeoutMs: number, session: ClientHttp2Session, call: Promise<Result>): Promise<Result> {
  const timer = setTimeout(() => session.destroy(new TimeoutError(timeoutMs)), timeoutMs);
  try {
    return await call;
  } finally {
    clearTimeout(timer);
  }
}

function unreachable(deed: string, error: unknown): Error {
  return new Error(`${deed}: ${networkReason(error)}; start pitot first, or name its address with --to`);
}
