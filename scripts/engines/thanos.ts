import { freePorts } from '../../test/support/pitot.ts';
import { type Engine, startEngine } from './engine.ts';

/** Starts two Thanos receivers with one hashring, and a querier in front of both. Writes go to the first receiver. */
export async function startThanos(command: string): Promise<Engine> {
  const ports = await freePorts(7);
  const [grpc0, grpc1, write0, write1, capnp0, capnp1, query] = ports as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const endpoints = [grpc0, grpc1].map((port) => `127.0.0.1:${port}`);
  const receivers = [
    [write0, capnp0],
    [write1, capnp1],
  ].map(([write, capnp], replica) =>
    startEngine({
      command,
      files: { 'hashring.json': JSON.stringify([{ endpoints }]) },
      args: ({ folder, address }) => [
        'receive',
        `--tsdb.path=${folder}/data`,
        `--http-address=${address}`,
        `--grpc-address=${endpoints[replica]}`,
        `--remote-write.address=127.0.0.1:${write}`,
        `--receive.capnproto-address=127.0.0.1:${capnp}`,
        `--receive.local-endpoint=${endpoints[replica]}`,
        `--receive.hashrings-file=${folder}/hashring.json`,
        '--receive.replication-factor=1',
        '--tsdb.out-of-order.time-window=10m',
        '--tsdb.enable-native-histograms',
        `--label=receive_replica="${replica}"`,
      ],
      readyPath: '/-/ready',
    }),
  );
  const started = await Promise.all(receivers);
  const querier = await startEngine({
    command,
    args: ({ address }) => [
      'query',
      `--http-address=${address}`,
      `--grpc-address=127.0.0.1:${query}`,
      ...endpoints.map((endpoint) => `--endpoint=${endpoint}`),
      '--query.replica-label=receive_replica',
    ],
    readyPath: '/-/ready',
  });
  const stop = async () => {
    for (const engine of [querier, ...started]) await engine.stop();
  };
  return { url: querier.url, writeUrl: `http://127.0.0.1:${write0}`, headers: {}, stop };
}
