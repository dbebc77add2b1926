import type { ComponentSettings } from '#component/component.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import type { Attempt } from '#exporterhelper/send.ts';
import { eventLoop } from '#flow/event-loop.ts';
import type { EncodedRequest, ProtocolVersion } from '#prometheus/remote-write/encode-requests.ts';
import { transcodeToV1 } from '#prometheus/remote-write/transcode-to-v1.ts';
import { withoutHistograms } from '#prometheus/remote-write/without-histograms.ts';
import { isContentRejected, protocolHeaders, writtenOf } from './protocol.ts';
import type { SenderMetrics } from './sender-metrics.ts';

/** Response of a receiver. `text` is the beginning of its body. */
export interface WriteResponse {
  readonly status: number;
  readonly text: string;
  /** Delay that the receiver asks for, seconds. */
  readonly retryAfterSeconds: number | undefined;
  header(name: string): string | undefined;
}

/** Posts a body. Rejects if there is no response. */
type Post = (body: Buffer, headers: Readonly<Record<string, string>>, attempt: Attempt) => Promise<WriteResponse>;

/** A receiver has rejected the content of a request. A retry cannot succeed. */
export class ContentRejectedError extends PermanentError {}

/** Settings and dependencies of {@link RemoteWriteSender}. */
export interface SenderOptions {
  readonly settings: ComponentSettings;
  readonly metrics: SenderMetrics;
  readonly endpoint: string;
  /** The configured version. */
  readonly version: ProtocolVersion;
  readonly post: Post;
}

/**
 * Sends requests to one receiver, each once. If the receiver does not support version 2.0, the sender changes to 1.0 and keeps it: a
 * receiver may answer a request of 2.0 with 204 and store nothing. If the receiver has native histograms disabled, the sender leaves them
 * out of each request: Prometheus refuses the whole request otherwise, with a status that asks for a retry.
 */
export class RemoteWriteSender {
  readonly #options: SenderOptions;
  #version: ProtocolVersion;
  #acceptsNative = true;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#version = options.version;
  }

  /** The version of new requests. */
  get version(): ProtocolVersion {
    return this.#version;
  }

  /** Whether new requests may contain native histograms. */
  get acceptsNative(): boolean {
    return this.#acceptsNative;
  }

  /**
   * Sends a request. Resolves when it is stored.
   * @throws RetryableError for 5xx, 429, and without a response; PermanentError otherwise
   */
  async send(request: EncodedRequest, attempt: Attempt): Promise<void> {
    if (request.version === '2.0' && this.#version === '1.0') {
      await this.send(await eventLoop.run(transcodeToV1(request)), attempt);
      return;
    }
    if (request.counts.histograms > 0 && !this.#acceptsNative) {
      const { histograms } = request.counts;
      this.#options.metrics.rejected({ series: 0, samples: 0, histograms, exemplars: 0 });
      const rest = await eventLoop.run(withoutHistograms(request));
      if (rest !== undefined) await this.send(rest, attempt);
      return;
    }
    const response = await this.#post(request, attempt);
    const { status } = response;
    if (request.counts.histograms > 0 && status >= 400 && response.text.includes('native histograms are disabled')) {
      this.#leaveOutNative();
      await this.send(request, attempt);
      return;
    }
    const isSuccess = status >= 200 && status < 300;
    if (request.version === '2.0') {
      const written = writtenOf(response.header);
      if ((isSuccess && written === undefined) || status === 415) {
        this.#fallBack(status);
        await this.send(request, attempt);
        return;
      }
      if (written !== undefined) this.#options.metrics.written(written);
      if (written !== undefined && status < 500 && status !== 429) {
        this.#options.metrics.notWritten(request.counts, written);
      }
    } else if (!isSuccess && isContentRejected(status)) {
      this.#options.metrics.rejected(request.counts);
    }
    if (!isSuccess) this.#fail(response);
  }

  async #post(request: EncodedRequest, attempt: Attempt): Promise<WriteResponse> {
    const { post, metrics } = this.#options;
    metrics.batchSent();
    try {
      return await post(request.body, protocolHeaders(request.version), attempt);
    } catch (error) {
      if (error instanceof PermanentError || error instanceof RetryableError) throw error;
      throw new RetryableError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  #fail({ status, text, retryAfterSeconds }: WriteResponse): never {
    const answer = text.trim();
    // The beginning is the Collector's text.
    const message = `remote write request failed (http status ${status})${answer === '' ? '' : `: ${answer}`}`;
    if (status >= 500 || status === 429) {
      throw new RetryableError(message, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
    }
    if (isContentRejected(status)) throw new ContentRejectedError(message);
    throw new PermanentError(message);
  }

  #leaveOutNative(): void {
    // Requests that are in flight at the same time change it only once.
    if (!this.#acceptsNative) return;
    this.#acceptsNative = false;
    const { settings, endpoint } = this.#options;
    settings.logger.warn(
      'Receiver has native histograms disabled, so they are left out. Enable them in the receiver and restart pitot, or set send_native_histograms: false',
      { endpoint },
    );
  }

  #fallBack(status: number): void {
    // Requests that are in flight at the same time change it only once.
    if (this.#version === '1.0') return;
    this.#version = '1.0';
    const { settings, endpoint } = this.#options;
    settings.logger.warn(
      status === 415
        ? 'Receiver does not support Remote Write 2.0; sending 1.0'
        : 'Receiver does not confirm what it has written, so it does not support Remote Write 2.0; sending 1.0',
      { endpoint, status },
    );
  }
}
