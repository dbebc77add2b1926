// A process that counts with the OpenTelemetry SDK for JavaScript; the same commands as client.py.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';

const [, program, url] = process.argv;
const exporter = new OTLPMetricExporter({ url });
const provider = new MeterProvider({
  resource: resourceFromAttributes({ 'service.name': 'sdk', 'service.instance.id': randomUUID() }),
  readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
});
const counter = provider.getMeter('sdk').createCounter('events');
const histogram = provider.getMeter('sdk').createHistogram('sizes');

for await (const line of createInterface({ input: process.stdin })) {
  const [command, count] = line.split(' ');
  if (command === 'add') {
    counter.add(Number(count));
    for (let i = 0; i < Number(count); i++) histogram.record(1);
  } else if (command === 'flush') await provider.forceFlush();
  else if (command === 'fork')
    execFileSync(process.execPath, [program, url], { input: `add ${count}\nflush\n`, stdio: ['pipe', 'ignore', 'inherit'] });
  process.stdout.write('ok\n');
}
process.exit(0);
