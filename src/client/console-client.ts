import { eventsAt, StatusError } from './event-stream.ts';
import { networkReason, requestHttp, withoutCredentials } from './http-request.ts';

/** Where the built-in configuration serves the console. */
export const defaultConsoleUrl = 'http://localhost:8890';

/** Settings and dependencies of {@link ConsoleClient}. */
export interface ConsoleOptions {
  /** Where the extension `console` listens, with its `path_prefix`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

interface EventOptions {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly stopped: AbortSignal;
  /** Called when the console has begun its answer. */
  onOpen(): void;
}

/** The console of a running pitot cannot be asked; the message says what to do. */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
  /** Whether the console answered, with a status other than 200. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** Reads the JSON API of a running pitot (docs/api.md). */
export class ConsoleClient {
  readonly #options: ConsoleOptions;

  constructor(options: ConsoleOptions) {
    this.#options = options;
  }

  get url(): string {
    return this.#options.url;
  }

  /** The URL for messages, without credentials. */
  get shownUrl(): string {
    return withoutCredentials(this.#options.url);
  }

  #urlOf(path: string, parameters: Readonly<Record<string, string>> = {}): URL {
    const { url } = this.#options;
    const target = new URL(`api/v1/${path}`, url.endsWith('/') ? url : `${url}/`);
    for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
    return target;
  }

  /**
   * Reads one answer. Its type is that of src/api; fields that are not known there are ignored.
   * @throws ConsoleError
   */
  async get<Answer>(path: string, parameters?: Readonly<Record<string, string>>): Promise<Answer> {
    const { headers, timeoutMs } = this.#options;
    const url = this.shownUrl;
    const answer = await requestHttp(this.#urlOf(path, parameters), { headers, timeoutMs }).catch((error: unknown) => {
      throw this.#unreachable(error);
    });
    const { status, body } = answer;
    const text = body.toString();
    if (status === 200) return parsed<Answer>(text, url);
    throw this.#refused(status, text);
  }

  /**
   * Reads server-sent events: yields the data of each until `stopped` aborts.
   * @throws ConsoleError, also if the console ends the stream
   */
  async *events<Data>(path: string, { parameters, stopped, onOpen }: EventOptions): AsyncGenerator<Data, void> {
    const { headers, timeoutMs } = this.#options;
    try {
      for await (const data of eventsAt(this.#urlOf(path, parameters), { headers, timeoutMs, stopped, onOpen })) {
        yield JSON.parse(data) as Data;
      }
    } catch (error) {
      throw error instanceof StatusError ? this.#refused(error.status, error.body) : this.#unreachable(error);
    }
    if (!stopped.aborted) throw new ConsoleError(`${this.shownUrl} ended the stream`);
  }

  #unreachable(error: unknown): ConsoleError {
    const remedy = 'enable the extension console, or name its address with --url';
    return new ConsoleError(`no console at ${this.shownUrl}: ${networkReason(error)}; ${remedy}`);
  }

  #refused(status: number, body: string): ConsoleError {
    return new ConsoleError(`${this.shownUrl} answers ${status}: ${errorIn(body)}${hintOn(status, body)}`, status);
  }
}

function parsed<Answer>(text: string, url: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    throw new ConsoleError(`${url} is not a console of pitot: its answer is not JSON`);
  }
}

function errorIn(text: string): string {
  try {
    return String((JSON.parse(text) as { error?: unknown }).error ?? text).slice(0, 500);
  } catch {
    return text.trim().slice(0, 500);
  }
}

function hintOn(status: number, body: string): string {
  // The answer of pitot and of the Collector.
  if (status === 400 && body.includes('HTTP request to an HTTPS server')) return ' Use https:// in the URL.';
  if (status === 401) return '; use http://name:password@host in the URL, or --header';
  return status === 404 ? '; is this the address of the console?' : '';
}
