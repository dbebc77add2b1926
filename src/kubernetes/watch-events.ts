import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import type { ApiObject } from './api-object.ts';

/** A line of a watch: `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK`, or `ERROR`. */
export interface WatchEvent {
  readonly type: string;
  readonly object: ApiObject & { readonly code?: number; readonly message?: string };
}

/** Maximum number of characters of one event. etcd stores objects of up to 1.5 MiB. */
const eventLimit = 8 << 20;

/** Returns the events of a watch, one line each. @throws Error if a line is not JSON or too long */
export async function* watchEvents(response: IncomingMessage): AsyncGenerator<WatchEvent> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of response) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop()!;
    if (rest.length > eventLimit) throw new Error(`an event has more than ${eventLimit} characters`);
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as WatchEvent;
  }
}
