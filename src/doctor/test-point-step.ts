import { setTimeout as sleep } from 'node:timers/promises';
import { networkReason, requestHttp } from '#client/http-request.ts';
import { doctorAgent } from '#component/views/clients-view.ts';
import { metricsJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import type { OtlpTarget } from './airflow-step.ts';
import { type ExportOptions, exportOverGrpc, exportOverHttp } from './otlp-export.ts';
import { no, type Step, yes } from './step.ts';

const name = 'Test point';
const pollMs = 100;
/** Flag of a point without a value, which removes its series. */
const noRecordedValue = 1;

interface TestPointOptions extends ExportOptions {
  /** Output in which the point must appear. */
  readonly metricsUrl: URL;
  /** Unique text that identifies the point. */
  readonly check: string;
}

/** Sends a point, finds it in the `/metrics` output, and removes its series again. */
export async function testPointStep(target: OtlpTarget, options: TestPointOptions): Promise<Step> {
  const { metricsUrl, check } = options;
  const refused = await sendPoint(target, options, {});
  if (refused !== undefined) {
    return no(name, refused, 'pitot refuses data. Its log and `pitot status` say why; clients retry.');
  }
  try {
    const isThere = (text: Buffer) => text.includes(check);
    if (await pollOutput(options, isThere)) {
      await sendPoint(target, options, { flags: noRecordedValue });
      const isGone = await pollOutput(options, (text) => !isThere(text));
      const rest = isGone ? 'and its series is removed again' : 'and its series disappears when it expires';
      return yes(name, `accepted, found in ${metricsUrl.href}, ${rest}`);
    }
  } catch (error) {
    await sendPoint(target, options, { flags: noRecordedValue }).catch(() => undefined);
    const remedy = `The point was accepted, but the output cannot be read. Name its address with --metrics; the exporter prometheus must listen on it.`;
    return no(name, `${metricsUrl.href}: ${networkReason(error)}`, remedy);
  }
  await sendPoint(target, options, { flags: noRecordedValue });
  const remedy =
    'Check that a metrics pipeline leads from the receiver otlp to the exporter prometheus, that no filter drops it, and that both addresses belong to the same pod.';
  return no(name, `accepted, but not found in ${metricsUrl.href} within ${options.timeoutMs / 1000} s`, remedy);
}

/** @returns why the point was refused; undefined if it was accepted */
async function sendPoint(
  target: OtlpTarget,
  options: TestPointOptions,
  { flags = 0 }: { readonly flags?: number },
): Promise<string | undefined> {
  const body = requestOf(options.check, flags);
  if (target.protocol === 'grpc') {
    const { code, message } = await exportOverGrpc(target, body, options);
    return code === 0 ? undefined : `gRPC status ${code}: ${message}`;
  }
  const answer = await exportOverHttp(target, body, options);
  return answer.status === 200 ? undefined : `HTTP status ${answer.status}: ${answer.body.toString().slice(0, 200)}`;
}

function requestOf(check: string, flags: number): Buffer {
  const point = {
    timeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
    attributes: [{ key: 'check', value: { stringValue: check } }],
    ...(flags === 0 ? { asInt: '1' } : { flags }),
  };
  const metric = { name: 'pitot.doctor', description: 'Test point of pitot doctor.', gauge: { dataPoints: [point] } };
  // A target without an instance has no target_info.
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: doctorAgent } }] };
  const request = {
    resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: doctorAgent }, metrics: [metric] }] }],
  };
  return metricsJsonToProtobuf(Buffer.from(JSON.stringify(request)));
}

/** Reads the output until it is as expected or the time has passed. */
async function pollOutput(
  { metricsUrl, timeoutMs, ca, isInsecure }: TestPointOptions,
  isExpected: (text: Buffer) => boolean,
): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const question = { headers: { 'user-agent': doctorAgent }, timeoutMs, ca, isInsecure };
    const { status, body } = await requestHttp(metricsUrl, question);
    if (status !== 200) throw new Error(`HTTP status ${status}: ${body.toString().trim().slice(0, 200)}`);
    if (isExpected(body)) return true;
    if (Date.now() >= end) return false;
    await sleep(pollMs);
  }
}
