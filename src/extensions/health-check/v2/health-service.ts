import type { Clock } from '#component/component.ts';
import { rpcCode } from '#component/rpc-codes.ts';
import { timerDelay } from '#component/timer-delay.ts';
import type { GrpcCall } from '#grpc-server/grpc-call.ts';
import type { GrpcMethod } from '#grpc-server/grpc-listener.ts';
import { RpcError } from '#grpc-server/rpc-error.ts';
import { statusOfError } from '#grpc-server/rpc-status.ts';
import { type ComponentHealth, isHealthy, unhealthyFrom } from './component-health.ts';
import { readHealthRequest } from './health-request.ts';
import type { HealthState } from './health-state.ts';

const service = '/grpc.health.v1.Health';

/** Maximum number of calls of `Watch` that wait for changes. */
const maxWatches = 1_000;

/** Numbers of ServingStatus. */
const serving = 1;
const notServing = 2;
const serviceUnknown = 3;

interface Watch {
  readonly call: GrpcCall;
  readonly name: string;
  sent: number | undefined;
}

interface HealthServiceOptions {
  readonly state: HealthState;
  readonly health: ComponentHealth;
  readonly clock: Clock;
}

/** The service `grpc.health.v1.Health`: statuses of pipelines by ID, of `extensions`, and of everything (`''`). */
export class HealthService {
  readonly #options: HealthServiceOptions;
  readonly #watches = new Set<Watch>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HealthServiceOptions) {
    this.#options = options;
  }

  methods(): ReadonlyMap<string, GrpcMethod> {
    const reading = (answer: (call: GrpcCall, name: string) => void) => (call: GrpcCall) => {
      readHealthRequest(call).then(
        (name) => answer(call, name),
        (error: unknown) => {
          const status =
            error instanceof RpcError ? { code: error.code, message: error.message } : statusOfError(error);
          call.fail(status);
        },
      );
    };
    const list = { code: rpcCode.unimplemented, message: 'method List not implemented' };
    return new Map([
      [`${service}/Check`, reading((call, name) => this.#check(call, name))],
      [`${service}/Watch`, reading((call, name) => this.#watch(call, name))],
      [`${service}/List`, (call: GrpcCall) => call.fail(list)],
    ]);
  }

  /** Sends statuses that have changed to the clients that watch them. */
  changed(): void {
    for (const watch of this.#watches) this.#send(watch);
    this.#schedule();
  }

  /** Ends all calls of `Watch`. */
  close(): void {
    clearTimeout(this.#timer);
    for (const { call } of this.#watches) call.fail({ code: rpcCode.cancelled, message: 'Server shutting down.' });
    this.#watches.clear();
  }

  #check(call: GrpcCall, name: string): void {
    const status = this.#servingStatus(name);
    if (status === serviceUnknown) call.fail({ code: rpcCode.notFound, message: 'Service not found.' });
    else call.succeed(messageOf(status));
  }

  #watch(call: GrpcCall, name: string): void {
    if (call.isOver) return;
    if (this.#watches.size >= maxWatches) {
      call.fail({ code: rpcCode.resourceExhausted, message: `more than ${maxWatches} calls of Watch` });
      return;
    }
    const watch: Watch = { call, name, sent: undefined };
    this.#watches.add(watch);
    call.stream.once('close', () => this.#watches.delete(watch));
    call.stream.on('drain', () => this.#send(watch));
    this.#send(watch);
    this.#schedule();
  }

  /** A client that does not read receives the latest status when it reads again. */
  #send(watch: Watch): void {
    const status = this.#servingStatus(watch.name);
    if (status === watch.sent || watch.call.stream.writableNeedDrain) return;
    watch.sent = status;
    watch.call.send(messageOf(status));
  }

  #servingStatus(name: string): number {
    const { state, health, clock } = this.#options;
    const status = state.status(name);
    if (status === undefined) return serviceUnknown;
    const isUp = status.name === 'StatusOK' || status.name === 'StatusRecoverableError';
    return isUp && isHealthy(status, health, clock.now()) ? serving : notServing;
  }

  /** Evaluates the watched statuses again when the next recoverable error makes one of them unhealthy. */
  #schedule(): void {
    const { state, health, clock } = this.#options;
    clearTimeout(this.#timer);
    const now = clock.now();
    const times = [...new Set([...this.#watches].map(({ name }) => name))]
      .map((name) => state.status(name))
      .map((status) => status && unhealthyFrom(status, health))
      .filter((time) => time !== undefined && time > now) as number[];
    if (times.length > 0) this.#timer = setTimeout(() => this.changed(), timerDelay(Math.min(...times) - now)).unref();
  }
}

/** Returns a HealthCheckResponse. */
function messageOf(status: number): Buffer {
  return Buffer.from([8, status]);
}
