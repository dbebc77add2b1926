import type { ComponentSettings } from '#component/component.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import type { Attempt } from '#exporterhelper/send.ts';
import { eventLoop } from '#flow/event-loop.ts';
import type { EncodedRequest, ProtocolVersion } from '#prometheus/remote-write/encode-requests.ts';
import { transcodeToV1 } from '#prometheus/remote-write/transcode-to-v1.ts';
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
 * receiver may answer a request of 2.0 with 204 and store nothing.
 */
export class RemoteWriteSender {
  readonly #options: SenderOptions;
  #version: ProtocolVersion;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#version = options.version;
  }

  /** The version of new requests. */
  get version(): ProtocolVersion {
    return this.#version;
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
    const response = await this.#post(request, attempt);
    const { status } = response;
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
