import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { GrpcAnswer } from '#client/grpc-call.ts';
import { type HttpAnswer, networkReason, requestHttp, TimeoutError } from '#client/http-request.ts';
import { doctorAgent } from '#component/views/clients-view.ts';
import type { OtlpTarget } from './airflow-step.ts';
import { hostOf, portOf } from './network-steps.ts';
import { type ExportOptions, exportOverGrpc, exportOverHttp } from './otlp-export.ts';
import { no, type Step, yes } from './step.ts';

const name = 'Protocol';
const empty = new Uint8Array();

interface ProtocolOptions extends ExportOptions {
  /** Ports of the receiver, for remedies. */
  readonly ports: { readonly http: string; readonly grpc: string };
}

/** Checks whether the port supports the protocol of the client, with or without TLS, and accepts an empty request. */
export async function protocolStep(target: OtlpTarget, options: ProtocolOptions): Promise<Step> {
  const isTls = target.url.protocol === 'https:';
  try {
    return target.protocol === 'grpc'
      ? grpcStep(await exportOverGrpc(target, empty, options), target, options)
      : await httpStep(await exportOverHttp(target, empty, options), target, options);
  } catch (error) {
    if (error instanceof TimeoutError) {
      const remedy =
        'Something accepts the connection and does not answer, such as a proxy of a service mesh that requires mTLS.';
      return no(name, `${target.url.origin}: ${error.message}`, remedy);
    }
    return (isTls && tlsProblem(error, target)) || (await otherProtocol(target, options, error));
  }
}

async function httpStep(
  { status, headers, body }: HttpAnswer,
  { url }: OtlpTarget,
  options: ProtocolOptions,
): Promise<Step> {
  const usePort = `Use port ${options.ports.http} in the endpoint.`;
  const type = headers['content-type'] ?? '';
  if (/"status" ?: ?"Server (not )?available"/.test(body.toString('utf8', 0, 1_000))) {
    return no(name, `port ${portOf(url)} is the health check, which accepts everything and stores nothing`, usePort);
  }
  if (status === 200 && type !== '' && !type.startsWith('application/x-protobuf')) {
    const text = `${url.href} answers ${status} with ${type}, which is no answer of OTLP`;
    return no(name, text, 'Another server or a proxy answers instead of pitot. Check host, port, and path.');
  }
  if (status === 200)
    return yes(name, `${url.href} accepts OTLP over HTTP${url.protocol === 'https:' ? ' with TLS' : ''}`);
  const server = headers.server === undefined ? '' : `, from ${headers.server}`;
  const text = `${url.href} answers ${status}${server}: ${body.toString().trim().slice(0, 200)}`;
  // The answer of pitot and of the Collector.
  if (status === 400 && /HTTP request to an HTTPS server/.test(body.toString())) return tlsRequired(url);
  if (status === 404) {
    if (await isAnswered(new URL('/metrics', url), options)) {
      return no(name, `port ${portOf(url)} is the one that Prometheus reads: it answers 404`, usePort);
    }
    if (await isAnswered(new URL('/api/v1/getting-started', url), options)) {
      return no(name, `port ${portOf(url)} is the console: it answers 404`, usePort);
    }
  }
  return no(name, text, httpRemedy(status, String(headers.location ?? '')));
}

async function isAnswered(url: URL, { timeoutMs, ca, isInsecure }: ExportOptions): Promise<boolean> {
  const answer = await requestHttp(url, { timeoutMs, ca, isInsecure }).catch(() => undefined);
  return answer?.status === 200;
}

function httpRemedy(status: number, location: string): string {
  if (status === 401 || status === 403) {
    return 'The receiver requires authentication: set OTEL_EXPORTER_OTLP_HEADERS, such as Authorization=Bearer%20TOKEN.';
  }
  if (status === 404) return 'Use the path /v1/metrics, and check that a metrics pipeline uses the receiver otlp.';
  if (status >= 300 && status < 400) return `Use the address to which it redirects: ${location}`;
  if (status === 503 || status === 429) return 'pitot refuses data. Its log and `pitot status` say why; clients retry.';
  if (status === 502 || status === 504)
    return 'A proxy answers instead of pitot. Check its route, and that pitot runs.';
  return 'This is not a receiver of OTLP over HTTP. Check host, port, and path.';
}

function grpcStep({ code, httpStatus, message }: GrpcAnswer, { url }: OtlpTarget, { ports }: ProtocolOptions): Step {
  if (code === 0)
    return yes(name, `${url.origin} accepts OTLP over gRPC${url.protocol === 'https:' ? ' with TLS' : ''}`);
  if (code === undefined) {
    const remedy = `The port speaks HTTP/2, but not gRPC. Use port ${ports.grpc}, or OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.`;
    return no(name, `${url.origin} answers HTTP status ${httpStatus}`, remedy);
  }
  const text = `${url.origin} answers gRPC status ${code}: ${message}`;
  if (code === 16 || code === 7) {
    return no(name, text, 'The receiver requires authentication: set OTEL_EXPORTER_OTLP_HEADERS.');
  }
  if (code === 12) return no(name, text, 'Check that a metrics pipeline uses the receiver otlp.');
  return no(name, text, 'pitot refuses data. Its log and `pitot status` say why; clients retry.');
}

function tlsRequired({ host }: URL): Step {
  const remedy = 'Write https:// in the endpoint, or remove tls from the receiver.';
  return no('TLS', `${host} requires TLS, and the client sends without TLS`, remedy);
}

/** Returns the step for a handshake that failed because of a certificate. Undefined for any other error. */
function tlsProblem(error: unknown, { url }: OtlpTarget): Step | undefined {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const text = `TLS with ${url.host} fails: ${message}`;
  if (/SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_UNTRUSTED/.test(code)) {
    return no('TLS', text, 'Set OTEL_EXPORTER_OTLP_CERTIFICATE to the file of the authority, or check with --ca FILE.');
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return no('TLS', text, 'Use a name in the endpoint that the certificate contains.');
  }
  if (code === 'CERT_HAS_EXPIRED') return no('TLS', text, 'Renew the certificate of the receiver.');
  if (/CERTIFICATE_REQUIRED|BAD_CERTIFICATE/.test(`${code} ${message.toUpperCase().replaceAll(' ', '_')}`)) {
    const remedy =
      'The receiver requires a certificate of the client: set OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and _KEY.';
    return no('TLS', text, remedy);
  }
  return undefined;
}

/** Determines the protocol that the port uses instead. */
async function otherProtocol(target: OtlpTarget, { timeoutMs, ports }: ProtocolOptions, error: unknown): Promise<Step> {
  const { url, protocol } = target;
  const found = await spokenAt(target, timeoutMs);
  const text = (what: string) => `${url.host} ${what}, and the client sends ${spoken(target)}`;
  const isTls = url.protocol === 'https:';
  if (found === 'tls' && !isTls) return tlsRequired(url);
  if (found !== 'tls' && found !== undefined && isTls) {
    const remedy =
      'Write http:// in the endpoint (AIRFLOW__METRICS__OTEL_SSL_ACTIVE=False), or configure tls for the receiver.';
    return no('TLS', text('has no TLS'), remedy);
  }
  if (found === 'grpc' && protocol === 'http') {
    return no(
      name,
      text('speaks gRPC'),
      `Use port ${ports.http} in the endpoint, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc.`,
    );
  }
  if (found === 'http' && protocol === 'grpc') {
    return no(
      name,
      text('speaks HTTP'),
      `Use port ${ports.grpc} in the endpoint, or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.`,
    );
  }
  return no(name, `${url.host}: ${networkReason(error)}`, 'This is not a receiver of OTLP. Check host and port.');
}

function spoken({ url, protocol }: OtlpTarget): string {
  return `${protocol === 'grpc' ? 'gRPC' : 'HTTP'}${url.protocol === 'https:' ? ' with TLS' : ' without TLS'}`;
}

/** Returns the protocol of a port, if it can be detected. */
async function spokenAt(
  { url, protocol }: OtlpTarget,
  timeoutMs: number,
): Promise<'tls' | 'http' | 'grpc' | undefined> {
  const [host, port] = [hostOf(url), portOf(url)];
  const handshake = new Promise<boolean>((resolve) => {
    const socket = connectTls({
      host,
      port,
      rejectUnauthorized: false,
      ...(/[a-z]/i.test(host) && { servername: host }),
    });
    socket.setTimeout(timeoutMs, () => socket.destroy());
    socket.once('secureConnect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('secureConnect', () => socket.destroy());
  });
  if (await handshake) return 'tls';
  const place = { host, port, timeoutMs };
  const isHttp = async () => (await firstBytes(place, question))?.toString('latin1').startsWith('HTTP/1.') ?? false;
  // A frame of HTTP/2 of type SETTINGS.
  const isGrpc = async () => (await firstBytes(place, preface))?.[3] === 4;
  // The likelier one first: a receiver warns about the other one.
  const isHttpLikely = (protocol === 'http') === (url.protocol === 'https:');
  if (isHttpLikely) return (await isHttp()) ? 'http' : (await isGrpc()) ? 'grpc' : undefined;
  return (await isGrpc()) ? 'grpc' : (await isHttp()) ? 'http' : undefined;
}

const question = `GET /v1/metrics HTTP/1.1\r\nHost: pitot\r\nUser-Agent: ${doctorAgent}\r\nConnection: close\r\n\r\n`;
const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';

function firstBytes(
  { host, port, timeoutMs }: { readonly host: string; readonly port: number; readonly timeoutMs: number },
  text: string,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connectPlain({ host, port }, () => socket.write(text, 'latin1'));
    socket.setTimeout(timeoutMs, () => socket.destroy());
    socket.once('data', (bytes: Buffer) => {
      resolve(bytes);
      socket.destroy();
    });
    socket.once('error', () => resolve(undefined));
    socket.once('close', () => resolve(undefined));
  });
}
