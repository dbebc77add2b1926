import { execFileSync } from 'node:child_process';

let passed = 0;
let failed = 0;

/** Runs one check and prints its result. If it throws, prints the error as the reason. */
export async function check(name: string, attempt: () => unknown): Promise<void> {
  try {
    await attempt();
    passed += 1;
    process.stdout.write(`ok   ${name}\n`);
  } catch (error) {
    failed += 1;
    process.stdout.write(`FAIL ${name}\n${(error as Error).message.replaceAll(/^/gm, '       ')}\n`);
  }
}

/** Prints the counts. @returns the exit status */
export function summary(): number {
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** Sends requests until the status is 200 and the body matches. @throws Error after 60 s, because the machine can be busy */
export async function answers(url: string, pattern: RegExp): Promise<void> {
  let last = '';
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((done) => setTimeout(done, 100))) {
    try {
      const response = await fetch(url);
      last = `${response.status} ${await response.text()}`;
      if (response.ok && pattern.test(last)) return;
    } catch (error) {
      last = String((error as Error).cause ?? error);
    }
  }
  throw new Error(`${url}: ${last.slice(0, 500)}`);
}

/** Posts an empty export request over plain HTTP/2. @returns headers and trailers */
export function exportOverGrpc(url: string): string {
  const path = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
  const headers = ['--header', 'content-type: application/grpc', '--header', 'te: trailers'];
  const options = ['--silent', '--show-error', '--include', '--http2-prior-knowledge', '--data-binary', '@-'];
  return execFileSync('curl', [...options, ...headers, url + path], { input: Buffer.alloc(5), encoding: 'utf8' });
}
