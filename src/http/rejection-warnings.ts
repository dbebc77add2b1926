import type { ComponentSettings } from '#component/component.ts';
import type { RejectedRequests } from '#component/views/rejection.ts';
import type { ServiceViews } from '#component/views/service-views.ts';
import { printable } from '#text/printable.ts';
import { remedyOfBody } from './body-faults.ts';
import { isRemoteWrite } from './path-causes.ts';
import { explainRejection, portsOf } from './rejection-causes.ts';

/** Maximum number of stored pairs of cause and client. The pair that was idle longest is discarded. */
const maxKnown = 500;
/** Time after which the same cause and client is logged again, ms. */
const repeatMs = 60 * 60_000;
/** Maximum number of warnings of one listener within {@link windowMs}. The next warning contains the number of others. */
const maxPerWindow = 20;
const windowMs = 60_000;

type Settings = Pick<ComponentSettings, 'id' | 'clock' | 'logger'>;

/** Logs one warning per cause and client, with the client, the cause, and the setting that corrects it. */
export class RejectionWarnings {
  /** Views that contain the ports to which clients should send. If undefined, the default ports are named. */
  views: ServiceViews | undefined;
  readonly #settings: Settings;
  /** Monotonic time of the latest warning, by cause and client. */
  readonly #logged = new Map<string, number>();
  #windowStart = Number.NEGATIVE_INFINITY;
  #inWindow = 0;
  #notLogged = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  log(rejected: RejectedRequests): void {
    const { clock, id, logger } = this.#settings;
    const now = clock.monotonic();
    const { reason, port, address, path, transport } = rejected;
    // One fault after another with the same reason is a new cause: somebody is correcting the client.
    const fault = remedyOfBody(rejected.detail) ?? (isRemoteWrite(rejected) ? 'remote write' : '');
    const key = `${reason} ${transport} ${port} ${address} ${path} ${fault}`;
    const loggedAt = this.#logged.get(key);
    if (loggedAt !== undefined && now - loggedAt < repeatMs) return;
    if (!this.#mayLog(now)) {
      this.#notLogged += 1;
      return;
    }
    this.#logged.delete(key);
    if (this.#logged.size >= maxKnown) this.#logged.delete(this.#logged.keys().next().value!);
    this.#logged.set(key, now);
    const { title, remedy } = explainRejection(rejected, { ports: portsOf(this.views), component: id });
    const notLogged = this.#notLogged > 0 ? { other_clients_not_logged: this.#notLogged } : {};
    this.#notLogged = 0;
    logger.warn(`${printable(subjectOf(rejected))} rejected: ${printable(title)}. ${remedy}`, {
      ...fieldsOf(rejected),
      ...notLogged,
    });
  }

  #mayLog(now: number): boolean {
    if (now - this.#windowStart >= windowMs) {
      this.#windowStart = now;
      this.#inWindow = 0;
    }
    this.#inWindow += 1;
    return this.#inWindow <= maxPerWindow;
  }
}

/** Returns `POST /v1/metrics from 10.0.0.7` or `Connection to port 4318 from 10.0.0.7`. */
function subjectOf({ method, path, address, port }: RejectedRequests): string {
  const what = path === '' ? `Connection${port > 0 ? ` to port ${port}` : ''}` : `${method} ${path}`.trim();
  return address === '' ? what : `${what} from ${address}`;
}

function fieldsOf({ reason, address, port, transport, userAgent, contentType, detail, count }: RejectedRequests) {
  const texts = { user_agent: userAgent, content_type: contentType, detail };
  return {
    ...{ reason, client: address, port, transport },
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')),
    ...(count > 1 && { count }),
  };
}
